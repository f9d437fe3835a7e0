#ifndef FASTKV_TCP_GATEWAY_OPTIONS_H_
#define FASTKV_TCP_GATEWAY_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "tcp_gateway/net/connection.h"
#include "tcp_gateway/wire/framer.h"

namespace kv::gateway {

// How the port is served.
struct GatewayOptions {
  std::string bind = "127.0.0.1";
  int port = 1234;  // 0: any free one
  int workers = 1;  // event loops, each a thread
  int64_t max_connections = 10'000;
  FrameLimits frame_limits;
  ConnectionLimits connection_limits;
  // Messages from other threads, as of pub/sub, that a client has not taken;
  // with more it is dropped. Redis' limit for subscribers.
  size_t max_message_backlog = 32 << 20;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_OPTIONS_H_
