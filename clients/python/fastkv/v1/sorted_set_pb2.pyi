from fastkv.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

COMBINE_AGGREGATE_MAX: CombineAggregate
COMBINE_AGGREGATE_MIN: CombineAggregate
COMBINE_AGGREGATE_SUM: CombineAggregate
COMBINE_AGGREGATE_UNSPECIFIED: CombineAggregate
COMBINE_OPERATION_DIFFERENCE: CombineOperation
COMBINE_OPERATION_INTERSECTION: CombineOperation
COMBINE_OPERATION_UNION: CombineOperation
COMBINE_OPERATION_UNSPECIFIED: CombineOperation
DESCRIPTOR: _descriptor.FileDescriptor
MEMBER_CONDITION_EXISTING: MemberCondition
MEMBER_CONDITION_NEW: MemberCondition
MEMBER_CONDITION_UNSPECIFIED: MemberCondition
SCORE_CONDITION_GREATER: ScoreCondition
SCORE_CONDITION_LESS: ScoreCondition
SCORE_CONDITION_UNSPECIFIED: ScoreCondition

class CombineInput(_message.Message):
    __slots__ = ["key", "weight"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    weight: float
    def __init__(self, key: _Optional[bytes] = ..., weight: _Optional[float] = ...) -> None: ...

class MemberScore(_message.Message):
    __slots__ = ["score"]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    score: float
    def __init__(self, score: _Optional[float] = ...) -> None: ...

class SortedSetServiceAddRequest(_message.Message):
    __slots__ = ["key", "member_condition", "members", "request_id", "score_condition"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    MEMBER_CONDITION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_CONDITION_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    member_condition: MemberCondition
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    request_id: bytes
    score_condition: ScoreCondition
    def __init__(self, key: _Optional[bytes] = ..., members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ..., member_condition: _Optional[_Union[MemberCondition, str]] = ..., score_condition: _Optional[_Union[ScoreCondition, str]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceAddResponse(_message.Message):
    __slots__ = ["added", "updated", "version"]
    ADDED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    added: int
    updated: int
    version: int
    def __init__(self, added: _Optional[int] = ..., updated: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class SortedSetServiceCombineRequest(_message.Message):
    __slots__ = ["aggregate", "count_up_to", "destination", "inputs", "operation", "request_id", "with_scores"]
    AGGREGATE_FIELD_NUMBER: _ClassVar[int]
    COUNT_UP_TO_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    WITH_SCORES_FIELD_NUMBER: _ClassVar[int]
    aggregate: CombineAggregate
    count_up_to: int
    destination: bytes
    inputs: _containers.RepeatedCompositeFieldContainer[CombineInput]
    operation: CombineOperation
    request_id: bytes
    with_scores: bool
    def __init__(self, operation: _Optional[_Union[CombineOperation, str]] = ..., inputs: _Optional[_Iterable[_Union[CombineInput, _Mapping]]] = ..., aggregate: _Optional[_Union[CombineAggregate, str]] = ..., destination: _Optional[bytes] = ..., count_up_to: _Optional[int] = ..., with_scores: bool = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceCombineResponse(_message.Message):
    __slots__ = ["count", "members"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    count: int
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    def __init__(self, members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ..., count: _Optional[int] = ...) -> None: ...

class SortedSetServiceCountRequest(_message.Message):
    __slots__ = ["by_member", "by_score", "key"]
    BY_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BY_SCORE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    by_member: _types_pb2.MemberRange
    by_score: _types_pb2.ScoreRange
    key: bytes
    def __init__(self, key: _Optional[bytes] = ..., by_score: _Optional[_Union[_types_pb2.ScoreRange, _Mapping]] = ..., by_member: _Optional[_Union[_types_pb2.MemberRange, _Mapping]] = ...) -> None: ...

class SortedSetServiceCountResponse(_message.Message):
    __slots__ = ["count"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    count: int
    def __init__(self, count: _Optional[int] = ...) -> None: ...

class SortedSetServiceGetRankRequest(_message.Message):
    __slots__ = ["key", "member", "reverse"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    member: bytes
    reverse: bool
    def __init__(self, key: _Optional[bytes] = ..., member: _Optional[bytes] = ..., reverse: bool = ...) -> None: ...

class SortedSetServiceGetRankResponse(_message.Message):
    __slots__ = ["rank", "score"]
    RANK_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    rank: int
    score: float
    def __init__(self, rank: _Optional[int] = ..., score: _Optional[float] = ...) -> None: ...

class SortedSetServiceGetScoresRequest(_message.Message):
    __slots__ = ["key", "members"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    members: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, key: _Optional[bytes] = ..., members: _Optional[_Iterable[bytes]] = ...) -> None: ...

class SortedSetServiceGetScoresResponse(_message.Message):
    __slots__ = ["scores"]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    scores: _containers.RepeatedCompositeFieldContainer[MemberScore]
    def __init__(self, scores: _Optional[_Iterable[_Union[MemberScore, _Mapping]]] = ...) -> None: ...

class SortedSetServiceIncrementRequest(_message.Message):
    __slots__ = ["delta", "key", "member", "member_condition", "request_id", "score_condition"]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBER_CONDITION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_CONDITION_FIELD_NUMBER: _ClassVar[int]
    delta: float
    key: bytes
    member: bytes
    member_condition: MemberCondition
    request_id: bytes
    score_condition: ScoreCondition
    def __init__(self, key: _Optional[bytes] = ..., member: _Optional[bytes] = ..., delta: _Optional[float] = ..., member_condition: _Optional[_Union[MemberCondition, str]] = ..., score_condition: _Optional[_Union[ScoreCondition, str]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceIncrementResponse(_message.Message):
    __slots__ = ["score"]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    score: float
    def __init__(self, score: _Optional[float] = ...) -> None: ...

class SortedSetServicePopRequest(_message.Message):
    __slots__ = ["count", "highest", "keys", "request_id"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    count: int
    highest: bool
    keys: _containers.RepeatedScalarFieldContainer[bytes]
    request_id: bytes
    def __init__(self, keys: _Optional[_Iterable[bytes]] = ..., highest: bool = ..., count: _Optional[int] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServicePopResponse(_message.Message):
    __slots__ = ["key", "members"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    def __init__(self, key: _Optional[bytes] = ..., members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ...) -> None: ...

class SortedSetServiceRangeRequest(_message.Message):
    __slots__ = ["by_member", "by_rank", "by_score", "key", "limit", "offset", "reverse", "with_scores"]
    BY_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BY_RANK_FIELD_NUMBER: _ClassVar[int]
    BY_SCORE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    WITH_SCORES_FIELD_NUMBER: _ClassVar[int]
    by_member: _types_pb2.MemberRange
    by_rank: _types_pb2.RankRange
    by_score: _types_pb2.ScoreRange
    key: bytes
    limit: int
    offset: int
    reverse: bool
    with_scores: bool
    def __init__(self, key: _Optional[bytes] = ..., by_rank: _Optional[_Union[_types_pb2.RankRange, _Mapping]] = ..., by_score: _Optional[_Union[_types_pb2.ScoreRange, _Mapping]] = ..., by_member: _Optional[_Union[_types_pb2.MemberRange, _Mapping]] = ..., reverse: bool = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ..., with_scores: bool = ...) -> None: ...

class SortedSetServiceRangeResponse(_message.Message):
    __slots__ = ["members"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    def __init__(self, members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ...) -> None: ...

class SortedSetServiceRemoveRangeRequest(_message.Message):
    __slots__ = ["by_member", "by_rank", "by_score", "key", "request_id"]
    BY_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BY_RANK_FIELD_NUMBER: _ClassVar[int]
    BY_SCORE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    by_member: _types_pb2.MemberRange
    by_rank: _types_pb2.RankRange
    by_score: _types_pb2.ScoreRange
    key: bytes
    request_id: bytes
    def __init__(self, key: _Optional[bytes] = ..., by_rank: _Optional[_Union[_types_pb2.RankRange, _Mapping]] = ..., by_score: _Optional[_Union[_types_pb2.ScoreRange, _Mapping]] = ..., by_member: _Optional[_Union[_types_pb2.MemberRange, _Mapping]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceRemoveRangeResponse(_message.Message):
    __slots__ = ["removed"]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: int
    def __init__(self, removed: _Optional[int] = ...) -> None: ...

class SortedSetServiceRemoveRequest(_message.Message):
    __slots__ = ["key", "members", "request_id"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    members: _containers.RepeatedScalarFieldContainer[bytes]
    request_id: bytes
    def __init__(self, key: _Optional[bytes] = ..., members: _Optional[_Iterable[bytes]] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceRemoveResponse(_message.Message):
    __slots__ = ["removed"]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: int
    def __init__(self, removed: _Optional[int] = ...) -> None: ...

class SortedSetServiceSampleRequest(_message.Message):
    __slots__ = ["count", "key", "repeats", "with_scores"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REPEATS_FIELD_NUMBER: _ClassVar[int]
    WITH_SCORES_FIELD_NUMBER: _ClassVar[int]
    count: int
    key: bytes
    repeats: bool
    with_scores: bool
    def __init__(self, key: _Optional[bytes] = ..., count: _Optional[int] = ..., repeats: bool = ..., with_scores: bool = ...) -> None: ...

class SortedSetServiceSampleResponse(_message.Message):
    __slots__ = ["members"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    def __init__(self, members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ...) -> None: ...

class SortedSetServiceScanRequest(_message.Message):
    __slots__ = ["glob", "key", "page_size", "page_token"]
    GLOB_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    glob: bytes
    key: bytes
    page_size: int
    page_token: str
    def __init__(self, key: _Optional[bytes] = ..., glob: _Optional[bytes] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SortedSetServiceScanResponse(_message.Message):
    __slots__ = ["members", "next_page_token"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[_types_pb2.ScoredMember]
    next_page_token: str
    def __init__(self, members: _Optional[_Iterable[_Union[_types_pb2.ScoredMember, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SortedSetServiceStoreRangeRequest(_message.Message):
    __slots__ = ["by_member", "by_rank", "by_score", "destination", "limit", "offset", "request_id", "reverse", "source"]
    BY_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BY_RANK_FIELD_NUMBER: _ClassVar[int]
    BY_SCORE_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    by_member: _types_pb2.MemberRange
    by_rank: _types_pb2.RankRange
    by_score: _types_pb2.ScoreRange
    destination: bytes
    limit: int
    offset: int
    request_id: bytes
    reverse: bool
    source: bytes
    def __init__(self, destination: _Optional[bytes] = ..., source: _Optional[bytes] = ..., by_rank: _Optional[_Union[_types_pb2.RankRange, _Mapping]] = ..., by_score: _Optional[_Union[_types_pb2.ScoreRange, _Mapping]] = ..., by_member: _Optional[_Union[_types_pb2.MemberRange, _Mapping]] = ..., reverse: bool = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ..., request_id: _Optional[bytes] = ...) -> None: ...

class SortedSetServiceStoreRangeResponse(_message.Message):
    __slots__ = ["count"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    count: int
    def __init__(self, count: _Optional[int] = ...) -> None: ...

class MemberCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ScoreCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class CombineOperation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class CombineAggregate(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
