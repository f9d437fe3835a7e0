package fastkv

import (
	"context"
	"time"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// Entry is a string with what is known of its entry.
type Entry struct {
	Value   []byte
	Version uint64
	// How long it lives from now; 0: for ever.
	TTL time.Duration
}

// SetResult tells what became of a Set or WriteValue.
type SetResult struct {
	// False: the condition did not hold.
	Applied bool
	// Of the entry that the key has now; 0: there is none.
	Version uint64
	// With ReturnPrevious: the value from before; nil: there was none.
	Previous []byte
}

// DeleteResult tells what became of a Delete.
type DeleteResult struct {
	// False: there was no such key, or the condition did not hold.
	Deleted bool
	Existed bool
	// With ReturnPrevious: the value from before; nil: there was none.
	Previous []byte
}

// KeyStatus is what is known of an entry, whatever it holds.
type KeyStatus struct {
	Exists  bool
	Type    ValueType
	Version uint64
}

// ValueType is what a key holds.
type ValueType = pb.ValueType

// The types of values.
const (
	TypeNone      = pb.ValueType_VALUE_TYPE_UNSPECIFIED
	TypeString    = pb.ValueType_VALUE_TYPE_STRING
	TypeSortedSet = pb.ValueType_VALUE_TYPE_SORTED_SET
)

// Expiry is when a key expires.
type Expiry struct {
	Exists bool
	// From now; 0: never.
	TTL time.Duration
	// By the server's clock; zero: never.
	Time time.Time
}

func milliseconds(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

func bytesOf(keys []string) [][]byte {
	all := make([][]byte, len(keys))
	for i, key := range keys {
		all[i] = []byte(key)
	}
	return all
}

// OpGet is the operation of Client.Get.
func OpGet(key string) *Operation[[]byte] {
	request := &pb.GetRequest{Key: []byte(key)}
	return newOperation(pb.KeyValueService_Get_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Get{Get: request}}, (*pb.OperationResult).GetGet,
		func(r *pb.GetResponse) []byte { return r.Value }).harmless()
}

// Get returns the string at a key; nil: there is none.
func (c *Client) Get(ctx context.Context, key string) ([]byte, error) {
	return call(ctx, c, OpGet(key))
}

// OpGetEntry is the operation of Client.GetEntry.
func OpGetEntry(key string) *Operation[*Entry] {
	request := &pb.GetRequest{Key: []byte(key)}
	return newOperation(pb.KeyValueService_Get_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Get{Get: request}}, (*pb.OperationResult).GetGet,
		func(r *pb.GetResponse) *Entry {
			if r.Value == nil {
				return nil
			}
			return &Entry{r.Value, r.GetVersion(), milliseconds(r.GetTtlMs())}
		}).harmless()
}

// GetEntry returns the string at a key with its version and time to live; nil: none.
func (c *Client) GetEntry(ctx context.Context, key string) (*Entry, error) {
	return call(ctx, c, OpGetEntry(key))
}

// OpSet is the operation of Client.Set.
func OpSet(key string, value []byte, options ...SetOption) *Operation[SetResult] {
	request := &pb.SetRequest{Key: []byte(key), Value: value}
	for _, option := range options {
		option.applySet(request)
	}
	operation := newOperation(pb.KeyValueService_Set_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Set{Set: request}}, (*pb.OperationResult).GetSet,
		func(r *pb.SetResponse) SetResult {
			return SetResult{r.GetApplied(), r.GetVersion(), r.PreviousValue}
		})
	operation.idempotent = request.Condition == nil && !request.ReturnPrevious
	return operation
}

// Set makes a key hold a string if the condition among the options holds.
func (c *Client) Set(ctx context.Context, key string, value []byte, options ...SetOption) (SetResult, error) {
	return call(ctx, c, OpSet(key, value, options...))
}

// OpDelete is the operation of Client.Delete.
func OpDelete(key string, options ...DeleteOption) *Operation[DeleteResult] {
	request := &pb.DeleteRequest{Key: []byte(key)}
	for _, option := range options {
		option.applyDelete(request)
	}
	return newOperation(pb.KeyValueService_Delete_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Delete{Delete: request}}, (*pb.OperationResult).GetDelete,
		func(r *pb.DeleteResponse) DeleteResult {
			return DeleteResult{r.GetDeleted(), r.GetExisted(), r.PreviousValue}
		})
}

// Delete removes a key if the condition among the options holds.
func (c *Client) Delete(ctx context.Context, key string, options ...DeleteOption) (DeleteResult, error) {
	return call(ctx, c, OpDelete(key, options...))
}

// OpExists is the operation of Client.Exists.
func OpExists(key string) *Operation[KeyStatus] {
	request := &pb.ExistsRequest{Key: []byte(key)}
	return newOperation(pb.KeyValueService_Exists_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Exists{Exists: request}}, (*pb.OperationResult).GetExists,
		func(r *pb.ExistsResponse) KeyStatus {
			return KeyStatus{r.GetExists(), r.GetType(), r.GetVersion()}
		}).harmless()
}

// Exists tells whether there is a key, and what it holds.
func (c *Client) Exists(ctx context.Context, key string) (KeyStatus, error) {
	return call(ctx, c, OpExists(key))
}

// OpGetExpiry is the operation of Client.GetExpiry.
func OpGetExpiry(key string) *Operation[Expiry] {
	request := &pb.GetTtlRequest{Key: []byte(key)}
	return newOperation(pb.KeyValueService_GetTtl_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_GetTtl{GetTtl: request}}, (*pb.OperationResult).GetGetTtl,
		func(r *pb.GetTtlResponse) Expiry {
			expiry := Expiry{Exists: r.GetExists(), TTL: milliseconds(r.GetTtlMs())}
			if r.ExpireTimeMs != nil {
				expiry.Time = time.UnixMilli(*r.ExpireTimeMs)
			}
			return expiry
		}).harmless()
}

// GetExpiry tells when a key expires.
func (c *Client) GetExpiry(ctx context.Context, key string) (Expiry, error) {
	return call(ctx, c, OpGetExpiry(key))
}

// OpExpire is the operation of Client.Expire.
func OpExpire(key string, when ExpireWhen, condition ExpireCondition) *Operation[bool] {
	request := &pb.ExpireRequest{Key: []byte(key), Condition: condition}
	when.applyExpire(request)
	return newOperation(pb.KeyValueService_Expire_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Expire{Expire: request}}, (*pb.OperationResult).GetExpire,
		(*pb.ExpireResponse).GetApplied)
}

// Expire sets when a key expires, TTL or ExpireAt; false: the condition did not hold, or
// there is no such key.
func (c *Client) Expire(ctx context.Context, key string, when ExpireWhen, condition ExpireCondition) (bool, error) {
	return call(ctx, c, OpExpire(key, when, condition))
}

// OpPersist is the operation of Client.Persist.
func OpPersist(key string) *Operation[bool] {
	request := &pb.PersistRequest{Key: []byte(key)}
	return newOperation(pb.KeyValueService_Persist_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Persist{Persist: request}}, (*pb.OperationResult).GetPersist,
		(*pb.PersistResponse).GetApplied)
}

// Persist makes a key stay for ever, and tells whether it had an expiry.
func (c *Client) Persist(ctx context.Context, key string) (bool, error) {
	return call(ctx, c, OpPersist(key))
}

// OpIncrement is the operation of Client.Increment.
func OpIncrement(key string, delta int64) *Operation[int64] {
	request := &pb.IncrementRequest{Key: []byte(key), Delta: &delta}
	return newOperation(pb.KeyValueService_Increment_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Increment{Increment: request}}, (*pb.OperationResult).GetIncrement,
		(*pb.IncrementResponse).GetValue)
}

// Increment adds to the integer at a key and returns the sum.
func (c *Client) Increment(ctx context.Context, key string, delta int64) (int64, error) {
	return call(ctx, c, OpIncrement(key, delta))
}

// OpAppend is the operation of Client.Append.
func OpAppend(key string, suffix []byte) *Operation[int64] {
	request := &pb.AppendRequest{Key: []byte(key), Suffix: suffix}
	return newOperation(pb.KeyValueService_Append_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_Append{Append: request}}, (*pb.OperationResult).GetAppend,
		(*pb.AppendResponse).GetLength)
}

// Append appends to the string at a key and returns the length of the whole.
func (c *Client) Append(ctx context.Context, key string, suffix []byte) (int64, error) {
	return call(ctx, c, OpAppend(key, suffix))
}

// OpBatchGet is the operation of Client.BatchGet.
func OpBatchGet(keys ...string) *Operation[[][]byte] {
	request := &pb.BatchGetRequest{Keys: bytesOf(keys)}
	return newOperation(pb.KeyValueService_BatchGet_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_BatchGet{BatchGet: request}}, (*pb.OperationResult).GetBatchGet,
		func(r *pb.BatchGetResponse) [][]byte {
			values := make([][]byte, len(r.GetResults()))
			for i, result := range r.GetResults() {
				values[i] = result.Value
			}
			return values
		}).harmless()
}

// BatchGet returns the strings at many keys as of one moment; nil: no string there.
func (c *Client) BatchGet(ctx context.Context, keys ...string) ([][]byte, error) {
	return call(ctx, c, OpBatchGet(keys...))
}

// OpBatchSet is the operation of Client.BatchSet.
func OpBatchSet(entries map[string][]byte, options ...BatchSetOption) *Operation[uint64] {
	request := &pb.BatchSetRequest{Entries: make([]*pb.BatchSetEntry, 0, len(entries))}
	for key, value := range entries {
		entry := &pb.BatchSetEntry{Key: []byte(key), Value: value}
		for _, option := range options {
			option.applyBatchSet(entry)
		}
		request.Entries = append(request.Entries, entry)
	}
	return newOperation(pb.KeyValueService_BatchSet_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_BatchSet{BatchSet: request}}, (*pb.OperationResult).GetBatchSet,
		(*pb.BatchSetResponse).GetVersion).harmless()
}

// BatchSet makes many keys hold strings, all or none, and returns the version of all.
func (c *Client) BatchSet(ctx context.Context, entries map[string][]byte, options ...BatchSetOption) (uint64, error) {
	return call(ctx, c, OpBatchSet(entries, options...))
}

// OpBatchDelete is the operation of Client.BatchDelete.
func OpBatchDelete(keys ...string) *Operation[[]bool] {
	request := &pb.BatchDeleteRequest{Keys: bytesOf(keys)}
	return newOperation(pb.KeyValueService_BatchDelete_FullMethodName,
		&pb.Operation{Operation: &pb.Operation_BatchDelete{BatchDelete: request}}, (*pb.OperationResult).GetBatchDelete,
		(*pb.BatchDeleteResponse).GetDeleted)
}

// BatchDelete removes many keys at once and tells of each whether it was there.
func (c *Client) BatchDelete(ctx context.Context, keys ...string) ([]bool, error) {
	return call(ctx, c, OpBatchDelete(keys...))
}
