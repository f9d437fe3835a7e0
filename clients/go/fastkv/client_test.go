package fastkv_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/fastkv/fastkv/clients/go/fastkv"
	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

var ctx = context.Background()

// The client of a test, and a prefix for its keys: tests may share the server, whose address
// is in FASTKV_TARGET.
func connect(t *testing.T, options ...fastkv.DialOption) (*fastkv.Client, string) {
	t.Helper()
	target := os.Getenv("FASTKV_TARGET")
	if target == "" {
		t.Skip("FASTKV_TARGET names no server")
	}
	client, err := fastkv.Dial(target, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, fmt.Sprintf("%s:%d:", t.Name(), time.Now().UnixNano())
}

// must fails the test on an error: must(t)(client.Get(ctx, key)).
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %#v, want %#v", got, want)
	}
}

func TestAMissIsNilAndAnEmptyValueIsNot(t *testing.T) {
	client, key := connect(t)
	value := must[[]byte](t)(client.Get(ctx, key))
	if value != nil {
		t.Fatalf("got %q", value)
	}
	must[fastkv.SetResult](t)(client.Set(ctx, key, nil))
	if value := must[[]byte](t)(client.Get(ctx, key)); value == nil || len(value) != 0 {
		t.Fatalf("got %#v", value)
	}
	must[fastkv.SetResult](t)(client.Set(ctx, key, []byte("\x00\xff")))
	equal(t, must[[]byte](t)(client.Get(ctx, key)), []byte("\x00\xff"))
}

func TestConditionsDecideAndPreviousValuesReturn(t *testing.T) {
	client, key := connect(t)
	set := func(value string, options ...fastkv.SetOption) fastkv.SetResult {
		return must[fastkv.SetResult](t)(client.Set(ctx, key, []byte(value), options...))
	}
	equal(t, set("1", fastkv.MustExist()).Applied, false)
	first := set("1", fastkv.MustNotExist())
	equal(t, first.Applied, true)
	second := set("2", fastkv.VersionEquals(first.Version), fastkv.ReturnPrevious())
	equal(t, second.Previous, []byte("1"))
	equal(t, set("3", fastkv.VersionEquals(first.Version)).Applied, false)
	equal(t, set("3", fastkv.ValueEquals([]byte("2"))).Applied, true)
	deleted := must[fastkv.DeleteResult](t)(client.Delete(ctx, key, fastkv.ReturnPrevious()))
	equal(t, deleted, fastkv.DeleteResult{Deleted: true, Existed: true, Previous: []byte("3")})
}

func TestExpiryIsADurationOrATime(t *testing.T) {
	client, key := connect(t)
	must[fastkv.SetResult](t)(client.Set(ctx, key, []byte("v"), fastkv.TTL(time.Minute)))
	entry := must[*fastkv.Entry](t)(client.GetEntry(ctx, key))
	if entry.TTL <= 0 || entry.TTL > time.Minute {
		t.Fatal(entry.TTL)
	}
	equal(t, must[bool](t)(client.Expire(ctx, key, fastkv.TTL(time.Hour), fastkv.IfNone)), false)
	at := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	equal(t, must[bool](t)(client.Expire(ctx, key, fastkv.ExpireAt(at), fastkv.IfLater)), true)
	equal(t, must[fastkv.Expiry](t)(client.GetExpiry(ctx, key)).Time.UTC(), at)
	equal(t, must[bool](t)(client.Persist(ctx, key)), true)
	equal(t, must[fastkv.Expiry](t)(client.GetExpiry(ctx, key)), fastkv.Expiry{Exists: true})
}

func TestGoroutinesShareAClient(t *testing.T) {
	client, key := connect(t)
	var group sync.WaitGroup
	for i := 0; i < 200; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			if _, err := client.Increment(ctx, key, 1); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	equal(t, must[int64](t)(client.Increment(ctx, key, 0)), int64(200))
	equal(t, must[int64](t)(client.Append(ctx, key, []byte("0"))), int64(4))
}

func TestBatchesAnswerInOrder(t *testing.T) {
	client, prefix := connect(t)
	entries := map[string][]byte{prefix + "a": []byte("1"), prefix + "b": []byte("2")}
	must[uint64](t)(client.BatchSet(ctx, entries, fastkv.TTL(time.Minute)))
	values := must[[][]byte](t)(client.BatchGet(ctx, prefix+"b", prefix+"nothing", prefix+"a"))
	equal(t, values, [][]byte{[]byte("2"), nil, []byte("1")})
	equal(t, must[[]bool](t)(client.BatchDelete(ctx, prefix+"a", prefix+"a")), []bool{true, false})
	equal(t, must[fastkv.KeyStatus](t)(client.Exists(ctx, prefix+"a")), fastkv.KeyStatus{})
}

func TestKeysComeFromAllPages(t *testing.T) {
	client, prefix := connect(t)
	entries := map[string][]byte{}
	for i := 0; i < 3000; i++ {
		entries[fmt.Sprintf("%s%d", prefix, i)] = []byte("v")
	}
	must[uint64](t)(client.BatchSet(ctx, entries))
	count := 0
	it := client.Keys(ctx, fastkv.Filter{Prefix: prefix, Type: fastkv.TypeString})
	for it.Next() {
		delete(entries, it.Value().Key)
		count++
	}
	if it.Err() != nil {
		t.Fatal(it.Err())
	}
	equal(t, count, 3000)
	equal(t, len(entries), 0)
}

func TestErrorsHaveTheirReason(t *testing.T) {
	client, key := connect(t)
	must[fastkv.SetResult](t)(client.Set(ctx, key, []byte("text")))
	_, err := client.Increment(ctx, key, 1)
	var failed *fastkv.Error
	if !errors.Is(err, fastkv.ValueNotInteger) || !errors.As(err, &failed) {
		t.Fatal(err)
	}
	equal(t, failed.Code, codes.FailedPrecondition)
	if _, err = client.SortedSet(key).Count(ctx, fastkv.Range{}); !errors.Is(err, fastkv.WrongType) {
		t.Fatal(err)
	}
}

func TestEveryReasonOfTheAPIHasAName(t *testing.T) {
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	for number, name := range pb.ErrorReason_name {
		quoted := `"` + strings.TrimPrefix(name, "ERROR_REASON_") + `"`
		if number != 0 && !bytes.Contains(source, []byte(quoted)) {
			t.Error("no constant for", quoted)
		}
	}
}

func TestDeadlinesHold(t *testing.T) {
	client, key := connect(t, fastkv.WithTimeout(time.Nanosecond))
	var failed *fastkv.Error
	if _, err := client.Get(ctx, key); !errors.As(err, &failed) || failed.Code != codes.DeadlineExceeded {
		t.Fatal(err)
	}
	longer, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	must[[]byte](t)(client.Get(longer, key))
}

func TestWritesCarryARequestIDWhereARepeatWouldHarm(t *testing.T) {
	var ids [][]byte
	record := func(_ context.Context, _ string, request, _ any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, _ ...grpc.CallOption) error {
		ids = append(ids, request.(interface{ GetRequestId() []byte }).GetRequestId())
		return nil
	}
	client, key := connect(t, fastkv.WithGRPC(grpc.WithUnaryInterceptor(record)))
	_, _ = client.Set(ctx, key, nil)
	_, _ = client.BatchSet(ctx, nil)
	equal(t, ids, [][]byte{nil, nil})
	ids = nil
	_, _ = client.Set(ctx, key, nil, fastkv.MustExist())
	_, _ = client.Set(ctx, key, nil, fastkv.ReturnPrevious())
	_, _ = client.Delete(ctx, key)
	_, _ = client.Increment(ctx, key, 1)
	_, _ = client.Append(ctx, key, nil)
	_, _ = client.Persist(ctx, key)
	_, _ = client.SortedSet(key).Add(ctx, nil)
	_, _ = client.SortedSet(key).Increment(ctx, "m", 1)
	_, _ = client.SortedSet(key).PopLowest(ctx, 1)
	_, _ = client.CombineStore(ctx, key, fastkv.Union(key))
	_, _ = client.Execute(ctx, fastkv.NewTransaction())
	_, _ = fastkv.Run(ctx, client, fastkv.OpIncrement(key, 1))
	seen := map[string]bool{}
	for _, id := range ids {
		equal(t, len(id), 16)
		seen[string(id)] = true
	}
	equal(t, len(seen), 12)
}

func TestOnceLeavesTheOriginalAsItIs(t *testing.T) {
	operation := fastkv.OpIncrement("k", 1)
	once := operation.Once()
	if once == operation || once.Once() != once {
		t.Fatal("Once copies, once")
	}
	read := fastkv.OpGet("k")
	if read.Once() != read {
		t.Fatal("a read needs no id")
	}
}

func TestSortedSetsAreKeptInOrder(t *testing.T) {
	client, key := connect(t)
	board := client.SortedSet(key)
	added := must[fastkv.AddResult](t)(board.Add(ctx, map[string]float64{"a": 1, "b": 2.5, "c": 3}))
	equal(t, added.Added, int64(3))
	updated := must[fastkv.AddResult](t)(board.Add(ctx, map[string]float64{"a": 5, "b": 0},
		fastkv.AddOptions{Scores: fastkv.GreaterScore}))
	equal(t, updated.Updated, int64(1))
	ranged := must[[]fastkv.Scored](t)
	equal(t, ranged(board.Range(ctx, fastkv.ByRank(0, 0), fastkv.RangeOptions{Reverse: true})), []fastkv.Scored{{"a", 5}})
	equal(t, ranged(board.Range(ctx, fastkv.ByScore(3, math.Inf(1)).Excluding(true, false))), []fastkv.Scored{{"a", 5}})
	equal(t, len(ranged(board.Range(ctx, fastkv.Range{}, fastkv.RangeOptions{Offset: 1, Limit: 1}))), 1)
	scores := must[[]*float64](t)(board.Scores(ctx, "c", "nobody"))
	if *scores[0] != 3 || scores[1] != nil {
		t.Fatal(scores)
	}
	equal(t, must[*fastkv.MemberRank](t)(board.Rank(ctx, "a", true)), &fastkv.MemberRank{Rank: 0, Score: 5})
	if rank := must[*fastkv.MemberRank](t)(board.Rank(ctx, "nobody", false)); rank != nil {
		t.Fatal(rank)
	}
	equal(t, *must[*float64](t)(board.Increment(ctx, "c", -0.5)), 2.5)
	equal(t, must[int64](t)(board.Count(ctx, fastkv.ByScore(0, 2.5))), int64(2))
	equal(t, must[int64](t)(board.Remove(ctx, "a", "nobody")), int64(1))
}

func TestSortedSetsAreTakenFromAndCombined(t *testing.T) {
	client, prefix := connect(t)
	a, b, d := prefix+"a", prefix+"b", prefix+"d"
	must[fastkv.AddResult](t)(client.SortedSet(a).Add(ctx, map[string]float64{"x": 1, "y": 2, "z": 3}))
	must[fastkv.AddResult](t)(client.SortedSet(b).Add(ctx, map[string]float64{"y": 10, "w": 4}))
	scored := must[[]fastkv.Scored](t)
	equal(t, scored(client.Combine(ctx, fastkv.Intersection(a, b))), []fastkv.Scored{{"y", 12}})
	equal(t, scored(client.Combine(ctx, fastkv.Intersection(a, b).Weights(2, 0.5).Aggregate(fastkv.Min))), []fastkv.Scored{{"y", 4}})
	equal(t, must[int64](t)(client.CombineCount(ctx, fastkv.Union(a, b), 0)), int64(4))
	equal(t, must[int64](t)(client.CombineStore(ctx, d, fastkv.Difference(a, b))), int64(2))
	popped := must[*fastkv.Popped](t)(client.Pop(ctx, 2, true, prefix+"none", d))
	equal(t, popped, &fastkv.Popped{Key: d, Members: []fastkv.Scored{{"z", 3}, {"x", 1}}})
	equal(t, len(scored(client.SortedSet(d).PopLowest(ctx, 1))), 0)
	equal(t, must[int64](t)(client.SortedSet(a).StoreRange(ctx, prefix+"s", fastkv.ByRank(1, -1))), int64(2))
	equal(t, must[int64](t)(client.SortedSet(a).RemoveRange(ctx, fastkv.ByScore(1, 2))), int64(2))
	equal(t, scored(client.SortedSet(a).Sample(ctx, 1, false)), []fastkv.Scored{{"z", 3}})
	it := client.SortedSet(a).Scan(ctx, "")
	equal(t, it.Next(), true)
	equal(t, it.Value(), fastkv.Scored{Member: "z", Score: 3})
	equal(t, it.Next(), false)
	equal(t, it.Err(), nil)
}

func TestTransactionsCompareAndDoAllOrNothing(t *testing.T) {
	client, prefix := connect(t)
	key, board := prefix+"k", prefix+"z"
	increment, read := fastkv.OpIncrement(key, 41), fastkv.OpGet(key)
	create := fastkv.NewTransaction().
		When(fastkv.CompareExists(key, false)).
		Then(fastkv.OpSet(key, []byte("1")), increment, fastkv.OpAdd(board, map[string]float64{"m": 1})).
		Otherwise(read)
	created := must[*fastkv.TransactionResult](t)(client.Execute(ctx, create))
	sum, ran := fastkv.ResultOf(created, increment)
	equal(t, []any{created.Succeeded, created.Len(), ran, sum}, []any{true, 3, true, int64(42)})
	again := must[*fastkv.TransactionResult](t)(client.Execute(ctx, create))
	equal(t, []any{again.Succeeded, again.At(0)}, []any{false, []byte("42")})
	if _, ran := fastkv.ResultOf(again, increment); ran {
		t.Fatal("it ran")
	}
	holds := must[*fastkv.TransactionResult](t)(client.Execute(ctx, fastkv.NewTransaction().When(
		fastkv.CompareVersion(key, fastkv.Equal, created.Version),
		fastkv.CompareValue(key, fastkv.Greater, []byte("41")),
		fastkv.CompareType(board, fastkv.Equal, fastkv.TypeSortedSet),
		fastkv.CompareScore(board, "m", fastkv.Less, 2))))
	equal(t, holds.Succeeded, true)
	_, err := client.Execute(ctx, fastkv.NewTransaction().Then(fastkv.OpSet(key, nil), fastkv.OpIncrement(board, 1)))
	var failed *fastkv.Error
	if !errors.Is(err, fastkv.WrongType) || !errors.As(err, &failed) {
		t.Fatal(err)
	}
	equal(t, failed.Metadata["operation"], "then_operations[1]")
	equal(t, must[[]byte](t)(client.Get(ctx, key)), []byte("42"))
}

func TestPipelinesAnswerInOrderAndSurviveErrors(t *testing.T) {
	client, key := connect(t)
	operations := make([]fastkv.AnyOperation, 1000)
	for i := range operations {
		operations[i] = fastkv.OpIncrement(key, 1)
	}
	for i, result := range must[[]fastkv.Result](t)(client.RunAll(ctx, operations...)) {
		equal(t, result.Value, int64(i+1))
	}
	results := must[[]fastkv.Result](t)(client.RunAll(ctx, fastkv.OpCount(key, fastkv.Range{}), fastkv.OpGet(key)))
	if !errors.Is(results[0].Err, fastkv.WrongType) {
		t.Fatal(results[0].Err)
	}
	equal(t, results[1].Value, []byte("1000"))
}

func TestAnOperationMadeOnceIsAppliedOnce(t *testing.T) {
	client, key := connect(t)
	step := fastkv.OpIncrement(key, 1).Once()
	equal(t, must[int64](t)(fastkv.Run(ctx, client, step)), int64(1))
	equal(t, must[int64](t)(fastkv.Run(ctx, client, step)), int64(1))
	equal(t, must[[]fastkv.Result](t)(client.RunAll(ctx, step))[0].Value, int64(1))
}

// Through a proxy that cuts connections, at FASTKV_UNRELIABLE_TARGET.
func TestWhatTheNetworkLosesIsAppliedOnce(t *testing.T) {
	client, key := connect(t)
	target := os.Getenv("FASTKV_UNRELIABLE_TARGET")
	if target == "" {
		t.Skip("FASTKV_UNRELIABLE_TARGET names no proxy")
	}
	unreliable := must[*fastkv.Client](t)(fastkv.Dial(target, fastkv.WithTimeout(20*time.Second)))
	defer unreliable.Close()
	for i := 0; i < 300; i++ {
		step := fastkv.OpIncrement(key, 1).Once()
		for {
			_, err := fastkv.Run(ctx, unreliable, step)
			if err == nil {
				break
			}
			// gRPC has tried a few times; we go on.
			var failed *fastkv.Error
			if !errors.As(err, &failed) || failed.Code != codes.Unavailable {
				t.Fatal(err)
			}
		}
	}
	equal(t, must[[]byte](t)(client.Get(ctx, key)), []byte("300"))
}

func TestEntriesComeWhole(t *testing.T) {
	client, prefix := connect(t)
	long := make([]byte, 300000)
	rand.New(rand.NewSource(1)).Read(long)
	must[fastkv.SetResult](t)(client.Set(ctx, prefix+"long", long, fastkv.TTL(time.Hour)))
	members := map[string]float64{}
	for i := 0; i < 20000; i++ {
		members[fmt.Sprint(i)] = float64(i)
	}
	must[fastkv.AddResult](t)(client.SortedSet(prefix+"set").Add(ctx, members))
	it := client.Entries(ctx, fastkv.Filter{Prefix: prefix})
	found := 0
	for it.Next() {
		found++
		entry := it.Value()
		if entry.Type == fastkv.TypeString {
			equal(t, bytes.Equal(entry.Value, long), true)
			equal(t, entry.ExpireTime.IsZero(), false)
			continue
		}
		got := map[string]float64{}
		for _, member := range entry.Members {
			got[member.Member] = member.Score
		}
		equal(t, got, members)
	}
	equal(t, it.Err(), nil)
	equal(t, found, 2)
}

func TestValuesOfAnyLengthGoInPieces(t *testing.T) {
	client, key := connect(t)
	value := make([]byte, 5<<20)
	rand.New(rand.NewSource(2)).Read(value)
	written := must[fastkv.SetResult](t)(client.WriteValue(ctx, key, bytes.NewReader(value), int64(len(value)), fastkv.TTL(time.Hour)))
	equal(t, written.Applied, true)
	reader := must[*fastkv.ValueReader](t)(client.ReadValue(ctx, key, 0, 0))
	equal(t, reader.Length, int64(len(value)))
	equal(t, bytes.Equal(must[[]byte](t)(io.ReadAll(reader)), value), true)
	reader.Close()
	part := must[*fastkv.ValueReader](t)(client.ReadValue(ctx, key, 10, 5))
	equal(t, must[[]byte](t)(io.ReadAll(part)), value[10:15])
	part.Close()
	if none := must[*fastkv.ValueReader](t)(client.ReadValue(ctx, key+"nothing", 0, 0)); none != nil {
		t.Fatal("there is a reader of nothing")
	}
	if _, err := client.WriteValue(ctx, key, strings.NewReader("too short"), 100); err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	equal(t, must[fastkv.KeyStatus](t)(client.Exists(ctx, key)).Version, written.Version)
}
