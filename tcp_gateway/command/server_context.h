#ifndef FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "store/base/time.h"
#include "store/engine.h"
#include "tcp_gateway/blocking/key_waiters.h"
#include "tcp_gateway/pubsub/pubsub.h"

namespace kv::gateway {

// What INFO reports of the process around the store.
struct ProcessInfo {
  std::string version;
  int tcp_port = 0;
  int grpc_port = 0;
  int64_t connected_clients = 0;
  int64_t max_clients = 0;
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;
  uint64_t commands_processed = 0;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
};

// ServerContext: what all commands share.
//
// Owns       the hub of messages and the queues of waiting requests.
// Borrows    the engine.
// Threads    safe, once `process_info` is set.
struct ServerContext {
  store::Engine& engine;
  store::TimeMs started_ms = 0;
  // Asked by INFO; null in tests without a process.
  absl::AnyInvocable<ProcessInfo() const> process_info;
  PubSub pubsub;
  KeyWaiters waiters{engine.effects()};
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
