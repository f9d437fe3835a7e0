#ifndef FASTKV_TCP_GATEWAY_COMMAND_PASSWORD_H_
#define FASTKV_TCP_GATEWAY_COMMAND_PASSWORD_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"

namespace kv::gateway {

// Password: what a client has to show before it is served; empty: nothing.
//
// Threads    safe.
class Password {
 public:
  // The longest password, as in Redis.
  static constexpr size_t kMaxBytes = 512;

  // Whether clients have to authenticate.
  bool required() const { return required_.load(std::memory_order_relaxed); }
  void Set(absl::string_view text);
  std::string text() const;

  // In a time that depends on the length of `candidate` alone.
  bool Matches(absl::string_view candidate) const;

  // The SHA-256 of the password, in hexadecimal, as ACL shows it.
  std::string DigestHex() const;

 private:
  using Digest = std::array<uint8_t, 32>;

  static Digest DigestOf(absl::string_view text);

  std::atomic<bool> required_{false};
  mutable store::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  Digest digest_ ABSL_GUARDED_BY(mutex_) = DigestOf("");
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_PASSWORD_H_
