#ifndef FASTKV_SERVER_RPC_RUN_ONCE_H_
#define FASTKV_SERVER_RPC_RUN_ONCE_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/operation.pb.h"
#include "google/protobuf/message_lite.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"

namespace kv::server {

// Calls with a request_id, whichever way they came: a unary call and the same
// operation of a pipeline are repeats of each other.
//
// `run` runs the call and fills the response that is passed beside it, which is
// clear before; for a repeat the response is what the first call answered.
// `steady_ms` comes from a clock that is never set.
// REQUIRES: the request has a request_id; the caller holds no shard.
// Errors: those of run and of RequestIds::Run.

// What tells requests of a type apart: a hash of all fields, and of the value
// if that came beside them.
uint64_t FingerprintOf(const google::protobuf::MessageLite& request,
                       absl::string_view value);

// A request of which the caller knows the parts.
RpcStatus RunOnce(RequestIds& ids, int64_t steady_ms, RequestIds::Method method,
                  absl::string_view request_id, uint64_t fingerprint,
                  google::protobuf::MessageLite* response,
                  absl::FunctionRef<RpcStatus()> run);

// The request of a call. A call whose value comes in pieces passes its header
// as the request, and the whole value, once that is there.
template <typename Request>
RpcStatus RunOnce(RequestIds& ids, int64_t steady_ms, const Request& request,
                  google::protobuf::MessageLite* response,
                  absl::FunctionRef<RpcStatus()> run,
                  absl::string_view value = {}) {
  return RunOnce(ids, steady_ms, &Request::default_instance(),
                 request.request_id(), FingerprintOf(request, value), response,
                 run);
}

// An operation of a pipeline; `run` is RunOperation in a transaction of its
// own. The first answer takes from the budget what run would have: if it cannot
// (RESPONSE_TOO_LARGE), it can still be had in a message of its own.
RpcStatus RunOnce(RequestIds& ids, int64_t steady_ms,
                  const fastkv::v1::Operation& operation,
                  ResponseBudget* budget, fastkv::v1::OperationResult* result,
                  absl::FunctionRef<RpcStatus()> run);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RUN_ONCE_H_
