package fastkv

import (
	"context"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// Relation is how a compare relates what is there to what it asks for.
type Relation = pb.CompareRelation

// The relations; types and existence compare as Equal or NotEqual only.
const (
	Equal    = pb.CompareRelation_COMPARE_RELATION_EQUAL
	NotEqual = pb.CompareRelation_COMPARE_RELATION_NOT_EQUAL
	Less     = pb.CompareRelation_COMPARE_RELATION_LESS
	Greater  = pb.CompareRelation_COMPARE_RELATION_GREATER
)

// Compare is something that must hold of a key. What is not there compares as unequal.
type Compare struct{ message *pb.Compare }

// CompareExists holds if the key exists, or with false: if it does not.
func CompareExists(key string, exists bool) Compare {
	return Compare{&pb.Compare{Key: []byte(key), Relation: Equal, Target: &pb.Compare_Exists{Exists: exists}}}
}

// CompareVersion compares the entry's version; that of a key that does not exist is 0.
func CompareVersion(key string, relation Relation, version uint64) Compare {
	return Compare{&pb.Compare{Key: []byte(key), Relation: relation, Target: &pb.Compare_Version{Version: version}}}
}

// CompareValue compares the string at the key, by its bytes.
func CompareValue(key string, relation Relation, value []byte) Compare {
	return Compare{&pb.Compare{Key: []byte(key), Relation: relation, Target: &pb.Compare_Value{Value: value}}}
}

// CompareType compares what the key holds.
func CompareType(key string, relation Relation, valueType ValueType) Compare {
	return Compare{&pb.Compare{Key: []byte(key), Relation: relation, Target: &pb.Compare_Type{Type: valueType}}}
}

// CompareScore compares the score of a sorted set's member.
func CompareScore(key, member string, relation Relation, score float64) Compare {
	target := &pb.CompareScore{Member: []byte(member), Score: score}
	return Compare{&pb.Compare{Key: []byte(key), Relation: relation, Target: &pb.Compare_Score{Score: target}}}
}

// Transaction collects what Execute shall do at once.
//
//	result, err := client.Execute(ctx, fastkv.NewTransaction().
//		When(fastkv.CompareExists("a", true)).
//		Then(fastkv.OpDelete("a"), fastkv.OpSet("b", value)))
type Transaction struct {
	compares        []*pb.Compare
	then, otherwise []AnyOperation
}

// NewTransaction makes one that does nothing yet.
func NewTransaction() *Transaction { return &Transaction{} }

// When says what must hold, all of it; nothing: always.
func (t *Transaction) When(compares ...Compare) *Transaction {
	for _, compare := range compares {
		t.compares = append(t.compares, compare.message)
	}
	return t
}

// Then says what to do if it holds.
func (t *Transaction) Then(operations ...AnyOperation) *Transaction {
	t.then = append(t.then, operations...)
	return t
}

// Otherwise says what to do if it does not.
func (t *Transaction) Otherwise(operations ...AnyOperation) *Transaction {
	t.otherwise = append(t.otherwise, operations...)
	return t
}

// TransactionResult tells what became of a transaction.
type TransactionResult struct {
	// Whether all compares held.
	Succeeded bool
	// Of every entry that was changed; 0: none was.
	Version uint64

	ran     []AnyOperation
	results []*pb.OperationResult
}

// Len is how many operations ran.
func (r *TransactionResult) Len() int { return len(r.results) }

// At is what the i-th operation that ran answers with.
func (r *TransactionResult) At(i int) any { return r.ran[i].decode(r.results[i]) }

// ResultOf is what an operation of a transaction answers with; false: it did not run.
func ResultOf[T any](r *TransactionResult, operation *Operation[T]) (T, bool) {
	for i, ran := range r.ran {
		if ran == AnyOperation(operation) {
			return operation.fromResult(r.results[i]), true
		}
	}
	var nothing T
	return nothing, false
}

// Execute does all that a transaction says at once, or nothing of it.
func (c *Client) Execute(ctx context.Context, t *Transaction) (*TransactionResult, error) {
	request := &pb.ExecuteRequest{
		Compares:       t.compares,
		ThenOperations: messages(t.then),
		ElseOperations: messages(t.otherwise),
	}
	if c.requestIDs {
		request.RequestId = newRequestID()
	}
	response := &pb.ExecuteResponse{}
	if err := c.unary(ctx, pb.TransactionService_Execute_FullMethodName, request, response); err != nil {
		return nil, err
	}
	ran := t.then
	if !response.GetSucceeded() {
		ran = t.otherwise
	}
	return &TransactionResult{response.GetSucceeded(), response.GetVersion(), ran, response.GetResults()}, nil
}

func messages(operations []AnyOperation) []*pb.Operation {
	all := make([]*pb.Operation, len(operations))
	for i, operation := range operations {
		all[i] = operation.message()
	}
	return all
}
