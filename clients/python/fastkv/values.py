"""What the client takes and what it answers with, in Python's own types."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import Union

# Text is sent as UTF-8.  Answers are always bytes.
Bytes = Union[bytes, bytearray, memoryview, str]
# Seconds, where it is a number.
Duration = Union[float, timedelta]


class ValueType(IntEnum):
    """What a key holds."""

    STRING = 1
    SORTED_SET = 2


@dataclass(frozen=True)
class Entry:
    """A string with what is known of its entry."""

    value: bytes
    version: int
    # How long it lives from now; None: for ever.
    ttl: timedelta | None


@dataclass(frozen=True)
class SetResult:
    """True if the value was set, False if the condition did not hold."""

    applied: bool
    # Of the entry that the key has now; 0: there is none.
    version: int
    # With return_previous: the value from before, if there was one.
    previous: bytes | None = None

    def __bool__(self) -> bool:
        return self.applied


@dataclass(frozen=True)
class DeleteResult:
    """True if the key was removed."""

    deleted: bool
    existed: bool
    # With return_previous: the value from before, if there was one.
    previous: bytes | None = None

    def __bool__(self) -> bool:
        return self.deleted


@dataclass(frozen=True)
class Expiry:
    """When a key that exists expires; twice None: never."""

    ttl: timedelta | None
    # By the server's clock, in UTC.
    time: datetime | None


@dataclass(frozen=True)
class KeyInfo:
    """A key and what is known of its entry."""

    key: bytes
    type: ValueType
    version: int
    ttl: timedelta | None


@dataclass(frozen=True)
class StreamedEntry:
    """An entry with what it holds: a string, or the scores of a set's members."""

    key: bytes
    value: bytes | dict[bytes, float]
    version: int
    expire_time: datetime | None


@dataclass(frozen=True)
class Scored:
    """A member of a sorted set with its score."""

    member: bytes
    score: float


@dataclass(frozen=True)
class Rank:
    """A member's place, from 0, and its score."""

    rank: int
    score: float


@dataclass(frozen=True)
class AddResult:
    """How many members a sorted set got, and how many got another score."""

    added: int
    updated: int
    # The set's; 0: there is none.
    version: int


@dataclass(frozen=True)
class Popped:
    """The members that were taken, and the set that they were taken from."""

    key: bytes
    members: list[Scored]


def to_bytes(data: Bytes) -> bytes:
    return data.encode() if isinstance(data, str) else bytes(data)


def to_milliseconds(duration: Duration) -> int:
    """Rounded up, so that a short time is never none."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return math.ceil(round(seconds * 1000, 6))


def to_epoch_milliseconds(time: datetime) -> int:
    """A time without a zone counts as local, as everywhere in datetime."""
    return math.ceil(round(time.timestamp() * 1000, 3))


def from_milliseconds(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


def from_epoch_milliseconds(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=milliseconds)
