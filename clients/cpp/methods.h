#ifndef FASTKV_CLIENTS_CPP_METHODS_H_
#define FASTKV_CLIENTS_CPP_METHODS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/status.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "fastkv/v1/transaction.pb.h"

// The unary calls of the API as a table: from a request's type follow the
// call's response, its method, and its place in an Operation.

// X(service, method, request, response, field in Operation and OperationResult)
#define FASTKV_OPERATIONS(X)                                                 \
  X(KeyValueService, Get, GetRequest, GetResponse, get)                      \
  X(KeyValueService, Set, SetRequest, SetResponse, set)                      \
  X(KeyValueService, Delete, DeleteRequest, DeleteResponse, delete_)         \
  X(KeyValueService, Exists, ExistsRequest, ExistsResponse, exists)          \
  X(KeyValueService, GetTtl, GetTtlRequest, GetTtlResponse, get_ttl)         \
  X(KeyValueService, Expire, ExpireRequest, ExpireResponse, expire)          \
  X(KeyValueService, Persist, PersistRequest, PersistResponse, persist)      \
  X(KeyValueService, Increment, IncrementRequest, IncrementResponse,         \
    increment)                                                               \
  X(KeyValueService, Append, AppendRequest, AppendResponse, append)          \
  X(KeyValueService, BatchGet, BatchGetRequest, BatchGetResponse, batch_get) \
  X(KeyValueService, BatchSet, BatchSetRequest, BatchSetResponse, batch_set) \
  X(KeyValueService, BatchDelete, BatchDeleteRequest, BatchDeleteResponse,   \
    batch_delete)                                                            \
  X(SortedSetService, Add, SortedSetServiceAddRequest,                       \
    SortedSetServiceAddResponse, sorted_set_add)                             \
  X(SortedSetService, Remove, SortedSetServiceRemoveRequest,                 \
    SortedSetServiceRemoveResponse, sorted_set_remove)                       \
  X(SortedSetService, Range, SortedSetServiceRangeRequest,                   \
    SortedSetServiceRangeResponse, sorted_set_range)                         \
  X(SortedSetService, GetScores, SortedSetServiceGetScoresRequest,           \
    SortedSetServiceGetScoresResponse, sorted_set_get_scores)                \
  X(SortedSetService, GetRank, SortedSetServiceGetRankRequest,               \
    SortedSetServiceGetRankResponse, sorted_set_get_rank)                    \
  X(SortedSetService, Increment, SortedSetServiceIncrementRequest,           \
    SortedSetServiceIncrementResponse, sorted_set_increment)                 \
  X(SortedSetService, Count, SortedSetServiceCountRequest,                   \
    SortedSetServiceCountResponse, sorted_set_count)                         \
  X(SortedSetService, Pop, SortedSetServicePopRequest,                       \
    SortedSetServicePopResponse, sorted_set_pop)                             \
  X(SortedSetService, RemoveRange, SortedSetServiceRemoveRangeRequest,       \
    SortedSetServiceRemoveRangeResponse, sorted_set_remove_range)            \
  X(SortedSetService, StoreRange, SortedSetServiceStoreRangeRequest,         \
    SortedSetServiceStoreRangeResponse, sorted_set_store_range)              \
  X(SortedSetService, Combine, SortedSetServiceCombineRequest,               \
    SortedSetServiceCombineResponse, sorted_set_combine)                     \
  X(SortedSetService, Sample, SortedSetServiceSampleRequest,                 \
    SortedSetServiceSampleResponse, sorted_set_sample)

// The other unary calls: X(service, method, request, response)
#define FASTKV_OTHER_CALLS(X)                                     \
  X(KeyValueService, ListKeys, ListKeysRequest, ListKeysResponse) \
  X(SortedSetService, Scan, SortedSetServiceScanRequest,          \
    SortedSetServiceScanResponse)                                 \
  X(TransactionService, Execute, ExecuteRequest, ExecuteResponse)

namespace fastkv {

// MethodOf<v1::GetRequest>::Response is v1::GetResponse. Operations also have
// SetIn, which puts a request into an Operation, and TakeFrom, which takes the
// response out of an OperationResult.
template <typename Request>
struct MethodOf;

template <typename Request>
using ResponseOf = typename MethodOf<Request>::Response;

#define FASTKV_DECLARE_OPERATION(service, method, request, response, field) \
  template <>                                                               \
  struct MethodOf<v1::request> {                                            \
    using Response = v1::response;                                          \
    static void SetIn(v1::Operation* operation, v1::request message) {      \
      *operation->mutable_##field() = std::move(message);                   \
    }                                                                       \
    static bool IsIn(const v1::OperationResult& result) {                   \
      return result.has_##field();                                          \
    }                                                                       \
    static v1::response TakeFrom(v1::OperationResult* result) {             \
      return std::move(*result->mutable_##field());                         \
    }                                                                       \
  };
FASTKV_OPERATIONS(FASTKV_DECLARE_OPERATION)
#undef FASTKV_DECLARE_OPERATION

#define FASTKV_DECLARE_CALL(service, method, request, response) \
  template <>                                                   \
  struct MethodOf<v1::request> {                                \
    using Response = v1::response;                              \
  };
FASTKV_OTHER_CALLS(FASTKV_DECLARE_CALL)
#undef FASTKV_DECLARE_CALL

// The operation that a request is, for a transaction or a pipeline.
template <typename Request>
v1::Operation ToOperation(Request request) {
  v1::Operation operation;
  MethodOf<Request>::SetIn(&operation, std::move(request));
  return operation;
}
inline v1::Operation ToOperation(v1::Operation operation) { return operation; }

// The response to a Request in the result of its operation, or its error.
template <typename Request>
absl::StatusOr<ResponseOf<Request>> TakeResponse(v1::OperationResult result) {
  if (result.has_error()) return ToStatus(result.error());
  if (!MethodOf<Request>::IsIn(result)) {
    return absl::InternalError("the result is not of the operation's type");
  }
  return MethodOf<Request>::TakeFrom(&result);
}

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_METHODS_H_
