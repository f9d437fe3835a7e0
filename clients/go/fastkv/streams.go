package fastkv

import (
	"context"
	"io"
	"time"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// What a message of WriteValue carries.
const chunkBytes = 1 << 20

// Filter is which keys Keys and Entries read; the zero Filter: all.
type Filter struct {
	// Those that begin with it; excludes Glob.
	Prefix string
	// Those that match the pattern.
	Glob string
	// Those that hold this type.
	Type ValueType
}

// Iterator goes over what comes page by page or as a stream:
//
//	for it.Next() { use(it.Value()) }
//	if it.Err() != nil { ... }
//
// One that is not read to its end has to be closed.
type Iterator[T any] struct {
	// Answers io.EOF behind the last page.
	more   func() ([]T, error)
	close  func()
	page   []T
	value  T
	err    error
	closed bool
}

// Next moves to the next value; false: there is none, or an error.
func (it *Iterator[T]) Next() bool {
	for len(it.page) == 0 {
		if it.err != nil || it.closed {
			return false
		}
		if it.page, it.err = it.more(); it.err != nil {
			it.Close()
			return false
		}
	}
	it.value, it.page = it.page[0], it.page[1:]
	return true
}

// Value is the one that Next moved to.
func (it *Iterator[T]) Value() T { return it.value }

// Err is why Next returned false; nil: there were no more.
func (it *Iterator[T]) Err() error {
	if it.err == io.EOF {
		return nil
	}
	return toError(it.err)
}

// Close ends the iteration.
func (it *Iterator[T]) Close() {
	it.closed, it.page = true, nil
	if it.close != nil {
		it.close()
	}
}

// pages makes an iterator from a call that answers with a page and the token of the next.
func pages[T any](call func(token string) ([]T, string, error)) *Iterator[T] {
	token, last := "", false
	return &Iterator[T]{more: func() ([]T, error) {
		if last {
			return nil, io.EOF
		}
		page, next, err := call(token)
		token, last = next, next == ""
		return page, err
	}}
}

// KeyInfo is a key and what is known of its entry.
type KeyInfo struct {
	Key     string
	Type    ValueType
	Version uint64
	// How long it lives from now; 0: for ever.
	TTL time.Duration
}

// Keys goes over keys in no particular order.
func (c *Client) Keys(ctx context.Context, filter Filter) *Iterator[KeyInfo] {
	return pages(func(token string) ([]KeyInfo, string, error) {
		request := &pb.ListKeysRequest{Type: filter.Type, PageToken: token}
		if filter.Prefix != "" {
			request.Filter = &pb.ListKeysRequest_Prefix{Prefix: []byte(filter.Prefix)}
		}
		if filter.Glob != "" {
			request.Filter = &pb.ListKeysRequest_Glob{Glob: []byte(filter.Glob)}
		}
		response := &pb.ListKeysResponse{}
		if err := c.unary(ctx, pb.KeyValueService_ListKeys_FullMethodName, request, response); err != nil {
			return nil, "", err
		}
		keys := make([]KeyInfo, len(response.GetKeys()))
		for i, info := range response.GetKeys() {
			keys[i] = KeyInfo{string(info.GetKey()), info.GetType(), info.GetVersion(), milliseconds(info.GetTtlMs())}
		}
		return keys, response.GetNextPageToken(), nil
	})
}

// Scan goes over the members in no particular order; glob "": all. One that moves may come
// twice.
func (s *SortedSet) Scan(ctx context.Context, glob string) *Iterator[Scored] {
	return pages(func(token string) ([]Scored, string, error) {
		request := &pb.SortedSetServiceScanRequest{Key: []byte(s.key), PageToken: token}
		if glob != "" {
			request.Glob = []byte(glob)
		}
		response := &pb.SortedSetServiceScanResponse{}
		if err := s.client.unary(ctx, pb.SortedSetService_Scan_FullMethodName, request, response); err != nil {
			return nil, "", err
		}
		return scored(response.GetMembers()), response.GetNextPageToken(), nil
	})
}

// StreamedEntry is an entry with what it holds.
type StreamedEntry struct {
	Key     string
	Type    ValueType
	Version uint64
	// Zero: never.
	ExpireTime time.Time
	// Of a string.
	Value []byte
	// Of a sorted set, in no particular order.
	Members []Scored
}

// Entries goes over entries with what they hold, in no particular order, as fast as they
// are taken.
func (c *Client) Entries(ctx context.Context, filter Filter) *Iterator[StreamedEntry] {
	request := &pb.StreamEntriesRequest{Type: filter.Type}
	if filter.Prefix != "" {
		request.Filter = &pb.StreamEntriesRequest_Prefix{Prefix: []byte(filter.Prefix)}
	}
	if filter.Glob != "" {
		request.Filter = &pb.StreamEntriesRequest_Glob{Glob: []byte(filter.Glob)}
	}
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.keyValue().StreamEntries(ctx, request)
	if err != nil {
		cancel()
		return &Iterator[StreamedEntry]{err: err}
	}
	var entry StreamedEntry // Whose pieces have not all come.
	return &Iterator[StreamedEntry]{close: cancel, more: func() ([]StreamedEntry, error) {
		response, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		var whole []StreamedEntry
		for _, piece := range response.GetEntries() {
			entry.add(piece)
			if !piece.GetContinues() {
				whole = append(whole, entry)
				entry = StreamedEntry{}
			}
		}
		return whole, nil
	}}
}

func (e *StreamedEntry) add(piece *pb.EntryPiece) {
	e.Key, e.Version = string(piece.GetKey()), piece.GetVersion()
	if piece.ExpireTimeMs != nil {
		e.ExpireTime = time.UnixMilli(*piece.ExpireTimeMs)
	}
	switch content := piece.GetContent().(type) {
	case *pb.EntryPiece_StringValue:
		e.Type, e.Value = TypeString, append(e.Value, content.StringValue...)
	case *pb.EntryPiece_SortedSet:
		e.Type, e.Members = TypeSortedSet, append(e.Members, scored(content.SortedSet.GetMembers())...)
	}
}

// ValueReader reads a string of any length, as of one moment.
type ValueReader struct {
	// Of the whole value, in bytes.
	Length  int64
	Version uint64
	// How long it lives from now; 0: for ever.
	TTL time.Duration

	stream pb.KeyValueService_ReadValueClient
	cancel context.CancelFunc
	chunk  []byte
}

// ReadValue reads a string from an offset; length 0: to its end. The reader is nil if there
// is no such key, and has to be closed else.
func (c *Client) ReadValue(ctx context.Context, key string, offset, length int64) (*ValueReader, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.keyValue().ReadValue(ctx, &pb.ReadValueRequest{Key: []byte(key), Offset: offset, Length: length})
	if err != nil {
		cancel()
		return nil, toError(err)
	}
	first, err := stream.Recv()
	if err != nil || first.GetHeader() == nil {
		cancel()
		return nil, toError(err)
	}
	header := first.GetHeader()
	return &ValueReader{header.GetLength(), header.GetVersion(), milliseconds(header.GetTtlMs()),
		stream, cancel, first.GetChunk()}, nil
}

// Read is that of io.Reader.
func (r *ValueReader) Read(p []byte) (int, error) {
	for len(r.chunk) == 0 {
		response, err := r.stream.Recv()
		if err == io.EOF {
			return 0, io.EOF
		}
		if err != nil {
			return 0, toError(err)
		}
		r.chunk = response.GetChunk()
	}
	n := copy(p, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

// Close ends the stream.
func (r *ValueReader) Close() error {
	r.cancel()
	return nil
}

// WriteValue makes a key hold the next `length` bytes of a reader, at once when the last one
// is there.
func (c *Client) WriteValue(ctx context.Context, key string, value io.Reader, length int64,
	options ...WriteOption) (SetResult, error) {
	// A reader that fails must not leave a value behind.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	header := &pb.WriteValueHeader{Key: []byte(key), Length: length}
	for _, option := range options {
		option.applyWrite(header)
	}
	if c.requestIDs {
		header.RequestId = newRequestID()
	}
	stream, err := c.keyValue().WriteValue(ctx)
	if err != nil {
		return SetResult{}, toError(err)
	}
	request := &pb.WriteValueRequest{Header: header}
	for left := length; ; {
		if err := stream.Send(request); err == io.EOF {
			break // The server has answered.
		} else if err != nil {
			return SetResult{}, toError(err)
		}
		if left == 0 {
			break
		}
		chunk := make([]byte, min(left, chunkBytes))
		if _, err := io.ReadFull(value, chunk); err != nil {
			return SetResult{}, err
		}
		left -= int64(len(chunk))
		request = &pb.WriteValueRequest{Chunk: chunk}
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return SetResult{}, toError(err)
	}
	return SetResult{Applied: response.GetApplied(), Version: response.GetVersion()}, nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
