package fastkv

import (
	"context"
	"io"
	"sync"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// With so many operations a message, most of the cost is theirs; the server takes ten
// thousand.
const defaultBatchSize = 256

// Pipeline sends many operations over one stream, at little cost each. Each is atomic by
// itself. One goroutine may add while another takes results; both have to go on for either
// to, once more is under way than the connection buffers.
//
// If the stream breaks, operations without a result may have run or not; those made with
// Once can be sent again.
type Pipeline struct {
	stream    pb.PipelineService_PipelineClient
	cancel    context.CancelFunc
	batchSize int
	batch     []AnyOperation // Of the goroutine that adds.

	mu   sync.Mutex
	sent [][]AnyOperation // Guarded by mu.

	results  []*pb.OperationResult // Of the goroutine that takes results.
	received []AnyOperation
}

// Result is what became of an operation in a pipeline.
type Result struct {
	Operation AnyOperation
	// What the operation answers with.
	Value any
	// Why it failed; then it changed nothing.
	Err error
}

// Pipeline opens a stream. Each message carries so many operations; 0: a good number.
// Close has to be called in the end.
func (c *Client) Pipeline(ctx context.Context, batchSize int) (*Pipeline, error) {
	if batchSize <= 0 {
		batchSize = defaultBatchSize
	}
	ctx, cancel := context.WithCancel(ctx)
	stream, err := pb.NewPipelineServiceClient(c.conn).Pipeline(ctx)
	if err != nil {
		cancel()
		return nil, toError(err)
	}
	return &Pipeline{stream: stream, cancel: cancel, batchSize: batchSize}, nil
}

// Add adds operations, and sends the batch when it is full.
func (p *Pipeline) Add(operations ...AnyOperation) error {
	for _, operation := range operations {
		p.batch = append(p.batch, operation)
		if len(p.batch) >= p.batchSize {
			if err := p.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Flush sends what has been added.
func (p *Pipeline) Flush() error {
	if len(p.batch) == 0 {
		return nil
	}
	request := &pb.PipelineRequest{Operations: messages(p.batch)}
	p.mu.Lock()
	p.sent = append(p.sent, p.batch)
	p.mu.Unlock()
	p.batch = nil
	// io.EOF: the stream has ended, and Next says why.
	return toError(p.stream.Send(request))
}

// CloseAdd sends what has been added and says that there will be no more.
func (p *Pipeline) CloseAdd() error {
	if err := p.Flush(); err != nil {
		return err
	}
	return toError(p.stream.CloseSend())
}

// Next returns the next operation's result, in the order in which they were added; io.EOF:
// that was the last one, after CloseAdd. Other errors end the pipeline.
func (p *Pipeline) Next() (Result, error) {
	for len(p.results) == 0 {
		response, err := p.stream.Recv()
		if err == io.EOF {
			return Result{}, io.EOF
		}
		if err != nil {
			return Result{}, toError(err)
		}
		p.mu.Lock()
		p.received, p.sent = p.sent[0], p.sent[1:]
		p.mu.Unlock()
		p.results = response.GetResults()
	}
	operation, result := p.received[0], p.results[0]
	p.received, p.results = p.received[1:], p.results[1:]
	if status := result.GetError(); status != nil {
		return Result{Operation: operation, Err: fromProto(status)}, nil
	}
	return Result{Operation: operation, Value: operation.decode(result)}, nil
}

// Close ends the stream, whatever is under way.
func (p *Pipeline) Close() { p.cancel() }

// RunAll runs operations through a pipeline and returns a result for each.
func (c *Client) RunAll(ctx context.Context, operations ...AnyOperation) ([]Result, error) {
	p, err := c.Pipeline(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	go func() {
		// An error here is one of Next, too.
		if p.Add(operations...) == nil {
			_ = p.CloseAdd()
		}
	}()
	results := make([]Result, 0, len(operations))
	for range operations {
		result, err := p.Next()
		if err != nil {
			return results, err
		}
		results = append(results, result)
	}
	return results, nil
}
