from fastkv.v1 import key_value_pb2 as _key_value_pb2
from fastkv.v1 import sorted_set_pb2 as _sorted_set_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Operation(_message.Message):
    __slots__ = ["append", "batch_delete", "batch_get", "batch_set", "delete", "exists", "expire", "get", "get_ttl", "increment", "persist", "set", "sorted_set_add", "sorted_set_combine", "sorted_set_count", "sorted_set_get_rank", "sorted_set_get_scores", "sorted_set_increment", "sorted_set_pop", "sorted_set_range", "sorted_set_remove", "sorted_set_remove_range", "sorted_set_sample", "sorted_set_store_range"]
    APPEND_FIELD_NUMBER: _ClassVar[int]
    BATCH_DELETE_FIELD_NUMBER: _ClassVar[int]
    BATCH_GET_FIELD_NUMBER: _ClassVar[int]
    BATCH_SET_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_FIELD_NUMBER: _ClassVar[int]
    GET_FIELD_NUMBER: _ClassVar[int]
    GET_TTL_FIELD_NUMBER: _ClassVar[int]
    INCREMENT_FIELD_NUMBER: _ClassVar[int]
    PERSIST_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_ADD_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_COMBINE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_COUNT_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_GET_RANK_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_GET_SCORES_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_INCREMENT_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_POP_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_RANGE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_REMOVE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_REMOVE_RANGE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_STORE_RANGE_FIELD_NUMBER: _ClassVar[int]
    append: _key_value_pb2.AppendRequest
    batch_delete: _key_value_pb2.BatchDeleteRequest
    batch_get: _key_value_pb2.BatchGetRequest
    batch_set: _key_value_pb2.BatchSetRequest
    delete: _key_value_pb2.DeleteRequest
    exists: _key_value_pb2.ExistsRequest
    expire: _key_value_pb2.ExpireRequest
    get: _key_value_pb2.GetRequest
    get_ttl: _key_value_pb2.GetTtlRequest
    increment: _key_value_pb2.IncrementRequest
    persist: _key_value_pb2.PersistRequest
    set: _key_value_pb2.SetRequest
    sorted_set_add: _sorted_set_pb2.SortedSetServiceAddRequest
    sorted_set_combine: _sorted_set_pb2.SortedSetServiceCombineRequest
    sorted_set_count: _sorted_set_pb2.SortedSetServiceCountRequest
    sorted_set_get_rank: _sorted_set_pb2.SortedSetServiceGetRankRequest
    sorted_set_get_scores: _sorted_set_pb2.SortedSetServiceGetScoresRequest
    sorted_set_increment: _sorted_set_pb2.SortedSetServiceIncrementRequest
    sorted_set_pop: _sorted_set_pb2.SortedSetServicePopRequest
    sorted_set_range: _sorted_set_pb2.SortedSetServiceRangeRequest
    sorted_set_remove: _sorted_set_pb2.SortedSetServiceRemoveRequest
    sorted_set_remove_range: _sorted_set_pb2.SortedSetServiceRemoveRangeRequest
    sorted_set_sample: _sorted_set_pb2.SortedSetServiceSampleRequest
    sorted_set_store_range: _sorted_set_pb2.SortedSetServiceStoreRangeRequest
    def __init__(self, get: _Optional[_Union[_key_value_pb2.GetRequest, _Mapping]] = ..., set: _Optional[_Union[_key_value_pb2.SetRequest, _Mapping]] = ..., delete: _Optional[_Union[_key_value_pb2.DeleteRequest, _Mapping]] = ..., exists: _Optional[_Union[_key_value_pb2.ExistsRequest, _Mapping]] = ..., get_ttl: _Optional[_Union[_key_value_pb2.GetTtlRequest, _Mapping]] = ..., expire: _Optional[_Union[_key_value_pb2.ExpireRequest, _Mapping]] = ..., persist: _Optional[_Union[_key_value_pb2.PersistRequest, _Mapping]] = ..., increment: _Optional[_Union[_key_value_pb2.IncrementRequest, _Mapping]] = ..., append: _Optional[_Union[_key_value_pb2.AppendRequest, _Mapping]] = ..., batch_get: _Optional[_Union[_key_value_pb2.BatchGetRequest, _Mapping]] = ..., batch_set: _Optional[_Union[_key_value_pb2.BatchSetRequest, _Mapping]] = ..., batch_delete: _Optional[_Union[_key_value_pb2.BatchDeleteRequest, _Mapping]] = ..., sorted_set_add: _Optional[_Union[_sorted_set_pb2.SortedSetServiceAddRequest, _Mapping]] = ..., sorted_set_remove: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRemoveRequest, _Mapping]] = ..., sorted_set_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRangeRequest, _Mapping]] = ..., sorted_set_get_scores: _Optional[_Union[_sorted_set_pb2.SortedSetServiceGetScoresRequest, _Mapping]] = ..., sorted_set_get_rank: _Optional[_Union[_sorted_set_pb2.SortedSetServiceGetRankRequest, _Mapping]] = ..., sorted_set_increment: _Optional[_Union[_sorted_set_pb2.SortedSetServiceIncrementRequest, _Mapping]] = ..., sorted_set_count: _Optional[_Union[_sorted_set_pb2.SortedSetServiceCountRequest, _Mapping]] = ..., sorted_set_pop: _Optional[_Union[_sorted_set_pb2.SortedSetServicePopRequest, _Mapping]] = ..., sorted_set_remove_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRemoveRangeRequest, _Mapping]] = ..., sorted_set_store_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceStoreRangeRequest, _Mapping]] = ..., sorted_set_combine: _Optional[_Union[_sorted_set_pb2.SortedSetServiceCombineRequest, _Mapping]] = ..., sorted_set_sample: _Optional[_Union[_sorted_set_pb2.SortedSetServiceSampleRequest, _Mapping]] = ...) -> None: ...

class OperationResult(_message.Message):
    __slots__ = ["append", "batch_delete", "batch_get", "batch_set", "delete", "error", "exists", "expire", "get", "get_ttl", "increment", "persist", "set", "sorted_set_add", "sorted_set_combine", "sorted_set_count", "sorted_set_get_rank", "sorted_set_get_scores", "sorted_set_increment", "sorted_set_pop", "sorted_set_range", "sorted_set_remove", "sorted_set_remove_range", "sorted_set_sample", "sorted_set_store_range"]
    APPEND_FIELD_NUMBER: _ClassVar[int]
    BATCH_DELETE_FIELD_NUMBER: _ClassVar[int]
    BATCH_GET_FIELD_NUMBER: _ClassVar[int]
    BATCH_SET_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_FIELD_NUMBER: _ClassVar[int]
    GET_FIELD_NUMBER: _ClassVar[int]
    GET_TTL_FIELD_NUMBER: _ClassVar[int]
    INCREMENT_FIELD_NUMBER: _ClassVar[int]
    PERSIST_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_ADD_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_COMBINE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_COUNT_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_GET_RANK_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_GET_SCORES_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_INCREMENT_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_POP_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_RANGE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_REMOVE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_REMOVE_RANGE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SORTED_SET_STORE_RANGE_FIELD_NUMBER: _ClassVar[int]
    append: _key_value_pb2.AppendResponse
    batch_delete: _key_value_pb2.BatchDeleteResponse
    batch_get: _key_value_pb2.BatchGetResponse
    batch_set: _key_value_pb2.BatchSetResponse
    delete: _key_value_pb2.DeleteResponse
    error: _status_pb2.Status
    exists: _key_value_pb2.ExistsResponse
    expire: _key_value_pb2.ExpireResponse
    get: _key_value_pb2.GetResponse
    get_ttl: _key_value_pb2.GetTtlResponse
    increment: _key_value_pb2.IncrementResponse
    persist: _key_value_pb2.PersistResponse
    set: _key_value_pb2.SetResponse
    sorted_set_add: _sorted_set_pb2.SortedSetServiceAddResponse
    sorted_set_combine: _sorted_set_pb2.SortedSetServiceCombineResponse
    sorted_set_count: _sorted_set_pb2.SortedSetServiceCountResponse
    sorted_set_get_rank: _sorted_set_pb2.SortedSetServiceGetRankResponse
    sorted_set_get_scores: _sorted_set_pb2.SortedSetServiceGetScoresResponse
    sorted_set_increment: _sorted_set_pb2.SortedSetServiceIncrementResponse
    sorted_set_pop: _sorted_set_pb2.SortedSetServicePopResponse
    sorted_set_range: _sorted_set_pb2.SortedSetServiceRangeResponse
    sorted_set_remove: _sorted_set_pb2.SortedSetServiceRemoveResponse
    sorted_set_remove_range: _sorted_set_pb2.SortedSetServiceRemoveRangeResponse
    sorted_set_sample: _sorted_set_pb2.SortedSetServiceSampleResponse
    sorted_set_store_range: _sorted_set_pb2.SortedSetServiceStoreRangeResponse
    def __init__(self, get: _Optional[_Union[_key_value_pb2.GetResponse, _Mapping]] = ..., set: _Optional[_Union[_key_value_pb2.SetResponse, _Mapping]] = ..., delete: _Optional[_Union[_key_value_pb2.DeleteResponse, _Mapping]] = ..., exists: _Optional[_Union[_key_value_pb2.ExistsResponse, _Mapping]] = ..., get_ttl: _Optional[_Union[_key_value_pb2.GetTtlResponse, _Mapping]] = ..., expire: _Optional[_Union[_key_value_pb2.ExpireResponse, _Mapping]] = ..., persist: _Optional[_Union[_key_value_pb2.PersistResponse, _Mapping]] = ..., increment: _Optional[_Union[_key_value_pb2.IncrementResponse, _Mapping]] = ..., append: _Optional[_Union[_key_value_pb2.AppendResponse, _Mapping]] = ..., batch_get: _Optional[_Union[_key_value_pb2.BatchGetResponse, _Mapping]] = ..., batch_set: _Optional[_Union[_key_value_pb2.BatchSetResponse, _Mapping]] = ..., batch_delete: _Optional[_Union[_key_value_pb2.BatchDeleteResponse, _Mapping]] = ..., sorted_set_add: _Optional[_Union[_sorted_set_pb2.SortedSetServiceAddResponse, _Mapping]] = ..., sorted_set_remove: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRemoveResponse, _Mapping]] = ..., sorted_set_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRangeResponse, _Mapping]] = ..., sorted_set_get_scores: _Optional[_Union[_sorted_set_pb2.SortedSetServiceGetScoresResponse, _Mapping]] = ..., sorted_set_get_rank: _Optional[_Union[_sorted_set_pb2.SortedSetServiceGetRankResponse, _Mapping]] = ..., sorted_set_increment: _Optional[_Union[_sorted_set_pb2.SortedSetServiceIncrementResponse, _Mapping]] = ..., sorted_set_count: _Optional[_Union[_sorted_set_pb2.SortedSetServiceCountResponse, _Mapping]] = ..., sorted_set_pop: _Optional[_Union[_sorted_set_pb2.SortedSetServicePopResponse, _Mapping]] = ..., sorted_set_remove_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceRemoveRangeResponse, _Mapping]] = ..., sorted_set_store_range: _Optional[_Union[_sorted_set_pb2.SortedSetServiceStoreRangeResponse, _Mapping]] = ..., sorted_set_combine: _Optional[_Union[_sorted_set_pb2.SortedSetServiceCombineResponse, _Mapping]] = ..., sorted_set_sample: _Optional[_Union[_sorted_set_pb2.SortedSetServiceSampleResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...
