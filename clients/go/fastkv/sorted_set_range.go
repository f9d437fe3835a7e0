package fastkv

import (
	"context"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// Range is which members of a set; the zero Range: all.
type Range struct {
	rank   *pb.RankRange
	score  *pb.ScoreRange
	member *pb.MemberRange
}

// ByRank is from the start-th to the stop-th member, both included; -1 is the last.
func ByRank(start, stop int64) Range {
	return Range{rank: &pb.RankRange{Start: start, Stop: &stop}}
}

// ByScore is the members whose scores are from min to max; infinities are allowed.
func ByScore(min, max float64) Range {
	return Range{score: &pb.ScoreRange{Min: &min, Max: &max}}
}

// ByMember is the members from min to max by their bytes, for sets of equal scores.
func ByMember(min, max string) Range {
	return Range{member: &pb.MemberRange{Min: []byte(min), Max: []byte(max)}}
}

// ByMemberFrom is the members from min on by their bytes, for sets of equal scores.
func ByMemberFrom(min string) Range {
	return Range{member: &pb.MemberRange{Min: []byte(min)}}
}

// Excluding leaves the ends of a range by score or by member out of it.
func (r Range) Excluding(min, max bool) Range {
	if r.score != nil {
		r.score = &pb.ScoreRange{Min: r.score.Min, Max: r.score.Max, ExcludeMin: min, ExcludeMax: max}
	}
	if r.member != nil {
		r.member = &pb.MemberRange{Min: r.member.Min, Max: r.member.Max, ExcludeMin: min, ExcludeMax: max}
	}
	return r
}

// RangeOptions choose among the members of a range.
type RangeOptions struct {
	// From the highest score down.
	Reverse bool
	// How many to leave out at the beginning; not by rank.
	Offset int64
	// How many at most; 0: all; not by rank.
	Limit int64
}

func rangeOptions(options []RangeOptions) RangeOptions {
	if len(options) == 0 {
		return RangeOptions{}
	}
	return options[len(options)-1]
}

// OpRange is the operation of SortedSet.Range.
func OpRange(key string, r Range, options ...RangeOptions) *Operation[[]Scored] {
	o := rangeOptions(options)
	request := &pb.SortedSetServiceRangeRequest{
		Key: []byte(key), Reverse: o.Reverse, Offset: o.Offset, Limit: o.Limit, WithScores: true,
	}
	switch {
	case r.rank != nil:
		request.Range = &pb.SortedSetServiceRangeRequest_ByRank{ByRank: r.rank}
	case r.score != nil:
		request.Range = &pb.SortedSetServiceRangeRequest_ByScore{ByScore: r.score}
	case r.member != nil:
		request.Range = &pb.SortedSetServiceRangeRequest_ByMember{ByMember: r.member}
	}
	return newOperation(pb.SortedSetService_Range_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetRange{SortedSetRange: request}}, (*pb.OperationResult).GetSortedSetRange,
		func(r *pb.SortedSetServiceRangeResponse) []Scored { return scored(r.GetMembers()) }).harmless()
}

// Range returns members in order.
func (s *SortedSet) Range(ctx context.Context, r Range, options ...RangeOptions) ([]Scored, error) {
	return call(ctx, s.client, OpRange(s.key, r, options...))
}

// OpCount is the operation of SortedSet.Count.
func OpCount(key string, r Range) *Operation[int64] {
	request := &pb.SortedSetServiceCountRequest{Key: []byte(key)}
	switch {
	case r.score != nil:
		request.Range = &pb.SortedSetServiceCountRequest_ByScore{ByScore: r.score}
	case r.member != nil:
		request.Range = &pb.SortedSetServiceCountRequest_ByMember{ByMember: r.member}
	}
	return newOperation(pb.SortedSetService_Count_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetCount{SortedSetCount: request}}, (*pb.OperationResult).GetSortedSetCount,
		(*pb.SortedSetServiceCountResponse).GetCount).harmless()
}

// Count counts the members of a range by score or by member, or all.
func (s *SortedSet) Count(ctx context.Context, r Range) (int64, error) {
	return call(ctx, s.client, OpCount(s.key, r))
}

// OpRemoveRange is the operation of SortedSet.RemoveRange.
func OpRemoveRange(key string, r Range) *Operation[int64] {
	request := &pb.SortedSetServiceRemoveRangeRequest{Key: []byte(key)}
	switch {
	case r.rank != nil:
		request.Range = &pb.SortedSetServiceRemoveRangeRequest_ByRank{ByRank: r.rank}
	case r.score != nil:
		request.Range = &pb.SortedSetServiceRemoveRangeRequest_ByScore{ByScore: r.score}
	case r.member != nil:
		request.Range = &pb.SortedSetServiceRemoveRangeRequest_ByMember{ByMember: r.member}
	}
	return newOperation(pb.SortedSetService_RemoveRange_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetRemoveRange{SortedSetRemoveRange: request}}, (*pb.OperationResult).GetSortedSetRemoveRange,
		(*pb.SortedSetServiceRemoveRangeResponse).GetRemoved)
}

// RemoveRange removes the members of a range, which has to be given, and returns how many
// there were.
func (s *SortedSet) RemoveRange(ctx context.Context, r Range) (int64, error) {
	return call(ctx, s.client, OpRemoveRange(s.key, r))
}

// OpStoreRange is the operation of SortedSet.StoreRange.
func OpStoreRange(key, destination string, r Range, options ...RangeOptions) *Operation[int64] {
	o := rangeOptions(options)
	request := &pb.SortedSetServiceStoreRangeRequest{
		Source: []byte(key), Destination: []byte(destination), Reverse: o.Reverse, Offset: o.Offset, Limit: o.Limit,
	}
	switch {
	case r.rank != nil:
		request.Range = &pb.SortedSetServiceStoreRangeRequest_ByRank{ByRank: r.rank}
	case r.score != nil:
		request.Range = &pb.SortedSetServiceStoreRangeRequest_ByScore{ByScore: r.score}
	case r.member != nil:
		request.Range = &pb.SortedSetServiceStoreRangeRequest_ByMember{ByMember: r.member}
	}
	return newOperation(pb.SortedSetService_StoreRange_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetStoreRange{SortedSetStoreRange: request}}, (*pb.OperationResult).GetSortedSetStoreRange,
		(*pb.SortedSetServiceStoreRangeResponse).GetCount)
}

// StoreRange makes another key hold the members of a range and returns how many it has.
func (s *SortedSet) StoreRange(ctx context.Context, destination string, r Range, options ...RangeOptions) (int64, error) {
	return call(ctx, s.client, OpStoreRange(s.key, destination, r, options...))
}
