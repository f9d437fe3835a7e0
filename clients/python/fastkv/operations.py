"""Operations on keys: what a call asks for, apart from making it.

Each function here and in sorted_set_operations makes an Operation, which can be

    client.run(operation)                      called: client.get(key) is that
    Transaction().then(operation, ...)         part of a transaction
    client.pipeline([operation, ...])          sent with many others

They raise ValueError for options that exclude each other.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Callable, Generic, Iterable, Mapping, Sequence, TypeVar

from fastkv.v1 import key_value_pb2 as pb
from fastkv.v1 import sorted_set_pb2, transaction_pb2
from fastkv.values import (
    Bytes,
    DeleteResult,
    Duration,
    Entry,
    Expiry,
    SetResult,
    ValueType,
    from_epoch_milliseconds,
    from_milliseconds,
    to_bytes,
    to_epoch_milliseconds,
    to_milliseconds,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Method:
    """A method of a service."""

    path: str
    response: Any


def _methods(file: Any) -> dict[str, Method]:
    return {
        method.input_type.name: Method("/%s/%s" % (service.full_name, method.name),
                                       method.output_type._concrete_class)
        for service in file.services_by_name.values()
        for method in service.methods
    }


# By the name of the request.
METHODS: dict[str, Method] = {
    **_methods(pb.DESCRIPTOR), **_methods(sorted_set_pb2.DESCRIPTOR),
    **_methods(transaction_pb2.DESCRIPTOR),
}


@dataclass(frozen=True)
class Operation(Generic[T]):
    """A request, and how to read its answer."""

    # The field of fastkv.v1.Operation; empty if it is not among them.
    field: str
    request: Any
    decode: Callable[[Any], T]
    # Whether a repeat does no harm even without a request_id.
    idempotent: bool = False

    @property
    def method(self) -> Method:
        return METHODS[self.request.DESCRIPTOR.name]

    def once(self) -> Operation[T]:
        """The same with a request_id: however often this very object is run within
        the server's window, it is applied once and answered alike."""
        if "request_id" not in self.request.DESCRIPTOR.fields_by_name or self.request.request_id:
            return self
        request = self.request.__class__()
        request.CopyFrom(self.request)
        request.request_id = os.urandom(16)
        return replace(self, request=request)


def at_most_one(**options: bool) -> None:
    given = [name for name, is_given in options.items() if is_given]
    if len(given) > 1:
        raise ValueError(" and ".join(given) + " exclude each other")


def set_expiry(message: Any, ttl: Duration | None, expire_at: datetime | None,
               keep_expiry: bool = False) -> None:
    """Fills the oneof that all messages with an expiry have."""
    at_most_one(ttl=ttl is not None, expire_at=expire_at is not None, keep_expiry=keep_expiry)
    if ttl is not None:
        message.ttl_ms = to_milliseconds(ttl)
    elif expire_at is not None:
        message.expire_time_ms = to_epoch_milliseconds(expire_at)
    elif keep_expiry:
        message.keep_expiry = True


def set_condition(message: Any, must_exist: bool, must_not_exist: bool,
                  version_equals: int | None, value_equals: Bytes | None = None) -> bool:
    """Fills the oneof of conditions; whether there is one."""
    at_most_one(must_exist=must_exist, must_not_exist=must_not_exist,
                version_equals=version_equals is not None, value_equals=value_equals is not None)
    if must_exist:
        message.must_exist = True
    elif must_not_exist:
        message.must_not_exist = True
    elif version_equals is not None:
        message.version_equals = version_equals
    elif value_equals is not None:
        message.value_equals = to_bytes(value_equals)
    return message.WhichOneof("condition") is not None


def optional(message: Any, field: str) -> Any:
    return getattr(message, field) if message.HasField(field) else None


def ttl_of(message: Any) -> Any:
    return from_milliseconds(message.ttl_ms) if message.HasField("ttl_ms") else None


def get(key: Bytes) -> Operation[bytes | None]:
    """The string at a key, or None."""
    return Operation("get", pb.GetRequest(key=to_bytes(key)),
                     lambda answer: optional(answer, "value"), idempotent=True)


def get_entry(key: Bytes) -> Operation[Entry | None]:
    """The string at a key with its version and time to live, or None."""
    def decode(answer: pb.GetResponse) -> Entry | None:
        if not answer.HasField("value"):
            return None
        return Entry(answer.value, answer.version, ttl_of(answer))
    return Operation("get", pb.GetRequest(key=to_bytes(key)), decode, idempotent=True)


def set(key: Bytes, value: Bytes, *, ttl: Duration | None = None,
        expire_at: datetime | None = None, keep_expiry: bool = False, must_exist: bool = False,
        must_not_exist: bool = False, version_equals: int | None = None,
        value_equals: Bytes | None = None, return_previous: bool = False) -> Operation[SetResult]:
    """Makes a key hold a string if the condition holds; version_equals=0: if it is new."""
    request = pb.SetRequest(key=to_bytes(key), value=to_bytes(value),
                            return_previous=return_previous)
    set_expiry(request, ttl, expire_at, keep_expiry)
    conditional = set_condition(request, must_exist, must_not_exist, version_equals, value_equals)

    def decode(answer: pb.SetResponse) -> SetResult:
        return SetResult(answer.applied, answer.version, optional(answer, "previous_value"))
    return Operation("set", request, decode, idempotent=not conditional and not return_previous)


def delete(key: Bytes, *, version_equals: int | None = None, value_equals: Bytes | None = None,
           return_previous: bool = False) -> Operation[DeleteResult]:
    """Removes a key if the condition holds."""
    request = pb.DeleteRequest(key=to_bytes(key), return_previous=return_previous)
    set_condition(request, False, False, version_equals, value_equals)

    def decode(answer: pb.DeleteResponse) -> DeleteResult:
        return DeleteResult(answer.deleted, answer.existed, optional(answer, "previous_value"))
    return Operation("delete", request, decode)


def exists(key: Bytes) -> Operation[bool]:
    """Whether there is such a key."""
    return Operation("exists", pb.ExistsRequest(key=to_bytes(key)),
                     lambda answer: answer.exists, idempotent=True)


def type_of(key: Bytes) -> Operation[ValueType | None]:
    """What a key holds; None: there is no such key."""
    return Operation("exists", pb.ExistsRequest(key=to_bytes(key)),
                     lambda answer: ValueType(answer.type) if answer.exists else None,
                     idempotent=True)


def version_of(key: Bytes) -> Operation[int]:
    """The version of an entry, whatever it holds; 0: there is none."""
    return Operation("exists", pb.ExistsRequest(key=to_bytes(key)),
                     lambda answer: answer.version, idempotent=True)


def get_expiry(key: Bytes) -> Operation[Expiry | None]:
    """When a key expires; None: there is no such key."""
    def decode(answer: pb.GetTtlResponse) -> Expiry | None:
        if not answer.exists:
            return None
        time = optional(answer, "expire_time_ms")
        return Expiry(ttl_of(answer), None if time is None else from_epoch_milliseconds(time))
    return Operation("get_ttl", pb.GetTtlRequest(key=to_bytes(key)), decode, idempotent=True)


def expire(key: Bytes, ttl: Duration | None = None, *, expire_at: datetime | None = None,
           only_if: str = "always") -> Operation[bool]:
    """Sets when a key expires; only_if is always, none, some, later or earlier."""
    conditions = {"always": pb.EXPIRE_CONDITION_UNSPECIFIED, "none": pb.EXPIRE_CONDITION_NONE,
                  "some": pb.EXPIRE_CONDITION_SOME, "later": pb.EXPIRE_CONDITION_LATER,
                  "earlier": pb.EXPIRE_CONDITION_EARLIER}
    if only_if not in conditions:
        raise ValueError("only_if is one of " + ", ".join(conditions))
    request = pb.ExpireRequest(key=to_bytes(key), condition=conditions[only_if])
    set_expiry(request, ttl, expire_at)
    return Operation("expire", request, lambda answer: answer.applied)


def persist(key: Bytes) -> Operation[bool]:
    """Makes a key stay for ever; whether an expiry was removed."""
    return Operation("persist", pb.PersistRequest(key=to_bytes(key)),
                     lambda answer: answer.applied)


def increment(key: Bytes, delta: int = 1) -> Operation[int]:
    """Adds to the integer at a key; the sum."""
    return Operation("increment", pb.IncrementRequest(key=to_bytes(key), delta=delta),
                     lambda answer: answer.value)


def append(key: Bytes, suffix: Bytes) -> Operation[int]:
    """Appends to the string at a key; the length of the whole."""
    return Operation("append", pb.AppendRequest(key=to_bytes(key), suffix=to_bytes(suffix)),
                     lambda answer: answer.length)


def batch_get(keys: Iterable[Bytes]) -> Operation[list[bytes | None]]:
    """The strings at many keys as of one moment; None: no string there."""
    return Operation("batch_get", pb.BatchGetRequest(keys=map(to_bytes, keys)),
                     lambda answer: [optional(result, "value") for result in answer.results],
                     idempotent=True)


def batch_set(entries: Mapping[Any, Bytes], *, ttl: Duration | None = None,
              expire_at: datetime | None = None, keep_expiry: bool = False) -> Operation[int]:
    """Makes many keys hold strings, all or none; the version that all of them get."""
    request = pb.BatchSetRequest()
    for key, value in entries.items():
        entry = request.entries.add(key=to_bytes(key), value=to_bytes(value))
        set_expiry(entry, ttl, expire_at, keep_expiry)
    return Operation("batch_set", request, lambda answer: answer.version, idempotent=True)


def batch_delete(keys: Sequence[Bytes]) -> Operation[list[bool]]:
    """Removes many keys at once; of each whether it was there."""
    return Operation("batch_delete", pb.BatchDeleteRequest(keys=map(to_bytes, keys)),
                     lambda answer: list(answer.deleted))
