#include "server/rpc/operations.h"

#include "server/rpc/batch_operations.h"
#include "server/rpc/key_operations.h"
#include "server/rpc/sorted_set_combine_operations.h"
#include "server/rpc/sorted_set_operations.h"
#include "server/rpc/sorted_set_range_operations.h"
#include "server/rpc/string_operations.h"
#include "server/rpc/visit_operation.h"

namespace kv::server {

namespace pb = fastkv::v1;

void AppendKeys(const pb::Operation& operation, OperationKeys* keys) {
  VisitOperation(operation, [keys](const auto& request, auto) {
    AppendKeys(request, keys);
  });
}

RpcStatus RunOperation(store::Transaction& txn,
                       absl::Span<const store::Key> keys,
                       const pb::Operation& operation, ResponseBudget* budget,
                       pb::OperationResult* result) {
  if (operation.operation_case() == pb::Operation::OPERATION_NOT_SET) {
    return {pb::ERROR_REASON_INVALID_FIELD, "no operation is set"};
  }
  if (!budget->Take(kFieldsBytes)) return ResponseTooLarge();
  return VisitOperation(operation, [&](const auto& request, auto answer) {
    if constexpr (NamesOneKey<decltype(request)>) {
      return Run(txn, keys.front(), request, budget, (result->*answer)());
    } else {
      return Run(txn, keys, request, budget, (result->*answer)());
    }
  });
}

absl::string_view RequestIdOf(const pb::Operation& operation) {
  return VisitOperation(operation,
                        [](const auto& request, auto) -> absl::string_view {
                          if constexpr (requires { request.request_id(); }) {
                            return request.request_id();
                          } else {
                            return {};
                          }
                        });
}

}  // namespace kv::server
