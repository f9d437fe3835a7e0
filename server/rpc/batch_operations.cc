#include "server/rpc/batch_operations.h"

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/expiry.h"
#include "store/base/limits.h"
#include "store/base/op_status.h"
#include "store/key_ops.h"
#include "store/string_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace strings = store::strings;

using store::Key;
using store::Transaction;

}  // namespace

RpcStatus Run(const Transaction& txn, absl::Span<const Key> keys,
              const pb::BatchGetRequest&, ResponseBudget* budget,
              pb::BatchGetResponse* response) {
  response->mutable_results()->Reserve(static_cast<int>(keys.size()));
  for (const Key& key : keys) {
    if (!budget->Take(kFieldsBytes)) return ResponseTooLarge();
    pb::BatchGetResult* result = response->add_results();
    const auto found = strings::Get(txn, key);
    if (!found.ok()) {
      // Get's only refusal. One such key must not hide what the others hold.
      result->set_wrong_type(true);
      result->set_version(store::keys::Describe(txn, key)->version);
    } else if (found->has_value()) {
      const strings::GetOutcome& entry = **found;
      if (!budget->Take(entry.value.bytes.size())) return ResponseTooLarge();
      result->set_value(entry.value.bytes.data(), entry.value.bytes.size());
      result->set_version(entry.version);
      WriteTtl(entry.deadline, txn.now(), result);
    }
  }
  return {};
}

RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
              const pb::BatchSetRequest& request, ResponseBudget*,
              pb::BatchSetResponse* response) {
  absl::InlinedVector<strings::SetOptions, 32> options(keys.size());
  // All is checked before anything changes.
  for (int i = 0; i < request.entries_size(); ++i) {
    const pb::BatchSetEntry& entry = request.entries(i);
    RpcStatus status = ReadExpiry(entry, txn.now(), &options[i]);
    if (status.ok() && entry.value().size() > store::kMaxValueBytes) {
      status = ToRpcStatus(store::OpStatus::kTooLarge);
    }
    if (!status.ok()) {
      return {status.reason(),
              absl::StrCat("entries[", i, "]: ", status.message())};
    }
  }
  for (int i = 0; i < request.entries_size(); ++i) {
    const auto outcome =
        strings::Set(txn, keys[i], request.entries(i).value(), options[i]);
    if (!outcome.ok()) return ToRpcStatus(outcome.status());
  }
  if (!keys.empty()) response->set_version(txn.version());
  return {};
}

RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
              const pb::BatchDeleteRequest&, ResponseBudget* budget,
              pb::BatchDeleteResponse* response) {
  if (!budget->Take(keys.size())) return ResponseTooLarge();
  response->mutable_deleted()->Reserve(static_cast<int>(keys.size()));
  for (const Key& key : keys) {
    response->add_deleted(store::keys::Erase(txn, key).erased);
  }
  return {};
}

}  // namespace kv::server
