#include "server/rpc/string_operations.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/types/optional.h"
#include "server/rpc/expiry.h"
#include "store/condition.h"
#include "store/string_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace strings = store::strings;

using store::Condition;
using store::Key;
using store::Transaction;

Condition ReadCondition(const pb::SetRequest& request) {
  switch (request.condition_case()) {
    case pb::SetRequest::CONDITION_NOT_SET:
      break;
    case pb::SetRequest::kMustExist:
      if (request.must_exist()) return {Condition::Kind::kPresent};
      break;
    case pb::SetRequest::kMustNotExist:
      if (request.must_not_exist()) return {Condition::Kind::kAbsent};
      break;
    case pb::SetRequest::kVersionEquals:
      return {Condition::Kind::kVersionEquals, request.version_equals()};
    case pb::SetRequest::kValueEquals:
      return {Condition::Kind::kValueEquals, 0, request.value_equals()};
  }
  return {};
}

}  // namespace

RpcStatus Run(const Transaction& txn, const Key& key, const pb::GetRequest&,
              ResponseBudget* budget, pb::GetResponse* response,
              store::BlobRef* large_value) {
  const auto found = strings::Get(txn, key);
  if (!found.ok()) return ToRpcStatus(found.status());
  if (!found->has_value()) return {};
  const strings::GetOutcome& entry = **found;
  if (!budget->Take(entry.value.bytes.size())) return ResponseTooLarge();
  if (entry.value.blob != nullptr && large_value != nullptr) {
    *large_value = store::BlobRef(entry.value.blob);
  } else {
    response->set_value(entry.value.bytes.data(), entry.value.bytes.size());
  }
  response->set_version(entry.version);
  WriteTtl(entry.deadline, txn.now(), response);
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key, const pb::SetRequest& request,
              ResponseBudget* budget, pb::SetResponse* response) {
  strings::SetOptions options;
  if (RpcStatus status = ReadExpiry(request, txn.now(), &options);
      !status.ok()) {
    return status;
  }
  options.condition = ReadCondition(request);
  absl::optional<std::string> previous;
  if (request.return_previous()) {
    const auto length = strings::Length(txn, key);
    if (!length.ok()) return ToRpcStatus(length.status());
    if (!budget->Take(*length)) return ResponseTooLarge();
    options.previous = &previous;
  }
  const auto outcome = strings::Set(txn, key, request.value(), options);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_applied(outcome->applied);
  response->set_version(outcome->version);
  if (previous.has_value()) {
    response->set_previous_value(*std::move(previous));
  }
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::IncrementRequest& request, ResponseBudget*,
              pb::IncrementResponse* response) {
  const auto outcome =
      strings::Increment(txn, key, request.has_delta() ? request.delta() : 1);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_value(outcome->value);
  response->set_version(outcome->version);
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::AppendRequest& request, ResponseBudget*,
              pb::AppendResponse* response) {
  const auto outcome = strings::Append(txn, key, request.suffix());
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_length(static_cast<int64_t>(outcome->length));
  response->set_version(outcome->version);
  return {};
}

}  // namespace kv::server
