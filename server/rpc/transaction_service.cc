#include "server/rpc/transaction_service.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_field.h"
#include "server/rpc/compare.h"
#include "server/rpc/operations.h"
#include "store/base/key.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using store::Key;
using store::Transaction;

// Compares and operations of one request.
constexpr int64_t kMaxOperations = 10'000;

// The error, with the place in the request that it belongs to.
RpcStatus At(absl::string_view field, int index, const RpcStatus& status) {
  const std::string place = absl::StrCat(field, "[", index, "]");
  RpcStatus placed(status.reason(),
                   absl::StrCat(place, ": ", status.message()));
  placed.AddMetadata("operation", place);
  return placed;
}

// Operations, one of which may run, and the keys of each.
class Branch {
 public:
  using Operations = google::protobuf::RepeatedPtrField<pb::Operation>;

  // `field` is the operations' name in the request.
  Branch(absl::string_view field, const Operations& operations)
      : field_(field), operations_(operations) {}

  RpcStatus Check() const {
    for (int i = 0; i < operations_.size(); ++i) {
      const pb::Operation& operation = operations_[i];
      if (operation.operation_case() == pb::Operation::OPERATION_NOT_SET) {
        return At(field_, i, InvalidField("no operation is set"));
      }
      if (!RequestIdOf(operation).empty()) {
        return At(field_, i,
                  InvalidField("request_id belongs to the transaction"));
      }
    }
    return {};
  }

  void AppendKeysTo(OperationKeys* keys) {
    ends_.reserve(operations_.size());
    begin_ = keys->size();
    for (const pb::Operation& operation : operations_) {
      AppendKeys(operation, keys);
      ends_.push_back(keys->size());
    }
  }

  // Runs all operations or, if one fails, none. `keys` as of AppendKeysTo.
  RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
                ResponseBudget* budget, pb::ExecuteResponse* response) const {
    // One that fails has changed nothing itself.
    const bool several = operations_.size() > 1;
    if (several) txn.EnableRollback();
    response->mutable_results()->Reserve(operations_.size());
    size_t begin = begin_;
    for (int i = 0; i < operations_.size(); ++i) {
      const RpcStatus status =
          RunOperation(txn, keys.subspan(begin, ends_[i] - begin),
                       operations_[i], budget, response->add_results());
      if (!status.ok()) {
        if (several) txn.Rollback();
        return At(field_, i, status);
      }
      begin = ends_[i];
    }
    return {};
  }

 private:
  const absl::string_view field_;
  const Operations& operations_;
  size_t begin_ = 0;
  absl::InlinedVector<size_t, 32> ends_;
};

RpcStatus CheckCompares(const pb::ExecuteRequest& request) {
  for (int i = 0; i < request.compares_size(); ++i) {
    const RpcStatus status = CheckCompare(request.compares(i));
    if (!status.ok()) return At("compares", i, status);
  }
  return {};
}

// `keys` begins with those of the compares.
bool AllHold(const Transaction& txn, absl::Span<const Key> keys,
             const pb::ExecuteRequest& request) {
  for (int i = 0; i < request.compares_size(); ++i) {
    if (!Holds(txn, keys[i], request.compares(i))) return false;
  }
  return true;
}

}  // namespace

RpcStatus TransactionService::Execute(store::TimeMs now,
                                      const pb::ExecuteRequest& request,
                                      pb::ExecuteResponse* response) {
  if (int64_t{request.compares_size()} + request.then_operations_size() +
          request.else_operations_size() >
      kMaxOperations) {
    return {pb::ERROR_REASON_TOO_MANY_OPERATIONS,
            absl::StrCat("more than ", kMaxOperations,
                         " compares and operations in one request")};
  }
  Branch then_branch("then_operations", request.then_operations());
  Branch else_branch("else_operations", request.else_operations());
  RpcStatus status = CheckCompares(request);
  if (status.ok()) status = then_branch.Check();
  if (status.ok()) status = else_branch.Check();
  if (!status.ok()) return status;

  ResponseBudget budget(limits_);
  if (!budget.Take(kFieldsBytes)) return ResponseTooLarge();
  OperationKeys keys;
  for (const pb::Compare& compare : request.compares()) {
    keys.emplace_back(compare.key());
  }
  then_branch.AppendKeysTo(&keys);
  else_branch.AppendKeysTo(&keys);
  PrefetchMany(keyspace_, keys);
  Transaction txn(keyspace_, now, keys);
  response->set_succeeded(AllHold(txn, keys, request));
  const Branch& chosen = response->succeeded() ? then_branch : else_branch;
  status = chosen.Run(txn, keys, &budget, response);
  response->set_version(txn.version());
  return status;
}

}  // namespace kv::server
