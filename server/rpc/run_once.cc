#include "server/rpc/run_once.h"

#include <string>

#include "absl/hash/hash.h"
#include "absl/types/optional.h"
#include "server/rpc/visit_operation.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using google::protobuf::MessageLite;

// As the public ones, but for where the response is: asked for after run().
RpcStatus RunOrRepeat(RequestIds& ids, int64_t steady_ms,
                      RequestIds::Method method, absl::string_view request_id,
                      uint64_t fingerprint, ResponseBudget* budget,
                      absl::FunctionRef<MessageLite*()> response,
                      absl::FunctionRef<RpcStatus()> run) {
  absl::optional<std::string> first_answer;
  RpcStatus status = ids.Run(
      steady_ms, method, request_id, fingerprint,
      [&](std::string* answer) {
        RpcStatus outcome = run();
        if (outcome.ok()) response()->SerializeToString(answer);
        return outcome;
      },
      &first_answer);
  if (!first_answer.has_value()) return status;
  if (budget != nullptr && !budget->Take(kFieldsBytes + first_answer->size())) {
    return ResponseTooLarge();
  }
  response()->ParseFromString(*first_answer);
  return status;
}

}  // namespace

// Of the message as it was understood, written anew: the same request may come
// in other bytes from another client library.
uint64_t FingerprintOf(const MessageLite& request, absl::string_view value) {
  return absl::HashOf(request.SerializeAsString(), value);
}

RpcStatus RunOnce(RequestIds& ids, int64_t steady_ms, RequestIds::Method method,
                  absl::string_view request_id, uint64_t fingerprint,
                  MessageLite* response, absl::FunctionRef<RpcStatus()> run) {
  return RunOrRepeat(
      ids, steady_ms, method, request_id, fingerprint, nullptr,
      [response] { return response; }, run);
}

RpcStatus RunOnce(RequestIds& ids, int64_t steady_ms,
                  const pb::Operation& operation, ResponseBudget* budget,
                  pb::OperationResult* result,
                  absl::FunctionRef<RpcStatus()> run) {
  return VisitOperation(operation, [&](const auto& request, auto answer) {
    if constexpr (requires { request.request_id(); }) {
      return RunOrRepeat(
          ids, steady_ms, &request.default_instance(), request.request_id(),
          FingerprintOf(request, {}), budget,
          [&]() -> MessageLite* { return (result->*answer)(); }, run);
    } else {
      return run();
    }
  });
}

}  // namespace kv::server
