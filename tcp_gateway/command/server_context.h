#ifndef FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "store/base/time.h"
#include "store/engine.h"
#include "tcp_gateway/blocking/key_waiters.h"
#include "tcp_gateway/command/attention.h"
#include "tcp_gateway/command/client_pause.h"
#include "tcp_gateway/command/client_registry.h"
#include "tcp_gateway/command/command_stats.h"
#include "tcp_gateway/command/latency_monitor.h"
#include "tcp_gateway/command/monitors.h"
#include "tcp_gateway/command/password.h"
#include "tcp_gateway/command/slow_log.h"
#include "tcp_gateway/notifications/keyspace_events.h"
#include "tcp_gateway/pubsub/pubsub.h"

namespace kv::gateway {

// What INFO and CONFIG GET report of the process around the store.
struct ProcessInfo {
  std::string version;
  std::string bind;
  int tcp_port = 0;
  int grpc_port = 0;
  int workers = 0;
  int64_t idle_timeout_s = 0;
  int64_t connected_clients = 0;
  int64_t max_clients = 0;
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;
  uint64_t connections_dropped = 0;
  uint64_t commands_processed = 0;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
};

// The version of Redis whose commands are served, as HELLO and INFO say it to
// clients that choose what they send by it.
inline constexpr char kRedisVersion[] = "7.2.5";

// ServerContext: what all commands share. Outlives every session.
//
// Owns       the hub of messages, the queues of waiting requests, and what
//            turns changes into messages.
// Borrows    the engine.
// Threads    safe, once the functions are set.
struct ServerContext {
  store::Engine& engine;
  store::TimeMs started_ms = 0;
  // Asked by INFO; null in tests without a process.
  absl::AnyInvocable<ProcessInfo() const> process_info;
  PubSub pubsub;
  KeyWaiters waiters{engine.effects()};
  // notify-keyspace-events; nothing at first.
  KeyspaceEvents keyspace_events{engine.effects(), pubsub};

  // Begins to end the process, in good order; null: it cannot be ended so.
  absl::AnyInvocable<void() const> shutdown;
  // Why a password must not be set; empty: it may. A password that leaves
  // another door open would promise what it does not keep.
  std::string password_objection;

  Attention attention;
  ClientRegistry clients;
  ClientPause pause{attention};
  CommandStats stats;
  LatencyMonitor latency;
  Monitors monitors{attention};
  Password password;
  SlowLog slow_log;

  ProcessInfo DescribeProcess() const {
    return process_info ? process_info() : ProcessInfo();
  }
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
