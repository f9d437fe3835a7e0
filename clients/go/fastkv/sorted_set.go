package fastkv

import (
	"context"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// SortedSet is the sorted set at a key, whether it is there yet or not.
type SortedSet struct {
	client *Client
	key    string
}

// SortedSet is a handle of the sorted set at a key.
func (c *Client) SortedSet(key string) *SortedSet { return &SortedSet{c, key} }

// Scored is a member of a sorted set with its score.
type Scored struct {
	Member string
	Score  float64
}

// MemberRank is a member's place, from 0, and its score.
type MemberRank struct {
	Rank  int64
	Score float64
}

// AddResult tells how many members a set got, and how many got another score.
type AddResult struct {
	Added, Updated int64
	// The set's; 0: there is none.
	Version uint64
}

// AddOptions are conditions of Add and Increment.
type AddOptions struct {
	// Only members that are new to the set, or only those that it has.
	Members MemberCondition
	// Only to greater or only to lesser scores.
	Scores ScoreCondition
}

// MemberCondition is which members a write may touch.
type MemberCondition = pb.MemberCondition

// ScoreCondition is how a score may change.
type ScoreCondition = pb.ScoreCondition

// Conditions of Add and Increment.
const (
	AnyMember      = pb.MemberCondition_MEMBER_CONDITION_UNSPECIFIED
	NewMember      = pb.MemberCondition_MEMBER_CONDITION_NEW
	ExistingMember = pb.MemberCondition_MEMBER_CONDITION_EXISTING
	AnyScore       = pb.ScoreCondition_SCORE_CONDITION_UNSPECIFIED
	GreaterScore   = pb.ScoreCondition_SCORE_CONDITION_GREATER
	LesserScore    = pb.ScoreCondition_SCORE_CONDITION_LESS
)

func scored(members []*pb.ScoredMember) []Scored {
	all := make([]Scored, len(members))
	for i, each := range members {
		all[i] = Scored{string(each.GetMember()), each.GetScore()}
	}
	return all
}

// OpAdd is the operation of SortedSet.Add.
func OpAdd(key string, members map[string]float64, options ...AddOptions) *Operation[AddResult] {
	request := &pb.SortedSetServiceAddRequest{Key: []byte(key)}
	for member, score := range members {
		request.Members = append(request.Members, &pb.ScoredMember{Member: []byte(member), Score: score})
	}
	for _, o := range options {
		request.MemberCondition, request.ScoreCondition = o.Members, o.Scores
	}
	return newOperation(pb.SortedSetService_Add_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetAdd{SortedSetAdd: request}}, (*pb.OperationResult).GetSortedSetAdd,
		func(r *pb.SortedSetServiceAddResponse) AddResult {
			return AddResult{r.GetAdded(), r.GetUpdated(), r.GetVersion()}
		})
}

// Add adds members or changes their scores.
func (s *SortedSet) Add(ctx context.Context, members map[string]float64, options ...AddOptions) (AddResult, error) {
	return call(ctx, s.client, OpAdd(s.key, members, options...))
}

// OpRemove is the operation of SortedSet.Remove.
func OpRemove(key string, members ...string) *Operation[int64] {
	request := &pb.SortedSetServiceRemoveRequest{Key: []byte(key), Members: bytesOf(members)}
	return newOperation(pb.SortedSetService_Remove_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetRemove{SortedSetRemove: request}}, (*pb.OperationResult).GetSortedSetRemove,
		(*pb.SortedSetServiceRemoveResponse).GetRemoved)
}

// Remove removes members and returns how many there were.
func (s *SortedSet) Remove(ctx context.Context, members ...string) (int64, error) {
	return call(ctx, s.client, OpRemove(s.key, members...))
}

// OpScores is the operation of SortedSet.Scores.
func OpScores(key string, members ...string) *Operation[[]*float64] {
	request := &pb.SortedSetServiceGetScoresRequest{Key: []byte(key), Members: bytesOf(members)}
	return newOperation(pb.SortedSetService_GetScores_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetGetScores{SortedSetGetScores: request}}, (*pb.OperationResult).GetSortedSetGetScores,
		func(r *pb.SortedSetServiceGetScoresResponse) []*float64 {
			scores := make([]*float64, len(r.GetScores()))
			for i, each := range r.GetScores() {
				scores[i] = each.Score
			}
			return scores
		}).harmless()
}

// Scores returns the scores of members; nil: there is no such member.
func (s *SortedSet) Scores(ctx context.Context, members ...string) ([]*float64, error) {
	return call(ctx, s.client, OpScores(s.key, members...))
}

// OpRank is the operation of SortedSet.Rank.
func OpRank(key, member string, reverse bool) *Operation[*MemberRank] {
	request := &pb.SortedSetServiceGetRankRequest{Key: []byte(key), Member: []byte(member), Reverse: reverse}
	return newOperation(pb.SortedSetService_GetRank_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetGetRank{SortedSetGetRank: request}}, (*pb.OperationResult).GetSortedSetGetRank,
		func(r *pb.SortedSetServiceGetRankResponse) *MemberRank {
			if r.Rank == nil {
				return nil
			}
			return &MemberRank{r.GetRank(), r.GetScore()}
		}).harmless()
}

// Rank tells a member's place, counted from the highest score if reverse; nil: there is no
// such member.
func (s *SortedSet) Rank(ctx context.Context, member string, reverse bool) (*MemberRank, error) {
	return call(ctx, s.client, OpRank(s.key, member, reverse))
}

// OpAddTo is the operation of SortedSet.Increment.
func OpAddTo(key, member string, delta float64, options ...AddOptions) *Operation[*float64] {
	request := &pb.SortedSetServiceIncrementRequest{Key: []byte(key), Member: []byte(member), Delta: &delta}
	for _, o := range options {
		request.MemberCondition, request.ScoreCondition = o.Members, o.Scores
	}
	return newOperation(pb.SortedSetService_Increment_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetIncrement{SortedSetIncrement: request}}, (*pb.OperationResult).GetSortedSetIncrement,
		func(r *pb.SortedSetServiceIncrementResponse) *float64 { return r.Score })
}

// Increment adds to a member's score and returns the new one; nil: a condition did not hold.
func (s *SortedSet) Increment(ctx context.Context, member string, delta float64, options ...AddOptions) (*float64, error) {
	return call(ctx, s.client, OpAddTo(s.key, member, delta, options...))
}

// Popped is members that were taken, and the set that they were taken from.
type Popped struct {
	Key     string
	Members []Scored
}

// OpPop is the operation of Client.Pop.
func OpPop(count int64, highest bool, keys ...string) *Operation[*Popped] {
	request := &pb.SortedSetServicePopRequest{Keys: bytesOf(keys), Highest: highest, Count: &count}
	return newOperation(pb.SortedSetService_Pop_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetPop{SortedSetPop: request}}, (*pb.OperationResult).GetSortedSetPop,
		func(r *pb.SortedSetServicePopResponse) *Popped {
			if r.Key == nil {
				return nil
			}
			return &Popped{string(r.Key), scored(r.GetMembers())}
		})
}

// Pop takes members of lowest or highest score from the first of some sets that has any;
// nil: none has.
func (c *Client) Pop(ctx context.Context, count int64, highest bool, keys ...string) (*Popped, error) {
	return call(ctx, c, OpPop(count, highest, keys...))
}

// PopLowest takes members of lowest score.
func (s *SortedSet) PopLowest(ctx context.Context, count int64) ([]Scored, error) {
	return s.pop(ctx, count, false)
}

// PopHighest takes members of highest score.
func (s *SortedSet) PopHighest(ctx context.Context, count int64) ([]Scored, error) {
	return s.pop(ctx, count, true)
}

func (s *SortedSet) pop(ctx context.Context, count int64, highest bool) ([]Scored, error) {
	popped, err := s.client.Pop(ctx, count, highest, s.key)
	if popped == nil {
		return nil, err
	}
	return popped.Members, nil
}

// OpSample is the operation of SortedSet.Sample.
func OpSample(key string, count int64, repeats bool) *Operation[[]Scored] {
	request := &pb.SortedSetServiceSampleRequest{Key: []byte(key), Count: count, Repeats: repeats, WithScores: true}
	return newOperation(pb.SortedSetService_Sample_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetSample{SortedSetSample: request}}, (*pb.OperationResult).GetSortedSetSample,
		func(r *pb.SortedSetServiceSampleResponse) []Scored { return scored(r.GetMembers()) }).harmless()
}

// Sample draws members at random; with repeats a member may be drawn again.
func (s *SortedSet) Sample(ctx context.Context, count int64, repeats bool) ([]Scored, error) {
	return call(ctx, s.client, OpSample(s.key, count, repeats))
}
