#include "server/rpc/key_operations.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "server/rpc/expiry.h"
#include "server/rpc/value_type.h"
#include "store/base/time.h"
#include "store/condition.h"
#include "store/key_ops.h"
#include "store/string_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace keys = store::keys;

using store::Condition;
using store::Key;
using store::TimeMs;
using store::Transaction;

Condition ReadCondition(const pb::DeleteRequest& request) {
  switch (request.condition_case()) {
    case pb::DeleteRequest::CONDITION_NOT_SET:
      break;
    case pb::DeleteRequest::kVersionEquals:
      return {Condition::Kind::kVersionEquals, request.version_equals()};
    case pb::DeleteRequest::kValueEquals:
      return {Condition::Kind::kValueEquals, 0, request.value_equals()};
  }
  return {};
}

RpcStatus ReadDeadline(const pb::ExpireRequest& request, TimeMs now,
                       TimeMs* deadline) {
  switch (request.expiry_case()) {
    case pb::ExpireRequest::EXPIRY_NOT_SET:
      break;
    case pb::ExpireRequest::kTtlMs:
      // Not positive: now, however far back, so that the sum cannot overflow.
      return DeadlineAfter(std::max<int64_t>(request.ttl_ms(), 0), now,
                           deadline);
    case pb::ExpireRequest::kExpireTimeMs:
      return DeadlineAt(request.expire_time_ms(), deadline);
  }
  return InvalidExpiry("neither ttl_ms nor expire_time_ms is set");
}

RpcStatus ReadExpireCondition(pb::ExpireCondition condition,
                              keys::ExpireOptions* options) {
  switch (condition) {
    case pb::EXPIRE_CONDITION_UNSPECIFIED:
      return {};
    case pb::EXPIRE_CONDITION_NONE:
      options->only_absent = true;
      return {};
    case pb::EXPIRE_CONDITION_SOME:
      options->only_existing = true;
      return {};
    case pb::EXPIRE_CONDITION_LATER:
      options->greater = true;
      return {};
    case pb::EXPIRE_CONDITION_EARLIER:
      options->less = true;
      return {};
    default:  // Enums of proto3 are open: a newer client may send more.
      return InvalidField("condition is unknown");
  }
}

}  // namespace

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::DeleteRequest& request, ResponseBudget* budget,
              pb::DeleteResponse* response) {
  if (request.return_previous()) {
    const auto found = store::strings::Get(txn, key);
    if (!found.ok()) return ToRpcStatus(found.status());
    if (found->has_value()) {
      const absl::string_view value = (*found)->value.bytes;
      if (!budget->Take(value.size())) return ResponseTooLarge();
      response->set_previous_value(value.data(), value.size());
    }
  }
  const auto outcome = keys::Erase(txn, key, ReadCondition(request));
  response->set_deleted(outcome.erased);
  response->set_existed(outcome.existed);
  return {};
}

RpcStatus Run(const Transaction& txn, const Key& key, const pb::ExistsRequest&,
              ResponseBudget*, pb::ExistsResponse* response) {
  const auto entry = keys::Describe(txn, key);
  if (!entry.has_value()) return {};
  response->set_exists(true);
  response->set_type(ToProto(entry->type));
  response->set_version(entry->version);
  return {};
}

RpcStatus Run(const Transaction& txn, const Key& key, const pb::GetTtlRequest&,
              ResponseBudget*, pb::GetTtlResponse* response) {
  const auto entry = keys::Describe(txn, key);
  if (!entry.has_value()) return {};
  response->set_exists(true);
  if (entry->deadline != store::kNoDeadline) {
    response->set_ttl_ms(entry->deadline - txn.now());
    response->set_expire_time_ms(entry->deadline);
  }
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::ExpireRequest& request, ResponseBudget*,
              pb::ExpireResponse* response) {
  TimeMs deadline = store::kNoDeadline;
  RpcStatus status = ReadDeadline(request, txn.now(), &deadline);
  if (!status.ok()) return status;
  keys::ExpireOptions options;
  status = ReadExpireCondition(request.condition(), &options);
  if (!status.ok()) return status;
  const auto applied = keys::Expire(txn, key, deadline, options);
  if (!applied.ok()) return ToRpcStatus(applied.status());
  response->set_applied(*applied);
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key, const pb::PersistRequest&,
              ResponseBudget*, pb::PersistResponse* response) {
  response->set_applied(keys::Persist(txn, key));
  return {};
}

}  // namespace kv::server
