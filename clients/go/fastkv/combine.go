package fastkv

import (
	"context"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// Combination is some sorted sets to be combined: Union, Intersection or Difference.
type Combination struct {
	operation pb.CombineOperation
	inputs    []*pb.CombineInput
	aggregate Aggregate
}

// Aggregate is what becomes of a member's scores in several sets.
type Aggregate = pb.CombineAggregate

// The aggregates.
const (
	Sum = pb.CombineAggregate_COMBINE_AGGREGATE_SUM
	Min = pb.CombineAggregate_COMBINE_AGGREGATE_MIN
	Max = pb.CombineAggregate_COMBINE_AGGREGATE_MAX
)

// Union is the members that are in any of the sets.
func Union(keys ...string) *Combination {
	return combination(pb.CombineOperation_COMBINE_OPERATION_UNION, keys)
}

// Intersection is the members that are in all of the sets.
func Intersection(keys ...string) *Combination {
	return combination(pb.CombineOperation_COMBINE_OPERATION_INTERSECTION, keys)
}

// Difference is the members of the first set that are in none of the others.
func Difference(keys ...string) *Combination {
	return combination(pb.CombineOperation_COMBINE_OPERATION_DIFFERENCE, keys)
}

func combination(operation pb.CombineOperation, keys []string) *Combination {
	c := &Combination{operation: operation}
	for _, key := range keys {
		c.inputs = append(c.inputs, &pb.CombineInput{Key: []byte(key)})
	}
	return c
}

// Weights multiplies the scores of each set, in the order of the keys.
func (c *Combination) Weights(weights ...float64) *Combination {
	for i := range weights {
		if i < len(c.inputs) {
			c.inputs[i].Weight = &weights[i]
		}
	}
	return c
}

// Aggregate says what becomes of a member's scores; unless it does, their sum.
func (c *Combination) Aggregate(aggregate Aggregate) *Combination {
	c.aggregate = aggregate
	return c
}

func opCombine[T any](c *Combination, request *pb.SortedSetServiceCombineRequest,
	decode func(*pb.SortedSetServiceCombineResponse) T) *Operation[T] {
	request.Operation, request.Inputs, request.Aggregate = c.operation, c.inputs, c.aggregate
	return newOperation(pb.SortedSetService_Combine_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_SortedSetCombine{SortedSetCombine: request}}, (*pb.OperationResult).GetSortedSetCombine,
		decode)
}

// OpCombine is the operation of Client.Combine.
func OpCombine(combination *Combination) *Operation[[]Scored] {
	return opCombine(combination, &pb.SortedSetServiceCombineRequest{WithScores: true},
		func(r *pb.SortedSetServiceCombineResponse) []Scored { return scored(r.GetMembers()) }).harmless()
}

// Combine returns the members of a combination by ascending score.
func (c *Client) Combine(ctx context.Context, combination *Combination) ([]Scored, error) {
	return call(ctx, c, OpCombine(combination))
}

// OpCombineCount is the operation of Client.CombineCount.
func OpCombineCount(combination *Combination, upTo int64) *Operation[int64] {
	output := &pb.SortedSetServiceCombineRequest_CountUpTo{CountUpTo: upTo}
	return opCombine(combination, &pb.SortedSetServiceCombineRequest{Output: output},
		(*pb.SortedSetServiceCombineResponse).GetCount).harmless()
}

// CombineCount counts the members of a combination, up to so many unless that is 0.
func (c *Client) CombineCount(ctx context.Context, combination *Combination, upTo int64) (int64, error) {
	return call(ctx, c, OpCombineCount(combination, upTo))
}

// OpCombineStore is the operation of Client.CombineStore.
func OpCombineStore(destination string, combination *Combination) *Operation[int64] {
	output := &pb.SortedSetServiceCombineRequest_Destination{Destination: []byte(destination)}
	return opCombine(combination, &pb.SortedSetServiceCombineRequest{Output: output},
		(*pb.SortedSetServiceCombineResponse).GetCount)
}

// CombineStore makes a key hold a combination and returns how many members it has.
func (c *Client) CombineStore(ctx context.Context, destination string, combination *Combination) (int64, error) {
	return call(ctx, c, OpCombineStore(destination, combination))
}
