// Package fastkv is a client of FastKV, an in-memory data store with a typed gRPC API.
//
//	client, err := fastkv.Dial("127.0.0.1:50051")
//	result, err := client.Set(ctx, "greeting", []byte("hello"), fastkv.TTL(time.Minute))
//	value, err := client.Get(ctx, "greeting")
//
// Keys and members are strings, which in Go hold any bytes; values are byte slices. A miss or
// a condition that does not hold is a result, not an error. Errors are of type *Error, and
// errors.Is(err, fastkv.WrongType) asks for a reason.
//
// A call whose context has no deadline gets one of five seconds, unless WithTimeout says
// otherwise. Calls that the network loses are sent again in that time; writes that are not
// idempotent carry a request id, so that none is applied twice.
//
// Functions whose names begin with Op make an Operation: what a call asks for, to be part of
// a Transaction or sent through a Pipeline.
//
// Package fastkvv1 (fastkv/v1) is the generated code, for those who want the bare calls.
package fastkv
