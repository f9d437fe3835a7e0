"""Streams: what the synchronous and the asynchronous client share of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterator

from fastkv.operations import optional, set_condition, set_expiry
from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.values import (
    Bytes,
    Duration,
    KeyInfo,
    SetResult,
    StreamedEntry,
    ValueType,
    from_epoch_milliseconds,
    from_milliseconds,
    to_bytes,
)

# What a message of WriteValue carries.
CHUNK_BYTES = 1 << 20


def set_filter(request: Any, prefix: Bytes | None, glob: Bytes | None,
               type: ValueType | None) -> Any:
    """Fills what ListKeys and StreamEntries have in common."""
    if prefix is not None and glob is not None:
        raise ValueError("prefix and glob exclude each other")
    if prefix is not None:
        request.prefix = to_bytes(prefix)
    if glob is not None:
        request.glob = to_bytes(glob)
    if type is not None:
        request.type = int(type)
    return request


def key_infos(page: kv.ListKeysResponse) -> Iterator[KeyInfo]:
    for info in page.keys:
        ttl = optional(info, "ttl_ms")
        yield KeyInfo(info.key, ValueType(info.type), info.version,
                      None if ttl is None else from_milliseconds(ttl))


def scan_request(key: Bytes, glob: Bytes | None) -> zset.SortedSetServiceScanRequest:
    request = zset.SortedSetServiceScanRequest(key=to_bytes(key))
    if glob is not None:
        request.glob = to_bytes(glob)
    return request


class EntryAssembler:
    """Puts the pieces of long entries together."""

    def __init__(self) -> None:
        self._string = bytearray()
        self._members: dict[bytes, float] = {}

    def entries(self, response: kv.StreamEntriesResponse) -> Iterator[StreamedEntry]:
        for piece in response.entries:
            is_string = piece.WhichOneof("content") == "string_value"
            if is_string:
                self._string += piece.string_value
            else:
                self._members.update((m.member, m.score) for m in piece.sorted_set.members)
            if piece.continues:
                continue
            time = optional(piece, "expire_time_ms")
            yield StreamedEntry(
                piece.key, bytes(self._string) if is_string else self._members, piece.version,
                None if time is None else from_epoch_milliseconds(time))
            self._string, self._members = bytearray(), {}


def write_header(key: Bytes, length: int, ttl: Duration | None, expire_at: datetime | None,
                 keep_expiry: bool, must_exist: bool, must_not_exist: bool,
                 version_equals: int | None, request_id: bytes) -> kv.WriteValueRequest:
    header = kv.WriteValueHeader(key=to_bytes(key), length=length, request_id=request_id)
    set_expiry(header, ttl, expire_at, keep_expiry)
    set_condition(header, must_exist, must_not_exist, version_equals)
    return kv.WriteValueRequest(header=header)


def write_chunks(piece: bytes | memoryview) -> Iterator[kv.WriteValueRequest]:
    """Cuts a piece of any length into messages."""
    view = memoryview(piece)
    for at in range(0, len(view), CHUNK_BYTES):
        yield kv.WriteValueRequest(chunk=bytes(view[at:at + CHUNK_BYTES]))


def write_result(response: kv.WriteValueResponse) -> SetResult:
    return SetResult(response.applied, response.version)
