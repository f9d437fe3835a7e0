#ifndef FASTKV_SERVER_RPC_RPC_LIMITS_H_
#define FASTKV_SERVER_RPC_RPC_LIMITS_H_

#include <cstddef>

#include "server/rpc/rpc_status.h"

namespace kv::server {

// What handlers may answer with.
struct RpcLimits {
  // The longest response that the transport sends.
  size_t response_bytes = size_t{64} << 20;
};

// Room for a message's fields beside its bytes fields: tags and lengths, a
// version, a TTL.
inline constexpr size_t kFieldsBytes = 48;

inline RpcStatus ResponseTooLarge() {
  return {fastkv::v1::ERROR_REASON_RESPONSE_TOO_LARGE,
          "the answer would be longer than the server's message limit"};
}

inline RpcStatus MalformedRequest() {
  return {fastkv::v1::ERROR_REASON_MALFORMED_REQUEST,
          "the request is not a message of its type"};
}

// ResponseBudget: how many bytes a response may still grow. The answers of
// operations that travel in one message take from the same budget. A write
// takes what it will answer with before it changes anything, because an answer
// that cannot be sent must not follow a change that was made.
class ResponseBudget {
 public:
  explicit ResponseBudget(const RpcLimits& limits)
      : left_(limits.response_bytes) {}

  size_t left() const { return left_; }

  // False: so many bytes are not left, and none was taken.
  [[nodiscard]] bool Take(size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

 private:
  size_t left_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RPC_LIMITS_H_
