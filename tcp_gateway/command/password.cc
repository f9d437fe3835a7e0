#include "tcp_gateway/command/password.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"

namespace kv::gateway {

void Password::Set(absl::string_view text) {
  store::MutexLock lock(mutex_);
  text_ = std::string(text);
  digest_ = DigestOf(text);
  required_.store(!text.empty(), std::memory_order_relaxed);
}

std::string Password::text() const {
  store::MutexLock lock(mutex_);
  return text_;
}

bool Password::Matches(absl::string_view candidate) const {
  // Digests are of one length and unrelated to the texts' common prefix: that
  // the comparison is constant in time hides what is left to learn.
  const Digest digest = DigestOf(candidate);
  store::MutexLock lock(mutex_);
  return CRYPTO_memcmp(digest.data(), digest_.data(), digest.size()) == 0;
}

std::string Password::DigestHex() const {
  store::MutexLock lock(mutex_);
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(digest_.data()), digest_.size()));
}

Password::Digest Password::DigestOf(absl::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data());
  return digest;
}

}  // namespace kv::gateway
