package fastkv

import (
	"context"
	_ "embed"
	"math"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// Copies of the proto folder's, made by tools/generate-clients.
var (
	//go:embed service_config.json
	plainConfig string
	//go:embed service_config_request_ids.json
	requestIDsConfig string
)

const defaultTimeout = 5 * time.Second

// Client is a connection to a server; it may be used by many goroutines at once.
type Client struct {
	conn       *grpc.ClientConn
	timeout    time.Duration
	requestIDs bool
}

type dialOptions struct {
	credentials credentials.TransportCredentials
	timeout     time.Duration
	requestIDs  bool
	grpc        []grpc.DialOption
}

// DialOption is an option of Dial.
type DialOption func(*dialOptions)

// WithCredentials makes the connection a secure one.
func WithCredentials(transport credentials.TransportCredentials) DialOption {
	return func(o *dialOptions) { o.credentials = transport }
}

// WithTimeout sets how long unary calls may take whose context has no deadline, retries
// included; 0: as long as they do. Streams have no such limit.
func WithTimeout(timeout time.Duration) DialOption {
	return func(o *dialOptions) { o.timeout = timeout }
}

// WithoutRequestIDs sends no request ids; then only calls that are idempotent by themselves
// are sent again.
func WithoutRequestIDs() DialOption {
	return func(o *dialOptions) { o.requestIDs = false }
}

// WithGRPC adds options of gRPC.
func WithGRPC(options ...grpc.DialOption) DialOption {
	return func(o *dialOptions) { o.grpc = append(o.grpc, options...) }
}

// Dial makes a client. It does not wait for the server.
func Dial(target string, options ...DialOption) (*Client, error) {
	o := dialOptions{credentials: insecure.NewCredentials(), timeout: defaultTimeout, requestIDs: true}
	for _, option := range options {
		option(&o)
	}
	config := plainConfig
	if o.requestIDs {
		config = requestIDsConfig
	}
	conn, err := grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(o.credentials),
		grpc.WithDefaultServiceConfig(config),
		// The server alone limits messages.
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
	}, o.grpc...)...)
	if err != nil {
		return nil, err
	}
	return &Client{conn, o.timeout, o.requestIDs}, nil
}

// Close ends all calls.
func (c *Client) Close() error { return c.conn.Close() }

// Run calls an operation.
func Run[T any](ctx context.Context, c *Client, operation *Operation[T]) (T, error) {
	if c.requestIDs && !operation.idempotent {
		operation = operation.Once()
	}
	return invoke(ctx, c, operation)
}

// call is Run of an operation that nobody else has, which may be changed.
func call[T any](ctx context.Context, c *Client, operation *Operation[T]) (T, error) {
	if c.requestIDs && !operation.idempotent {
		request := operation.request()
		if field := request.Descriptor().Fields().ByName(requestIDField); field != nil {
			request.Set(field, protoreflect.ValueOfBytes(newRequestID()))
		}
	}
	return invoke(ctx, c, operation)
}

func invoke[T any](ctx context.Context, c *Client, operation *Operation[T]) (T, error) {
	return operation.call(func(response proto.Message) error {
		return c.unary(ctx, operation.method, operation.request().Interface(), response)
	})
}

func (c *Client) unary(ctx context.Context, method string, request, response proto.Message) error {
	if _, hasDeadline := ctx.Deadline(); !hasDeadline && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	return toError(c.conn.Invoke(ctx, method, request, response))
}

func (c *Client) keyValue() pb.KeyValueServiceClient { return pb.NewKeyValueServiceClient(c.conn) }
