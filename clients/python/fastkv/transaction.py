"""Transactions: compare, then do one list of operations or another, all at once.

    moved = (Transaction()
             .when(compare_version("a", "==", 7), compare_exists("b", False))
             .then(delete("a"), set("b", "value"))
             .otherwise(get("a")))
    result = client.execute(moved)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastkv.operations import Operation
from fastkv.v1 import operation_pb2, types_pb2
from fastkv.v1 import transaction_pb2 as pb
from fastkv.values import Bytes, ValueType, to_bytes

Relation = Literal["==", "!=", "<", ">"]
_RELATIONS = {"==": pb.COMPARE_RELATION_EQUAL, "!=": pb.COMPARE_RELATION_NOT_EQUAL,
              "<": pb.COMPARE_RELATION_LESS, ">": pb.COMPARE_RELATION_GREATER}


@dataclass(frozen=True)
class Compare:
    """Something that must hold of a key.  What is not there compares as unequal."""

    message: pb.Compare


def compare_exists(key: Bytes, exists: bool = True) -> Compare:
    """The key exists, or with False: it does not."""
    return Compare(pb.Compare(key=to_bytes(key), relation=_RELATIONS["=="], exists=exists))


def compare_version(key: Bytes, relation: Relation, version: int) -> Compare:
    """The entry's version; that of a key that does not exist is 0."""
    return Compare(pb.Compare(key=to_bytes(key), relation=_RELATIONS[relation], version=version))


def compare_value(key: Bytes, relation: Relation, value: Bytes) -> Compare:
    """The string at the key, by its bytes."""
    return Compare(pb.Compare(key=to_bytes(key), relation=_RELATIONS[relation],
                              value=to_bytes(value)))


def compare_type(key: Bytes, relation: Literal["==", "!="], type: ValueType) -> Compare:
    """What the key holds."""
    return Compare(pb.Compare(key=to_bytes(key), relation=_RELATIONS[relation],
                              type=types_pb2.ValueType.Name(type)))


def compare_score(key: Bytes, member: Bytes, relation: Relation, score: float) -> Compare:
    """The score of a sorted set's member."""
    return Compare(pb.Compare(key=to_bytes(key), relation=_RELATIONS[relation],
                              score=pb.CompareScore(member=to_bytes(member), score=score)))


@dataclass(frozen=True)
class TransactionResult:
    """True if all compares held."""

    succeeded: bool
    # Of the operations that ran, in order, as they answer when they are called.
    results: list[Any]
    # Of every entry that was changed; 0: none was.
    version: int

    def __bool__(self) -> bool:
        return self.succeeded


class Transaction:
    """Collects what client.execute shall do at once."""

    def __init__(self) -> None:
        self._compares: list[Compare] = []
        self._then: list[Operation[Any]] = []
        self._otherwise: list[Operation[Any]] = []

    def when(self, *compares: Compare) -> Transaction:
        """What must hold, all of it; nothing: always."""
        self._compares += compares
        return self

    def then(self, *operations: Operation[Any]) -> Transaction:
        """What to do if it holds."""
        self._then += operations
        return self

    def otherwise(self, *operations: Operation[Any]) -> Transaction:
        """What to do if it does not."""
        self._otherwise += operations
        return self

    def operation(self) -> Operation[TransactionResult]:
        """The whole as something to run; client.execute does."""
        request = pb.ExecuteRequest(
            compares=[compare.message for compare in self._compares],
            then_operations=map(to_message, self._then),
            else_operations=map(to_message, self._otherwise))
        then, otherwise = list(self._then), list(self._otherwise)

        def decode(answer: pb.ExecuteResponse) -> TransactionResult:
            ran = then if answer.succeeded else otherwise
            return TransactionResult(
                answer.succeeded,
                [operation.decode(getattr(result, operation.field))
                 for operation, result in zip(ran, answer.results, strict=True)],
                answer.version)
        return Operation("", request, decode)


def to_message(operation: Operation[Any]) -> operation_pb2.Operation:
    if not operation.field:
        raise ValueError("a transaction is not an operation of another, nor of a pipeline")
    return operation_pb2.Operation(**{operation.field: operation.request})
