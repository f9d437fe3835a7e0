"""The asynchronous client, for asyncio: as fastkv.client, with await."""

from __future__ import annotations

import os
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import (
    Any,
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Concatenate,
    Generic,
    Iterable,
    ParamSpec,
    Sequence,
    TypeVar,
)

import grpc
import grpc.aio

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

    def __get__(self, client: Client, owner: type) -> Callable[P, Awaitable[T]]:
        def call(*args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
            return client.run(self._make(*args, **kwargs))
        return call


class _SetCall(Generic[P, T]):
    """A method of SortedSet, likewise; its key is the operation's first argument."""

    def __init__(self, make: Callable[Concatenate[Bytes, P], Operation[T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, each: SortedSet, owner: type) -> Callable[P, Awaitable[T]]:
        def call(*args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
            return each.client.run(self._make(each.key, *args, **kwargs))
        return call


class Client:
    """A connection to a server, of one event loop.

        async with aio.Client("127.0.0.1:50051") as client:
            await client.set("greeting", "hello", ttl=60)

    All of fastkv.Client's documentation holds.
    """

    def __init__(self, target: str = DEFAULT_TARGET, *,
                 credentials: grpc.ChannelCredentials | None = None,
                 timeout: float | None = DEFAULT_TIMEOUT_S, request_ids: bool = True,
                 options: Sequence[tuple[str, Any]] = ()) -> None:
        """As of fastkv.Client."""
        all_options = channel_options(request_ids, options)
        self._channel = (grpc.aio.secure_channel(target, credentials, all_options) if credentials
                         else grpc.aio.insecure_channel(target, all_options))
        self._timeout = timeout
        self._request_ids = request_ids
        self._calls: dict[str, Any] = {}

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends all calls."""
        await self._channel.close(None)

    def with_timeout(self, timeout: float | None) -> Client:
        """The same connection with another timeout of calls; None: no end."""
        other = object.__new__(Client)
        other.__dict__.update(self.__dict__, _timeout=timeout)
        return other

    async def run(self, operation: Operation[T]) -> T:
        """Calls the method that an operation is the request of."""
        if self._request_ids and not operation.idempotent:
            operation = operation.once()
        return operation.decode(await self._unary(operation.request))

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

    async def execute(self, transaction: Transaction) -> TransactionResult:
        """Does all that a transaction says at once, or nothing of it."""
        return await self.run(transaction.operation())

    async def pipeline(self, operations: Iterable[Operation[Any]] | AsyncIterable[Operation[Any]],
                       *, batch_size: int = BATCH_SIZE) -> AsyncIterator[Any | Error]:
        """As fastkv.Client.pipeline."""
        batches = Batches()

        async def requests() -> AsyncIterator[pipeline_pb2.PipelineRequest]:
            if not isinstance(operations, AsyncIterable):
                for request in batches.requests(operations, batch_size):
                    yield request
                return
            batch: list[Operation[Any]] = []
            async for operation in operations:
                batch.append(operation)
                if len(batch) == batch_size:
                    yield batches.request(batch)
                    batch = []
            if batch:
                yield batches.request(batch)
        call = self._channel.stream_stream(
            "/fastkv.v1.PipelineService/Pipeline",
            pipeline_pb2.PipelineRequest.SerializeToString,
            pipeline_pb2.PipelineResponse.FromString)
        async for response in self._stream(call(requests())):
            for result in batches.results(response):
                yield result

    async def keys(self, *, prefix: Bytes | None = None, glob: Bytes | None = None,
                   type: ValueType | None = None, page_size: int = 0) -> AsyncIterator[KeyInfo]:
        """All keys, or those that begin with or match something, in no order."""
        request = streams.set_filter(kv.ListKeysRequest(page_size=page_size), prefix, glob, type)
        while True:
            page = await self._unary(request)
            for info in streams.key_infos(page):
                yield info
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return

    async def entries(self, *, prefix: Bytes | None = None, glob: Bytes | None = None,
                      type: ValueType | None = None) -> AsyncIterator[StreamedEntry]:
        """All entries with what they hold, in no order, as fast as they are taken."""
        request = streams.set_filter(kv.StreamEntriesRequest(), prefix, glob, type)
        call = self._channel.unary_stream(
            "/fastkv.v1.KeyValueService/StreamEntries",
            kv.StreamEntriesRequest.SerializeToString, kv.StreamEntriesResponse.FromString)
        assembler = streams.EntryAssembler()
        async for response in self._stream(call(request)):
            for entry in assembler.entries(response):
                yield entry

    @asynccontextmanager
    async def read_value(self, key: Bytes, *, offset: int = 0,
                         length: int = 0) -> AsyncIterator[ValueReader | None]:
        """As fastkv.Client.read_value."""
        call = self._channel.unary_stream(
            "/fastkv.v1.KeyValueService/ReadValue",
            kv.ReadValueRequest.SerializeToString, kv.ReadValueResponse.FromString)
        request = kv.ReadValueRequest(key=to_bytes(key), offset=offset, length=length)
        async with aclosing(self._stream(call(request))) as responses:
            first = await anext(responses, None)
            yield ValueReader(first, responses) if first and first.HasField("header") else None

    async def write_value(self, key: Bytes, data: bytes | AsyncIterable[bytes], *,
                          length: int | None = None, ttl: Duration | None = None,
                          expire_at: datetime | None = None, keep_expiry: bool = False,
                          must_exist: bool = False, must_not_exist: bool = False,
                          version_equals: int | None = None) -> SetResult:
        """As fastkv.Client.write_value; the length is needed unless data is bytes."""
        if isinstance(data, (bytes, bytearray, memoryview)):
            length = len(data)
        if length is None:
            raise ValueError("the length of the whole is needed")
        header = streams.write_header(
            key, length, ttl, expire_at, keep_expiry, must_exist, must_not_exist, version_equals,
            os.urandom(16) if self._request_ids else b"")

        async def requests() -> AsyncIterator[kv.WriteValueRequest]:
            yield header
            if not isinstance(data, AsyncIterable):
                for request in streams.write_chunks(data):
                    yield request
                return
            async for piece in data:
                for request in streams.write_chunks(piece):
                    yield request
        call = self._channel.stream_unary(
            "/fastkv.v1.KeyValueService/WriteValue",
            kv.WriteValueRequest.SerializeToString, kv.WriteValueResponse.FromString)
        try:
            return streams.write_result(await call(requests()))
        except grpc.aio.AioRpcError as error:
            raise error_from_call(error) from error

    async def _unary(self, request: Any) -> Any:
        method = op.METHODS[request.DESCRIPTOR.name]
        call = self._calls.get(method.path)
        if call is None:
            call = self._calls[method.path] = self._channel.unary_unary(
                method.path, type(request).SerializeToString, method.response.FromString)
        try:
            return await call(request, timeout=self._timeout)
        except grpc.aio.AioRpcError as error:
            raise error_from_call(error) from error

    @staticmethod
    async def _stream(call: Any) -> AsyncGenerator[Any, None]:
        """What a call streams; who stops reading ends it."""
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as error:
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

    async def scan(self, *, glob: Bytes | None = None) -> AsyncIterator[Scored]:
        """All members, page by page, in no order; one that moves may come twice."""
        request = streams.scan_request(self.key, glob)
        while True:
            page = await self.client._unary(request)
            for member in zop.scored(page.members):
                yield member
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return


class ValueReader:
    """The pieces of a value, and what is known of its entry."""

    def __init__(self, first: kv.ReadValueResponse,
                 rest: AsyncIterator[kv.ReadValueResponse]) -> None:
        self.length: int = first.header.length
        self.version: int = first.header.version
        self.ttl = (from_milliseconds(first.header.ttl_ms) if first.header.HasField("ttl_ms")
                    else None)
        self._first = first.chunk
        self._rest = rest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._first:
            yield self._first
        async for response in self._rest:
            yield response.chunk

    async def read(self) -> bytes:
        """All of it."""
        return b"".join([chunk async for chunk in self])


__all__ = ["Client", "SortedSet", "ValueReader"]
