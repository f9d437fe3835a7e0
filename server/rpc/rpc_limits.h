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

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RPC_LIMITS_H_
