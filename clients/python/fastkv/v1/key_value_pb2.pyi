from fastkv.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
EXPIRE_CONDITION_EARLIER: ExpireCondition
EXPIRE_CONDITION_LATER: ExpireCondition
EXPIRE_CONDITION_NONE: ExpireCondition
EXPIRE_CONDITION_SOME: ExpireCondition
EXPIRE_CONDITION_UNSPECIFIED: ExpireCondition

class AppendRequest(_message.Message):
    __slots__ = ["key", "request_id", "suffix"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    request_id: bytes
    suffix: bytes
    def __init__(self, key: _Optional[bytes] = ..., suffix: _Optional[bytes] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class AppendResponse(_message.Message):
    __slots__ = ["length", "version"]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    length: int
    version: int
    def __init__(self, length: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class BatchDeleteRequest(_message.Message):
    __slots__ = ["keys", "request_id"]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[bytes]
    request_id: bytes
    def __init__(self, keys: _Optional[_Iterable[bytes]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class BatchDeleteResponse(_message.Message):
    __slots__ = ["deleted"]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    deleted: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, deleted: _Optional[_Iterable[bool]] = ...) -> None: ...

class BatchGetRequest(_message.Message):
    __slots__ = ["keys"]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, keys: _Optional[_Iterable[bytes]] = ...) -> None: ...

class BatchGetResponse(_message.Message):
    __slots__ = ["results"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchGetResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchGetResult, _Mapping]]] = ...) -> None: ...

class BatchGetResult(_message.Message):
    __slots__ = ["ttl_ms", "value", "version", "wrong_type"]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WRONG_TYPE_FIELD_NUMBER: _ClassVar[int]
    ttl_ms: int
    value: bytes
    version: int
    wrong_type: bool
    def __init__(self, value: _Optional[bytes] = ..., version: _Optional[int] = ..., ttl_ms: _Optional[int] = ..., wrong_type: bool = ...) -> None: ...

class BatchSetEntry(_message.Message):
    __slots__ = ["expire_time_ms", "keep_expiry", "key", "ttl_ms", "value"]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    KEEP_EXPIRY_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    expire_time_ms: int
    keep_expiry: bool
    key: bytes
    ttl_ms: int
    value: bytes
    def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ..., ttl_ms: _Optional[int] = ..., expire_time_ms: _Optional[int] = ..., keep_expiry: bool = ...) -> None: ...

class BatchSetRequest(_message.Message):
    __slots__ = ["entries", "request_id"]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[BatchSetEntry]
    request_id: bytes
    def __init__(self, entries: _Optional[_Iterable[_Union[BatchSetEntry, _Mapping]]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class BatchSetResponse(_message.Message):
    __slots__ = ["version"]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ["key", "request_id", "return_previous", "value_equals", "version_equals"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    VALUE_EQUALS_FIELD_NUMBER: _ClassVar[int]
    VERSION_EQUALS_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    request_id: bytes
    return_previous: bool
    value_equals: bytes
    version_equals: int
    def __init__(self, key: _Optional[bytes] = ..., version_equals: _Optional[int] = ..., value_equals: _Optional[bytes] = ..., return_previous: bool = ..., request_id: _Optional[bytes] = ...) -> None: ...

class DeleteResponse(_message.Message):
    __slots__ = ["deleted", "existed", "previous_value"]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    EXISTED_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_VALUE_FIELD_NUMBER: _ClassVar[int]
    deleted: bool
    existed: bool
    previous_value: bytes
    def __init__(self, deleted: bool = ..., existed: bool = ..., previous_value: _Optional[bytes] = ...) -> None: ...

class EntryPiece(_message.Message):
    __slots__ = ["continues", "expire_time_ms", "key", "sorted_set", "string_value", "version"]
    CONTINUES_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    continues: bool
    expire_time_ms: int
    key: bytes
    sorted_set: ScoredMembers
    string_value: bytes
    version: int
    def __init__(self, key: _Optional[bytes] = ..., version: _Optional[int] = ..., expire_time_ms: _Optional[int] = ..., string_value: _Optional[bytes] = ..., sorted_set: _Optional[_Union[ScoredMembers, _Mapping]] = ..., continues: bool = ...) -> None: ...

class ExistsRequest(_message.Message):
    __slots__ = ["key"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class ExistsResponse(_message.Message):
    __slots__ = ["exists", "type", "version"]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    exists: bool
    type: _types_pb2.ValueType
    version: int
    def __init__(self, exists: bool = ..., type: _Optional[_Union[_types_pb2.ValueType, str]] = ..., version: _Optional[int] = ...) -> None: ...

class ExpireRequest(_message.Message):
    __slots__ = ["condition", "expire_time_ms", "key", "request_id", "ttl_ms"]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    condition: ExpireCondition
    expire_time_ms: int
    key: bytes
    request_id: bytes
    ttl_ms: int
    def __init__(self, key: _Optional[bytes] = ..., ttl_ms: _Optional[int] = ..., expire_time_ms: _Optional[int] = ..., condition: _Optional[_Union[ExpireCondition, str]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class ExpireResponse(_message.Message):
    __slots__ = ["applied"]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    applied: bool
    def __init__(self, applied: bool = ...) -> None: ...

class GetRequest(_message.Message):
    __slots__ = ["key"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class GetResponse(_message.Message):
    __slots__ = ["ttl_ms", "value", "version"]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ttl_ms: int
    value: bytes
    version: int
    def __init__(self, value: _Optional[bytes] = ..., version: _Optional[int] = ..., ttl_ms: _Optional[int] = ...) -> None: ...

class GetTtlRequest(_message.Message):
    __slots__ = ["key"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class GetTtlResponse(_message.Message):
    __slots__ = ["exists", "expire_time_ms", "ttl_ms"]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    exists: bool
    expire_time_ms: int
    ttl_ms: int
    def __init__(self, exists: bool = ..., ttl_ms: _Optional[int] = ..., expire_time_ms: _Optional[int] = ...) -> None: ...

class IncrementRequest(_message.Message):
    __slots__ = ["delta", "key", "request_id"]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    delta: int
    key: bytes
    request_id: bytes
    def __init__(self, key: _Optional[bytes] = ..., delta: _Optional[int] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class IncrementResponse(_message.Message):
    __slots__ = ["value", "version"]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    value: int
    version: int
    def __init__(self, value: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class KeyInfo(_message.Message):
    __slots__ = ["key", "ttl_ms", "type", "version"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    ttl_ms: int
    type: _types_pb2.ValueType
    version: int
    def __init__(self, key: _Optional[bytes] = ..., type: _Optional[_Union[_types_pb2.ValueType, str]] = ..., version: _Optional[int] = ..., ttl_ms: _Optional[int] = ...) -> None: ...

class ListKeysRequest(_message.Message):
    __slots__ = ["glob", "page_size", "page_token", "prefix", "type"]
    GLOB_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    glob: bytes
    page_size: int
    page_token: str
    prefix: bytes
    type: _types_pb2.ValueType
    def __init__(self, prefix: _Optional[bytes] = ..., glob: _Optional[bytes] = ..., type: _Optional[_Union[_types_pb2.ValueType, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListKeysResponse(_message.Message):
    __slots__ = ["keys", "next_page_token"]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[KeyInfo]
    next_page_token: str
    def __init__(self, keys: _Optional[_Iterable[_Union[KeyInfo, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PersistRequest(_message.Message):
    __slots__ = ["key", "request_id"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    request_id: bytes
    def __init__(self, key: _Optional[bytes] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class PersistResponse(_message.Message):
    __slots__ = ["applied"]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    applied: bool
    def __init__(self, applied: bool = ...) -> None: ...

class ReadValueRequest(_message.Message):
    __slots__ = ["chunk_bytes", "key", "length", "offset"]
    CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    chunk_bytes: int
    key: bytes
    length: int
    offset: int
    def __init__(self, key: _Optional[bytes] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ..., chunk_bytes: _Optional[int] = ...) -> None: ...

class ReadValueResponse(_message.Message):
    __slots__ = ["chunk", "header"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    header: ValueHeader
    def __init__(self, header: _Optional[_Union[ValueHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class ScoredMembers(_message.Message):
    __slots__ = ["members"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    def __init__(self, members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ...) -> None: ...

class SetRequest(_message.Message):
    __slots__ = ["expire_time_ms", "keep_expiry", "key", "must_exist", "must_not_exist", "request_id", "return_previous", "ttl_ms", "value", "value_equals", "version_equals"]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    KEEP_EXPIRY_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MUST_EXIST_FIELD_NUMBER: _ClassVar[int]
    MUST_NOT_EXIST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VALUE_EQUALS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_EQUALS_FIELD_NUMBER: _ClassVar[int]
    expire_time_ms: int
    keep_expiry: bool
    key: bytes
    must_exist: bool
    must_not_exist: bool
    request_id: bytes
    return_previous: bool
    ttl_ms: int
    value: bytes
    value_equals: bytes
    version_equals: int
    def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ..., ttl_ms: _Optional[int] = ..., expire_time_ms: _Optional[int] = ..., keep_expiry: bool = ..., must_exist: bool = ..., must_not_exist: bool = ..., version_equals: _Optional[int] = ..., value_equals: _Optional[bytes] = ..., return_previous: bool = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SetResponse(_message.Message):
    __slots__ = ["applied", "previous_value", "version"]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_VALUE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    applied: bool
    previous_value: bytes
    version: int
    def __init__(self, applied: bool = ..., version: _Optional[int] = ..., previous_value: _Optional[bytes] = ...) -> None: ...

class StreamEntriesRequest(_message.Message):
    __slots__ = ["glob", "message_bytes", "prefix", "type"]
    GLOB_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    glob: bytes
    message_bytes: int
    prefix: bytes
    type: _types_pb2.ValueType
    def __init__(self, prefix: _Optional[bytes] = ..., glob: _Optional[bytes] = ..., type: _Optional[_Union[_types_pb2.ValueType, str]] = ..., message_bytes: _Optional[int] = ...) -> None: ...

class StreamEntriesResponse(_message.Message):
    __slots__ = ["entries"]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[EntryPiece]
    def __init__(self, entries: _Optional[_Iterable[_Union[EntryPiece, _Mapping]]] = ...) -> None: ...

class ValueHeader(_message.Message):
    __slots__ = ["length", "ttl_ms", "version"]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    length: int
    ttl_ms: int
    version: int
    def __init__(self, length: _Optional[int] = ..., version: _Optional[int] = ..., ttl_ms: _Optional[int] = ...) -> None: ...

class WriteValueHeader(_message.Message):
    __slots__ = ["expire_time_ms", "keep_expiry", "key", "length", "must_exist", "must_not_exist", "request_id", "ttl_ms", "version_equals"]
    EXPIRE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    KEEP_EXPIRY_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    MUST_EXIST_FIELD_NUMBER: _ClassVar[int]
    MUST_NOT_EXIST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    VERSION_EQUALS_FIELD_NUMBER: _ClassVar[int]
    expire_time_ms: int
    keep_expiry: bool
    key: bytes
    length: int
    must_exist: bool
    must_not_exist: bool
    request_id: bytes
    ttl_ms: int
    version_equals: int
    def __init__(self, key: _Optional[bytes] = ..., length: _Optional[int] = ..., ttl_ms: _Optional[int] = ..., expire_time_ms: _Optional[int] = ..., keep_expiry: bool = ..., must_exist: bool = ..., must_not_exist: bool = ..., version_equals: _Optional[int] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class WriteValueRequest(_message.Message):
    __slots__ = ["chunk", "header"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    header: WriteValueHeader
    def __init__(self, header: _Optional[_Union[WriteValueHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class WriteValueResponse(_message.Message):
    __slots__ = ["applied", "version"]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    applied: bool
    version: int
    def __init__(self, applied: bool = ..., version: _Optional[int] = ...) -> None: ...

class ExpireCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
