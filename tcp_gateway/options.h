#ifndef FASTKV_TCP_GATEWAY_OPTIONS_H_
#define FASTKV_TCP_GATEWAY_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "store/durable/commit_gate.h"
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
  // Takes a line about trouble that an operator should know of, now and then,
  // on a loop's thread. May be null.
  std::function<void(absl::string_view)> warn;
  // What replies wait for before they leave; null: for nothing. Borrowed.
  store::CommitGate* commit_gate = nullptr;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_OPTIONS_H_
