#include "server/rpc/key_value_service.h"

#include <random>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "server/rpc/expiry.h"
#include "server/rpc/key_page.h"
#include "server/rpc/value_type.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/condition.h"
#include "store/key_ops.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace keys = store::keys;
namespace strings = store::strings;

using store::Condition;
using store::Key;
using store::TimeMs;
using store::Transaction;

// The keys of a batch; the usual one needs no allocation.
using Keys = absl::InlinedVector<Key, 128>;

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
      return {pb::ERROR_REASON_INVALID_FIELD, "condition is unknown"};
  }
}

uint64_t RandomSalt() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

KeyValueService::KeyValueService(store::Keyspace& keyspace,
                                 const RpcLimits& limits)
    : keyspace_(keyspace), limits_(limits), page_token_salt_(RandomSalt()) {}

RpcStatus KeyValueService::Get(TimeMs now, const pb::GetRequest& request,
                               pb::GetResponse* response,
                               store::BlobRef* large_value) {
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto found = strings::Get(txn, key);
  if (!found.ok()) return ToRpcStatus(found.status());
  if (!found->has_value()) return {};
  const strings::GetOutcome& entry = **found;
  if (entry.value.bytes.size() + kFieldsBytes > limits_.response_bytes) {
    return ResponseTooLarge();
  }
  if (entry.value.blob != nullptr) {
    *large_value = store::BlobRef(entry.value.blob);
  } else {
    response->set_value(entry.value.bytes.data(), entry.value.bytes.size());
  }
  response->set_version(entry.version);
  WriteTtl(entry.deadline, now, response);
  return {};
}

RpcStatus KeyValueService::Set(TimeMs now, const pb::SetRequest& request,
                               pb::SetResponse* response) {
  strings::SetOptions options;
  if (RpcStatus status = ReadExpiry(request, now, &options); !status.ok()) {
    return status;
  }
  options.condition = ReadCondition(request);
  const Key key(request.key());
  absl::optional<std::string> previous;
  Transaction txn(keyspace_, now, key);
  if (request.return_previous()) {
    // Before anything changes: an answer that cannot be sent must not follow
    // a write that was made.
    const auto length = strings::Length(txn, key);
    if (!length.ok()) return ToRpcStatus(length.status());
    if (*length + kFieldsBytes > limits_.response_bytes) {
      return ResponseTooLarge();
    }
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

RpcStatus KeyValueService::Delete(TimeMs now, const pb::DeleteRequest& request,
                                  pb::DeleteResponse* response) {
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  if (request.return_previous()) {
    const auto found = strings::Get(txn, key);
    if (!found.ok()) return ToRpcStatus(found.status());
    if (found->has_value()) {
      const absl::string_view value = (*found)->value.bytes;
      if (value.size() + kFieldsBytes > limits_.response_bytes) {
        return ResponseTooLarge();
      }
      response->set_previous_value(value.data(), value.size());
    }
  }
  const auto outcome = keys::Erase(txn, key, ReadCondition(request));
  response->set_deleted(outcome.erased);
  response->set_existed(outcome.existed);
  return {};
}

RpcStatus KeyValueService::Exists(TimeMs now, const pb::ExistsRequest& request,
                                  pb::ExistsResponse* response) {
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  const auto entry = keys::Describe(txn, key);
  if (!entry.has_value()) return {};
  response->set_exists(true);
  response->set_type(ToProto(entry->type));
  response->set_version(entry->version);
  return {};
}

RpcStatus KeyValueService::GetTtl(TimeMs now, const pb::GetTtlRequest& request,
                                  pb::GetTtlResponse* response) {
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  const auto entry = keys::Describe(txn, key);
  if (!entry.has_value()) return {};
  response->set_exists(true);
  if (entry->deadline != store::kNoDeadline) {
    response->set_ttl_ms(entry->deadline - now);
    response->set_expire_time_ms(entry->deadline);
  }
  return {};
}

RpcStatus KeyValueService::Expire(TimeMs now, const pb::ExpireRequest& request,
                                  pb::ExpireResponse* response) {
  TimeMs deadline = store::kNoDeadline;
  RpcStatus status;
  switch (request.expiry_case()) {
    case pb::ExpireRequest::EXPIRY_NOT_SET:
      return InvalidExpiry("neither ttl_ms nor expire_time_ms is set");
    case pb::ExpireRequest::kTtlMs:
      // Not positive: now, however far back, so that the sum cannot overflow.
      status =
          DeadlineAfter(std::max<int64_t>(request.ttl_ms(), 0), now, &deadline);
      break;
    case pb::ExpireRequest::kExpireTimeMs:
      status = DeadlineAt(request.expire_time_ms(), &deadline);
      break;
  }
  if (!status.ok()) return status;
  keys::ExpireOptions options;
  status = ReadExpireCondition(request.condition(), &options);
  if (!status.ok()) return status;
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto applied = keys::Expire(txn, key, deadline, options);
  if (!applied.ok()) return ToRpcStatus(applied.status());
  response->set_applied(*applied);
  return {};
}

RpcStatus KeyValueService::Persist(TimeMs now,
                                   const pb::PersistRequest& request,
                                   pb::PersistResponse* response) {
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  response->set_applied(keys::Persist(txn, key));
  return {};
}

RpcStatus KeyValueService::Increment(TimeMs now,
                                     const pb::IncrementRequest& request,
                                     pb::IncrementResponse* response) {
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto outcome =
      strings::Increment(txn, key, request.has_delta() ? request.delta() : 1);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_value(outcome->value);
  response->set_version(outcome->version);
  return {};
}

RpcStatus KeyValueService::Append(TimeMs now, const pb::AppendRequest& request,
                                  pb::AppendResponse* response) {
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto outcome = strings::Append(txn, key, request.suffix());
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_length(static_cast<int64_t>(outcome->length));
  response->set_version(outcome->version);
  return {};
}

RpcStatus KeyValueService::BatchGet(TimeMs now,
                                    const pb::BatchGetRequest& request,
                                    pb::BatchGetResponse* response) {
  Keys keys;
  keys.reserve(request.keys_size());
  for (const std::string& name : request.keys()) keys.emplace_back(name);
  const Transaction txn(keyspace_, now, keys);
  response->mutable_results()->Reserve(request.keys_size());
  size_t response_bytes = 0;
  for (const Key& key : keys) {
    pb::BatchGetResult* result = response->add_results();
    response_bytes += kFieldsBytes;
    const auto found = strings::Get(txn, key);
    if (!found.ok()) {
      // Get's only refusal. One such key must not hide what the others hold.
      result->set_wrong_type(true);
      result->set_version(keys::Describe(txn, key)->version);
    } else if (found->has_value()) {
      const strings::GetOutcome& entry = **found;
      response_bytes += entry.value.bytes.size();
      if (response_bytes > limits_.response_bytes) return ResponseTooLarge();
      result->set_value(entry.value.bytes.data(), entry.value.bytes.size());
      result->set_version(entry.version);
      WriteTtl(entry.deadline, now, result);
    }
  }
  return {};
}

RpcStatus KeyValueService::BatchSet(TimeMs now,
                                    const pb::BatchSetRequest& request,
                                    pb::BatchSetResponse* response) {
  Keys keys;
  keys.reserve(request.entries_size());
  absl::InlinedVector<strings::SetOptions, 32> options(request.entries_size());
  // All is checked before anything changes.
  for (int i = 0; i < request.entries_size(); ++i) {
    const pb::BatchSetEntry& entry = request.entries(i);
    RpcStatus status = ReadExpiry(entry, now, &options[i]);
    if (status.ok() && entry.value().size() > store::kMaxValueBytes) {
      status = ToRpcStatus(store::OpStatus::kTooLarge);
    }
    if (!status.ok()) {
      return {status.reason(),
              absl::StrCat("entries[", i, "]: ", status.message())};
    }
    keys.emplace_back(entry.key());
  }
  Transaction txn(keyspace_, now, keys);
  for (int i = 0; i < request.entries_size(); ++i) {
    const auto outcome =
        strings::Set(txn, keys[i], request.entries(i).value(), options[i]);
    if (!outcome.ok()) return ToRpcStatus(outcome.status());
  }
  response->set_version(txn.sequence());
  return {};
}

RpcStatus KeyValueService::BatchDelete(TimeMs now,
                                       const pb::BatchDeleteRequest& request,
                                       pb::BatchDeleteResponse* response) {
  Keys keys;
  keys.reserve(request.keys_size());
  for (const std::string& name : request.keys()) keys.emplace_back(name);
  Transaction txn(keyspace_, now, keys);
  response->mutable_deleted()->Reserve(request.keys_size());
  for (const Key& key : keys) {
    response->add_deleted(keys::Erase(txn, key).erased);
  }
  return {};
}

RpcStatus KeyValueService::ListKeys(TimeMs now,
                                    const pb::ListKeysRequest& request,
                                    pb::ListKeysResponse* response) {
  return ReadKeyPage(keyspace_, now, page_token_salt_, request, response);
}

}  // namespace kv::server
