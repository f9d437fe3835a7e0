#ifndef FASTKV_STORE_BASE_OP_STATUS_H_
#define FASTKV_STORE_BASE_OP_STATUS_H_

#include <cassert>
#include <cstdint>
#include <utility>

namespace kv::store {

// Why an operation was refused: the caller asked for something invalid. A key
// that is absent or a condition that did not hold is not here; those are
// outcomes and part of the result type. Each protocol maps these to its own
// words in one exhaustive switch.
enum class OpStatus : uint8_t {
  kOk,
  kWrongType,    // the key holds another type of value
  kNotInteger,   // the value is not a 64-bit decimal integer
  kNotFloat,     // the value is not a finite decimal number
  kOverflow,     // the result does not fit into a 64-bit integer
  kNotANumber,   // the result would be NaN or, where refused, infinite
  kTooLarge,     // the value would exceed kMaxValueBytes
  kBadDeadline,  // the expiry is out of range
  kBadOptions,   // options that exclude each other
  kNoSuchKey,    // the operation needs an existing key
  kOutOfRange,   // an index or offset is out of range
};

// A value, or the reason why there is none. Two words on the hot path; no
// text, no allocation.
template <typename T>
class [[nodiscard]] OpResult {
 public:
  OpResult(T value) : value_(std::move(value)) {}  // NOLINT
  OpResult(OpStatus status) : status_(status) {    // NOLINT
    assert(status != OpStatus::kOk);
  }

  bool ok() const { return status_ == OpStatus::kOk; }
  OpStatus status() const { return status_; }

  // REQUIRES: ok()
  const T& operator*() const {
    assert(ok());
    return value_;
  }
  T& operator*() {
    assert(ok());
    return value_;
  }
  const T* operator->() const {
    assert(ok());
    return &value_;
  }

 private:
  T value_{};
  OpStatus status_ = OpStatus::kOk;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_OP_STATUS_H_
