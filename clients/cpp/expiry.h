#ifndef FASTKV_CLIENTS_CPP_EXPIRY_H_
#define FASTKV_CLIENTS_CPP_EXPIRY_H_

#include <cstdint>

#include "absl/time/time.h"

namespace fastkv {

// Expiry: when an entry expires, to the millisecond. By default never.
class Expiry {
 public:
  enum class Kind { kNever, kIn, kAt, kKeep };

  Expiry() = default;
  static Expiry Never() { return {}; }
  // After so long. Less than a millisecond counts as one, so that no time that
  // is positive becomes none.
  static Expiry In(absl::Duration ttl) {
    return Expiry(Kind::kIn, absl::ToInt64Milliseconds(
                                 absl::Ceil(ttl, absl::Milliseconds(1))));
  }
  // At this time, by the server's clock.
  static Expiry At(absl::Time time) {
    return Expiry(Kind::kAt, absl::ToUnixMillis(time));
  }
  // When the entry expires now; a key that is new never does.
  static Expiry Keep() { return Expiry(Kind::kKeep, 0); }

  Kind kind() const { return kind_; }

  // Writes the oneof `expiry` of a request that can keep it.
  template <typename Message>
  void WriteTo(Message* message) const {
    if (kind_ == Kind::kKeep) {
      message->set_keep_expiry(true);
    } else {
      WriteTimeTo(message);
    }
  }
  // As WriteTo. REQUIRES: not Keep.
  template <typename Message>
  void WriteTimeTo(Message* message) const {
    if (kind_ == Kind::kIn) message->set_ttl_ms(milliseconds_);
    if (kind_ == Kind::kAt) message->set_expire_time_ms(milliseconds_);
  }

 private:
  Expiry(Kind kind, int64_t milliseconds)
      : kind_(kind), milliseconds_(milliseconds) {}

  Kind kind_ = Kind::kNever;
  int64_t milliseconds_ = 0;
};

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_EXPIRY_H_
