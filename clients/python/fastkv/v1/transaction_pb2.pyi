from fastkv.v1 import operation_pb2 as _operation_pb2
from fastkv.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

COMPARE_RELATION_EQUAL: CompareRelation
COMPARE_RELATION_GREATER: CompareRelation
COMPARE_RELATION_LESS: CompareRelation
COMPARE_RELATION_NOT_EQUAL: CompareRelation
COMPARE_RELATION_UNSPECIFIED: CompareRelation
DESCRIPTOR: _descriptor.FileDescriptor

class Compare(_message.Message):
    __slots__ = ["exists", "key", "relation", "score", "type", "value", "version"]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    exists: bool
    key: bytes
    relation: CompareRelation
    score: CompareScore
    type: _types_pb2.ValueType
    value: bytes
    version: int
    def __init__(self, key: _Optional[bytes] = ..., relation: _Optional[_Union[CompareRelation, str]] = ..., exists: bool = ..., version: _Optional[int] = ..., value: _Optional[bytes] = ..., type: _Optional[_Union[_types_pb2.ValueType, str]] = ..., score: _Optional[_Union[CompareScore, _Mapping]] = ...) -> None: ...

class CompareScore(_message.Message):
    __slots__ = ["member", "score"]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    member: bytes
    score: float
    def __init__(self, member: _Optional[bytes] = ..., score: _Optional[float] = ...) -> None: ...

class ExecuteRequest(_message.Message):
    __slots__ = ["compares", "else_operations", "request_id", "then_operations"]
    COMPARES_FIELD_NUMBER: _ClassVar[int]
    ELSE_OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THEN_OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    compares: _containers.RepeatedCompositeFieldContainer[Compare]
    else_operations: _containers.RepeatedCompositeFieldContainer[_operation_pb2.Operation]
    request_id: bytes
    then_operations: _containers.RepeatedCompositeFieldContainer[_operation_pb2.Operation]
    def __init__(self, compares: _Optional[_Iterable[_Union[Compare, _Mapping]]] = ..., then_operations: _Optional[_Iterable[_Union[_operation_pb2.Operation, _Mapping]]] = ..., else_operations: _Optional[_Iterable[_Union[_operation_pb2.Operation, _Mapping]]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class ExecuteResponse(_message.Message):
    __slots__ = ["results", "succeeded", "version"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[_operation_pb2.OperationResult]
    succeeded: bool
    version: int
    def __init__(self, succeeded: bool = ..., results: _Optional[_Iterable[_Union[_operation_pb2.OperationResult, _Mapping]]] = ..., version: _Optional[int] = ...) -> None: ...

class CompareRelation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
