package fastkv

import (
	"crypto/rand"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

const requestIDField protoreflect.Name = "request_id"

// Operation is what a call asks for and how to read its answer of type T. Run calls it; it
// can also be part of a Transaction, or sent with many others through a Pipeline. It does
// not change and may be used again.
type Operation[T any] struct {
	method     string
	wrapped    *pb.Operation
	idempotent bool
	call       func(invoke func(response proto.Message) error) (T, error)
	fromResult func(result *pb.OperationResult) T
}

// AnyOperation is an Operation, whatever it answers with.
type AnyOperation interface {
	message() *pb.Operation
	decode(result *pb.OperationResult) any
}

func (o *Operation[T]) message() *pb.Operation                { return o.wrapped }
func (o *Operation[T]) decode(result *pb.OperationResult) any { return o.fromResult(result) }

// newOperation makes an operation whose answer is read from a result by `from`.
func newOperation[R proto.Message, T any](method string, wrapped *pb.Operation,
	from func(*pb.OperationResult) R, decode func(R) T) *Operation[T] {
	return &Operation[T]{
		method:  method,
		wrapped: wrapped,
		call: func(invoke func(proto.Message) error) (T, error) {
			var none R
			response := none.ProtoReflect().New().Interface().(R)
			if err := invoke(response); err != nil {
				var nothing T
				return nothing, err
			}
			return decode(response), nil
		},
		fromResult: func(result *pb.OperationResult) T { return decode(from(result)) },
	}
}

// harmless marks an operation that may be repeated without a request id.
func (o *Operation[T]) harmless() *Operation[T] {
	o.idempotent = true
	return o
}

// request is the message inside the operation, that of the unary call.
func (o *Operation[T]) request() protoreflect.Message { return requestIn(o.wrapped) }

func requestIn(operation *pb.Operation) protoreflect.Message {
	m := operation.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("operation"))
	return m.Get(field).Message()
}

// Once returns the same operation with a request id: however often the operation that it
// returns is run within the server's window, it is applied once and answered alike.
func (o *Operation[T]) Once() *Operation[T] {
	request := o.request()
	field := request.Descriptor().Fields().ByName(requestIDField)
	if field == nil || request.Has(field) {
		return o
	}
	once := *o
	once.wrapped = proto.Clone(o.wrapped).(*pb.Operation)
	once.request().Set(field, protoreflect.ValueOfBytes(newRequestID()))
	return &once
}

func newRequestID() []byte {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		panic("fastkv: no random numbers: " + err.Error())
	}
	return id
}
