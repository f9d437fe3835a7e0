#ifndef FASTKV_SERVER_RPC_EXPIRY_H_
#define FASTKV_SERVER_RPC_EXPIRY_H_

#include <cstdint>

#include "fastkv/v1/error_reason.pb.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/string_ops.h"

// How the messages' times become deadlines and back.
namespace kv::server {

inline RpcStatus InvalidExpiry(const char* message) {
  return {fastkv::v1::ERROR_REASON_INVALID_EXPIRY, message};
}

// The deadline `ttl_ms` after now, where now is not negative.
inline RpcStatus DeadlineAfter(int64_t ttl_ms, store::TimeMs now,
                               store::TimeMs* deadline) {
  if (ttl_ms >= store::kNoDeadline - now) {
    return InvalidExpiry("ttl_ms is too large");
  }
  *deadline = now + ttl_ms;
  return {};
}

inline RpcStatus DeadlineAt(int64_t expire_time_ms, store::TimeMs* deadline) {
  if (expire_time_ms == store::kNoDeadline) {
    return InvalidExpiry("expire_time_ms is too large");
  }
  *deadline = expire_time_ms;
  return {};
}

// Reads the oneof `expiry` of SetRequest or BatchSetEntry.
template <typename Message>
RpcStatus ReadExpiry(const Message& message, store::TimeMs now,
                     store::strings::SetOptions* options) {
  switch (message.expiry_case()) {
    case Message::EXPIRY_NOT_SET:
      return {};
    case Message::kTtlMs:
      if (message.ttl_ms() <= 0) {
        return InvalidExpiry("ttl_ms is not positive");
      }
      return DeadlineAfter(message.ttl_ms(), now, &options->deadline);
    case Message::kExpireTimeMs:
      if (message.expire_time_ms() <= 0) {
        return InvalidExpiry("expire_time_ms is not positive");
      }
      return DeadlineAt(message.expire_time_ms(), &options->deadline);
    case Message::kKeepExpiry:
      options->keep_deadline = message.keep_expiry();
      return {};
  }
  return {};
}

// Writes the field ttl_ms, unless the entry never expires.
template <typename Message>
void WriteTtl(store::TimeMs deadline, store::TimeMs now, Message* message) {
  if (deadline != store::kNoDeadline) message->set_ttl_ms(deadline - now);
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_EXPIRY_H_
