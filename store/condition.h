#ifndef FASTKV_STORE_CONDITION_H_
#define FASTKV_STORE_CONDITION_H_

#include <cstdint>

#include "absl/strings/string_view.h"

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

}  // namespace kv::store

#endif  // FASTKV_STORE_CONDITION_H_
