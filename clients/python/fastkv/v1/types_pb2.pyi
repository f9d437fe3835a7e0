from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
VALUE_TYPE_SORTED_SET: ValueType
VALUE_TYPE_STRING: ValueType
VALUE_TYPE_UNSPECIFIED: ValueType

class MemberRange(_message.Message):
    __slots__ = ["exclude_max", "exclude_min", "max", "min"]
    EXCLUDE_MAX_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    exclude_max: bool
    exclude_min: bool
    max: bytes
    min: bytes
    def __init__(self, min: _Optional[bytes] = ..., max: _Optional[bytes] = ..., exclude_min: bool = ..., exclude_max: bool = ...) -> None: ...

class RankRange(_message.Message):
    __slots__ = ["start", "stop"]
    START_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    start: int
    stop: int
    def __init__(self, start: _Optional[int] = ..., stop: _Optional[int] = ...) -> None: ...

class ScoreRange(_message.Message):
    __slots__ = ["exclude_max", "exclude_min", "max", "min"]
    EXCLUDE_MAX_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    exclude_max: bool
    exclude_min: bool
    max: float
    min: float
    def __init__(self, min: _Optional[float] = ..., max: _Optional[float] = ..., exclude_min: bool = ..., exclude_max: bool = ...) -> None: ...

class ScoredMember(_message.Message):
    __slots__ = ["member", "score"]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    member: bytes
    score: float
    def __init__(self, member: _Optional[bytes] = ..., score: _Optional[float] = ...) -> None: ...

class ValueType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
