// Package clients_test runs go-redis, in RESP2 and RESP3, against the server at
// FASTKV_PORT.
package clients_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const scannedKeys = 100000

func connect(t *testing.T, protocol int) (context.Context, *redis.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	client := redis.NewClient(&redis.Options{
		Addr: "127.0.0.1:" + os.Getenv("FASTKV_PORT"), Protocol: protocol})
	t.Cleanup(func() { client.Close(); cancel() })
	check(t, client.FlushAll(ctx).Err())
	return ctx, client
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func forBoth(t *testing.T, body func(*testing.T, context.Context, *redis.Client)) {
	for _, protocol := range []int{2, 3} {
		t.Run(fmt.Sprint("RESP", protocol), func(t *testing.T) {
			ctx, client := connect(t, protocol)
			body(t, ctx, client)
		})
	}
}

func TestStringsAndExpiry(t *testing.T) {
	forBoth(t, func(t *testing.T, ctx context.Context, client *redis.Client) {
		check(t, client.Set(ctx, "k", "v", 100*time.Second).Err())
		expect(t, client.Get(ctx, "k").Val(), "v")
		expect(t, client.Get(ctx, "nothing").Err(), redis.Nil)
		expect(t, client.TTL(ctx, "k").Val(), 100*time.Second)
		expect(t, client.SetNX(ctx, "k", "w", 0).Val(), false)
		expect(t, client.IncrBy(ctx, "n", 5).Val(), int64(5))
		expect(t, client.MGet(ctx, "k", "nothing").Val(), []any{"v", nil})
		expect(t, client.GetDel(ctx, "k").Val(), "v")
	})
}

func TestSortedSets(t *testing.T) {
	forBoth(t, func(t *testing.T, ctx context.Context, client *redis.Client) {
		members := []redis.Z{{Score: 1.5, Member: "a"}, {Score: math.Inf(1), Member: "b"}}
		expect(t, client.ZAdd(ctx, "z", members...).Val(), int64(2))
		expect(t, client.ZRangeWithScores(ctx, "z", 0, -1).Val(), members)
		expect(t, client.ZScore(ctx, "z", "a").Val(), 1.5)
		expect(t, client.ZRank(ctx, "z", "b").Val(), int64(1))
		expect(t, client.ZRankWithScore(ctx, "z", "a").Val(), redis.RankScore{Rank: 0, Score: 1.5})
		expect(t, client.ZPopMin(ctx, "z").Val(), members[:1])
		popped := client.BZPopMin(ctx, time.Second, "nothing", "z")
		check(t, popped.Err())
		expect(t, popped.Val().Member, any("b"))
	})
}

func TestPipelinesAndTransactions(t *testing.T) {
	forBoth(t, func(t *testing.T, ctx context.Context, client *redis.Client) {
		replies, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for i := 0; i < 1000; i++ {
				pipe.Incr(ctx, "n")
			}
			return nil
		})
		check(t, err)
		expect(t, replies[999].(*redis.IntCmd).Val(), int64(1000))
		replies, err = client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Incr(ctx, "n")
			pipe.ZAdd(ctx, "z", redis.Z{Score: 1, Member: "m"})
			return nil
		})
		check(t, err)
		expect(t, len(replies), 2)
		err = client.Watch(ctx, func(tx *redis.Tx) error {
			client.Incr(ctx, "n")
			_, err := tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
				return pipe.Set(ctx, "n", 0, 0).Err()
			})
			return err
		}, "n")
		if !errors.Is(err, redis.TxFailedErr) {
			t.Fatal("a watched key changed, and yet:", err)
		}
	})
}

func TestPublishAndSubscribe(t *testing.T) {
	forBoth(t, func(t *testing.T, ctx context.Context, client *redis.Client) {
		subscriber := client.Subscribe(ctx, "news")
		defer subscriber.Close()
		_, err := subscriber.Receive(ctx)
		check(t, err)
		expect(t, client.Publish(ctx, "news", "hello").Val(), int64(1))
		message, err := subscriber.ReceiveMessage(ctx)
		check(t, err)
		expect(t, message.Payload, "hello")
	})
}

func TestScanFindsEveryKeyWhileOthersWrite(t *testing.T) {
	ctx, client := connect(t, 3)
	for at := 0; at < scannedKeys; at += 10000 {
		pairs := make([]any, 0, 20000)
		for i := at; i < at+10000; i++ {
			pairs = append(pairs, fmt.Sprint("stable:", i), 1)
		}
		check(t, client.MSet(ctx, pairs...).Err())
	}
	var stop atomic.Bool
	done := make(chan error)
	go func() {
		var err error
		for n := 0; err == nil && !stop.Load(); n++ {
			err = client.Set(ctx, fmt.Sprint("passing:", n), 1, 0).Err()
			client.Del(ctx, fmt.Sprint("passing:", n/2))
		}
		done <- err
	}()
	found := map[string]bool{}
	scan := client.Scan(ctx, 0, "", 1000).Iterator()
	for scan.Next(ctx) {
		if strings.HasPrefix(scan.Val(), "stable:") {
			found[scan.Val()] = true
		}
	}
	stop.Store(true)
	check(t, scan.Err())
	check(t, <-done)
	expect(t, len(found), scannedKeys)
}
