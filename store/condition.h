#ifndef FASTKV_STORE_CONDITION_H_
#define FASTKV_STORE_CONDITION_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "store/entry.h"

namespace kv::store {

// What must hold of an entry, as it is when the write runs, for the write to
// be applied. One that does not hold is an outcome, not an error.
struct Condition {
  enum class Kind : uint8_t {
    kNone,
    kAbsent,
    kPresent,
    kVersionEquals,  // 0: absent
    kValueEquals,    // the key holds exactly this string
  };

  Kind kind = Kind::kNone;
  uint64_t version = 0;
  absl::string_view value;
};

// Whether the condition holds of `entry`, null for an absent one.
inline bool Holds(const Condition& condition, const Entry* entry) {
  switch (condition.kind) {
    case Condition::Kind::kNone:
      return true;
    case Condition::Kind::kAbsent:
      return entry == nullptr;
    case Condition::Kind::kPresent:
      return entry != nullptr;
    case Condition::Kind::kVersionEquals:
      return condition.version == (entry == nullptr ? 0 : entry->version());
    case Condition::Kind::kValueEquals:
      return entry != nullptr && entry->type() == ValueType::kString &&
             entry->string().bytes == condition.value;
  }
  return false;
}

}  // namespace kv::store

#endif  // FASTKV_STORE_CONDITION_H_
