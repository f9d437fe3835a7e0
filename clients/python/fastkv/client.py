"""The synchronous client; safe to share between threads."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from datetime import datetime
from typing import (
    Any,
    BinaryIO,
    Callable,
    Concatenate,
    Generator,
    Generic,
    Iterable,
    Iterator,
    ParamSpec,
    Sequence,
    TypeVar,
    cast,
)

import grpc

from fastkv import operations as op
from fastkv import sorted_set_operations as zop
from fastkv import streams
from fastkv.connection import DEFAULT_TARGET, DEFAULT_TIMEOUT_S, channel_options
from fastkv.errors import Error, error_from_call
from fastkv.operations import Operation
from fastkv.pipeline import BATCH_SIZE, Batches
from fastkv.transaction import Transaction, TransactionResult
from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import pipeline_pb2
from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.values import (
    Bytes,
    Duration,
    KeyInfo,
    Scored,
    SetResult,
    StreamedEntry,
    ValueType,
    from_milliseconds,
    to_bytes,
)

P = ParamSpec("P")
T = TypeVar("T")


class _Call(Generic[P, T]):
    """A method of Client that runs the operation that a function makes."""

    def __init__(self, make: Callable[P, Operation[T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, client: Client, owner: type) -> Callable[P, T]:
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return client.run(self._make(*args, **kwargs))
        return call


class _SetCall(Generic[P, T]):
    """A method of SortedSet, likewise; its key is the operation's first argument."""

    def __init__(self, make: Callable[Concatenate[Bytes, P], Operation[T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, each: SortedSet, owner: type) -> Callable[P, T]:
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return each.client.run(self._make(each.key, *args, **kwargs))
        return call


class Client:
    """A connection to a server.

        with Client("127.0.0.1:50051") as client:
            client.set("greeting", "hello", ttl=60)

    Methods answer with what operations and sorted_set_operations say, and raise Error.
    Calls that the network loses are sent again within the timeout; writes that are not
    idempotent carry a request_id, so that none is applied twice.
    """

    def __init__(self, target: str = DEFAULT_TARGET, *,
                 credentials: grpc.ChannelCredentials | None = None,
                 timeout: float | None = DEFAULT_TIMEOUT_S, request_ids: bool = True,
                 options: Sequence[tuple[str, Any]] = ()) -> None:
        """Does not wait for the server.  Timeout: of a call, in seconds.  Without
        request_ids only calls that are idempotent by themselves are sent again."""
        all_options = channel_options(request_ids, options)
        self._channel = (grpc.secure_channel(target, credentials, all_options) if credentials
                         else grpc.insecure_channel(target, all_options))
        self._timeout = timeout
        self._request_ids = request_ids
        self._calls: dict[str, Any] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all calls."""
        self._channel.close()

    def with_timeout(self, timeout: float | None) -> Client:
        """The same connection with another timeout of calls; None: no end."""
        other = object.__new__(Client)
        other.__dict__.update(self.__dict__, _timeout=timeout)
        return other

    def run(self, operation: Operation[T]) -> T:
        """Calls the method that an operation is the request of."""
        if self._request_ids and not operation.idempotent:
            operation = operation.once()
        return operation.decode(self._unary(operation.request))

    get = _Call(op.get)
    get_entry = _Call(op.get_entry)
    set = _Call(op.set)
    delete = _Call(op.delete)
    exists = _Call(op.exists)
    type_of = _Call(op.type_of)
    version_of = _Call(op.version_of)
    get_expiry = _Call(op.get_expiry)
    expire = _Call(op.expire)
    persist = _Call(op.persist)
    increment = _Call(op.increment)
    append = _Call(op.append)
    batch_get = _Call(op.batch_get)
    batch_set = _Call(op.batch_set)
    batch_delete = _Call(op.batch_delete)
    pop = _Call(zop.sorted_set_pop)
    combine = _Call(zop.sorted_set_combine)
    combine_count = _Call(zop.sorted_set_combine_count)
    combine_store = _Call(zop.sorted_set_combine_store)

    def sorted_set(self, key: Bytes) -> SortedSet:
        """The sorted set at a key, whether it is there yet or not."""
        return SortedSet(self, key)

    def execute(self, transaction: Transaction) -> TransactionResult:
        """Does all that a transaction says at once, or nothing of it."""
        return self.run(transaction.operation())

    def pipeline(self, operations: Iterable[Operation[Any]], *,
                 batch_size: int = BATCH_SIZE) -> Iterator[Any | Error]:
        """Runs many operations, as fast as the results are taken: one for each, in
        order; an operation that failed yields its Error.

        Each is atomic by itself.  `operations` is read by another thread.  If the
        stream breaks, Error is raised and those without a result may have run or not:
        operations made with once() can be sent again.
        """
        batches = Batches()
        call = self._channel.stream_stream(
            "/fastkv.v1.PipelineService/Pipeline",
            pipeline_pb2.PipelineRequest.SerializeToString,
            pipeline_pb2.PipelineResponse.FromString)
        for response in self._stream(call(batches.requests(operations, batch_size))):
            yield from batches.results(response)

    def keys(self, *, prefix: Bytes | None = None, glob: Bytes | None = None,
             type: ValueType | None = None, page_size: int = 0) -> Iterator[KeyInfo]:
        """All keys, or those that begin with or match something, in no order."""
        request = streams.set_filter(kv.ListKeysRequest(page_size=page_size), prefix, glob, type)
        while True:
            page = self._unary(request)
            yield from streams.key_infos(page)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return

    def entries(self, *, prefix: Bytes | None = None, glob: Bytes | None = None,
                type: ValueType | None = None) -> Iterator[StreamedEntry]:
        """All entries with what they hold, in no order, as fast as they are taken."""
        request = streams.set_filter(kv.StreamEntriesRequest(), prefix, glob, type)
        call = self._channel.unary_stream(
            "/fastkv.v1.KeyValueService/StreamEntries",
            kv.StreamEntriesRequest.SerializeToString, kv.StreamEntriesResponse.FromString)
        assembler = streams.EntryAssembler()
        for response in self._stream(call(request)):
            yield from assembler.entries(response)

    @contextmanager
    def read_value(self, key: Bytes, *, offset: int = 0,
                   length: int = 0) -> Iterator[ValueReader | None]:
        """Reads a string of any length piece by piece, as of one moment; None: there is
        no such key.

            with client.read_value("film") as film:
                file.writelines(film)
        """
        call = self._channel.unary_stream(
            "/fastkv.v1.KeyValueService/ReadValue",
            kv.ReadValueRequest.SerializeToString, kv.ReadValueResponse.FromString)
        request = kv.ReadValueRequest(key=to_bytes(key), offset=offset, length=length)
        with closing(self._stream(call(request))) as responses:
            first = next(responses, None)
            yield ValueReader(first, responses) if first and first.HasField("header") else None

    def write_value(self, key: Bytes, data: bytes | BinaryIO | Iterable[bytes], *,
                    length: int | None = None, ttl: Duration | None = None,
                    expire_at: datetime | None = None, keep_expiry: bool = False,
                    must_exist: bool = False, must_not_exist: bool = False,
                    version_equals: int | None = None) -> SetResult:
        """Makes a key hold a string of any length, at once when its last piece is there.
        Length: of the whole; needed unless data is bytes or a file that can seek."""
        if isinstance(data, (bytes, bytearray, memoryview)):
            length, pieces = len(data), iter([bytes(data)])
        elif hasattr(data, "read"):
            file = cast(BinaryIO, data)
            if length is None:
                at = file.tell()
                length = file.seek(0, os.SEEK_END) - at
                file.seek(at)
            pieces = iter(lambda: file.read(streams.CHUNK_BYTES), b"")
        else:
            pieces = iter(data)
        if length is None:
            raise ValueError("the length of the whole is needed")
        header = streams.write_header(
            key, length, ttl, expire_at, keep_expiry, must_exist, must_not_exist, version_equals,
            os.urandom(16) if self._request_ids else b"")

        def requests() -> Iterator[kv.WriteValueRequest]:
            yield header
            for piece in pieces:
                yield from streams.write_chunks(piece)
        call = self._channel.stream_unary(
            "/fastkv.v1.KeyValueService/WriteValue",
            kv.WriteValueRequest.SerializeToString, kv.WriteValueResponse.FromString)
        try:
            return streams.write_result(call(requests()))
        except grpc.RpcError as error:
            raise error_from_call(error) from error

    def _unary(self, request: Any) -> Any:
        method = op.METHODS[request.DESCRIPTOR.name]
        call = self._calls.get(method.path)
        if call is None:
            call = self._calls[method.path] = self._channel.unary_unary(
                method.path, type(request).SerializeToString, method.response.FromString)
        try:
            return call(request, timeout=self._timeout)
        except grpc.RpcError as error:
            raise error_from_call(error) from error

    @staticmethod
    def _stream(call: Any) -> Generator[Any, None, None]:
        """What a call streams; who stops reading ends it."""
        try:
            yield from call
        except grpc.RpcError as error:
            raise error_from_call(error) from error
        finally:
            call.cancel()


class SortedSet:
    """The sorted set at a key; sorted_set_operations says what its methods do."""

    def __init__(self, client: Client, key: Bytes) -> None:
        self.client = client
        self.key = key

    add = _SetCall(zop.sorted_set_add)
    remove = _SetCall(zop.sorted_set_remove)
    range = _SetCall(zop.sorted_set_range)
    score = _SetCall(zop.sorted_set_score)
    scores = _SetCall(zop.sorted_set_scores)
    rank = _SetCall(zop.sorted_set_rank)
    increment = _SetCall(zop.sorted_set_increment)
    count = _SetCall(zop.sorted_set_count)
    pop = _SetCall(zop.sorted_set_pop)
    remove_range = _SetCall(zop.sorted_set_remove_range)
    store_range = _SetCall(zop.sorted_set_store_range)
    sample = _SetCall(zop.sorted_set_sample)

    def scan(self, *, glob: Bytes | None = None) -> Iterator[Scored]:
        """All members, page by page, in no order; one that moves may come twice."""
        request = streams.scan_request(self.key, glob)
        while True:
            page: zset.SortedSetServiceScanResponse = self.client._unary(request)
            yield from zop.scored(page.members)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return


class ValueReader:
    """The pieces of a value, and what is known of its entry."""

    def __init__(self, first: kv.ReadValueResponse,
                 rest: Iterator[kv.ReadValueResponse]) -> None:
        self.length: int = first.header.length
        self.version: int = first.header.version
        self.ttl = (from_milliseconds(first.header.ttl_ms) if first.header.HasField("ttl_ms")
                    else None)
        self._first = first.chunk
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        if self._first:
            yield self._first
        for response in self._rest:
            yield response.chunk

    def read(self) -> bytes:
        """All of it."""
        return b"".join(self)


__all__ = ["Client", "SortedSet", "ValueReader"]
