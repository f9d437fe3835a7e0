#include "server/rpc/compare.h"

#include <cmath>
#include <compare>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "server/rpc/value_type.h"
#include "store/base/op_status.h"
#include "store/key_ops.h"
#include "store/sorted_set_ops.h"
#include "store/string_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using store::Key;
using store::Transaction;

template <typename T>
std::partial_ordering Order(const T& found, const T& wanted) {
  if (found < wanted) return std::partial_ordering::less;
  if (wanted < found) return std::partial_ordering::greater;
  return std::partial_ordering::equivalent;
}

// How what is there stands to the target; unordered: there is nothing that
// could be compared.
std::partial_ordering Relate(const Transaction& txn, const Key& key,
                             const pb::Compare& compare) {
  constexpr auto kNothing = std::partial_ordering::unordered;
  switch (compare.target_case()) {
    case pb::Compare::TARGET_NOT_SET:
      return kNothing;
    case pb::Compare::kExists:
      return Order(store::keys::Exists(txn, key), compare.exists());
    case pb::Compare::kVersion: {
      const auto entry = store::keys::Describe(txn, key);
      return Order(entry.has_value() ? entry->version : uint64_t{0},
                   uint64_t{compare.version()});
    }
    case pb::Compare::kValue: {
      const auto found = store::strings::Get(txn, key);
      if (!found.ok() || !found->has_value()) return kNothing;
      return Order<absl::string_view>((*found)->value.bytes, compare.value());
    }
    case pb::Compare::kType: {
      const auto entry = store::keys::Describe(txn, key);
      return Order(
          entry.has_value() ? ToProto(entry->type) : pb::VALUE_TYPE_UNSPECIFIED,
          compare.type());
    }
    case pb::Compare::kScore: {
      const auto score =
          store::sorted_sets::Score(txn, key, compare.score().member());
      if (!score.ok() || !score->has_value()) return kNothing;
      return Order(**score, compare.score().score());
    }
  }
  return kNothing;
}

RpcStatus CheckRelation(const pb::Compare& compare) {
  switch (compare.relation()) {
    case pb::COMPARE_RELATION_UNSPECIFIED:
    case pb::COMPARE_RELATION_EQUAL:
    case pb::COMPARE_RELATION_NOT_EQUAL:
      return {};
    case pb::COMPARE_RELATION_LESS:
    case pb::COMPARE_RELATION_GREATER:
      if (compare.has_exists()) {
        return InvalidField("relation: exists is neither less nor greater");
      }
      if (compare.has_type()) {
        return InvalidField("relation: a type is neither less nor greater");
      }
      return {};
    default:  // Enums of proto3 are open: a newer client may send more.
      return InvalidField("relation is unknown");
  }
}

}  // namespace

RpcStatus CheckCompare(const pb::Compare& compare) {
  if (compare.target_case() == pb::Compare::TARGET_NOT_SET) {
    return InvalidField("no target is set");
  }
  if (!pb::ValueType_IsValid(compare.type())) {
    return InvalidField("type is unknown");
  }
  if (std::isnan(compare.score().score())) {
    return ToRpcStatus(store::OpStatus::kNotANumber);
  }
  return CheckRelation(compare);
}

bool Holds(const Transaction& txn, const Key& key, const pb::Compare& compare) {
  const std::partial_ordering order = Relate(txn, key, compare);
  switch (compare.relation()) {
    case pb::COMPARE_RELATION_NOT_EQUAL:
      return order != std::partial_ordering::equivalent;
    case pb::COMPARE_RELATION_LESS:
      return order == std::partial_ordering::less;
    case pb::COMPARE_RELATION_GREATER:
      return order == std::partial_ordering::greater;
    default:
      return order == std::partial_ordering::equivalent;
  }
}

}  // namespace kv::server
