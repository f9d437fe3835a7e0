#ifndef FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/functional/any_invocable.h"
#include "store/base/time.h"
#include "store/durable/snapshotter.h"
#include "store/engine.h"
#include "tcp_gateway/blocking/absent_keys.h"
#include "tcp_gateway/blocking/key_waiters.h"
#include "tcp_gateway/command/attention.h"
#include "tcp_gateway/command/client_pause.h"
#include "tcp_gateway/command/client_registry.h"
#include "tcp_gateway/command/command_stats.h"
#include "tcp_gateway/command/latency_monitor.h"
#include "tcp_gateway/command/log_watch.h"
#include "tcp_gateway/command/monitors.h"
#include "tcp_gateway/command/password.h"
#include "tcp_gateway/command/slow_log.h"
#include "tcp_gateway/command/traffic_totals.h"
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
  TrafficTotals totals;
};

// The version of Redis whose commands are served, as HELLO and INFO say it to
// clients that choose what they send by it.
inline constexpr char kRedisVersion[] = "7.2.5";

// ServerContext: what all commands share. Outlives every session.
//
// Owns       the hub of messages, the queues of waiting requests, what turns
//            changes into messages, and the versions of absent keys.
// Borrows    the engine.
// Threads    safe, once the functions are set.
struct ServerContext {
  store::Engine& engine;
  store::TimeMs started_ms = 0;
  // Asked by INFO; null in tests without a process.
  absl::AnyInvocable<ProcessInfo() const> process_info;
  // CONFIG SET maxclients and timeout; null: they cannot be set. The first one
  // says why there cannot be so many clients, or nothing.
  absl::AnyInvocable<std::string(int64_t) const> check_max_clients;
  absl::AnyInvocable<void(int64_t) const> set_max_clients;
  absl::AnyInvocable<void(int64_t seconds) const> set_idle_timeout;
  PubSub pubsub;
  KeyWaiters waiters{engine.effects()};
  AbsentKeys absent_keys{engine.effects()};
  // notify-keyspace-events; nothing at first.
  KeyspaceEvents keyspace_events{engine.effects(), pubsub};

  // Begins to end the process, in good order; null: it cannot be ended so.
  absl::AnyInvocable<void() const> shutdown;
  // Why a password must not be set; empty: it may. A password that leaves
  // another door open would promise what it does not keep.
  std::string password_objection;

  Attention attention;
  LogWatch log_watch{engine.commit_gate(), attention};
  ClientRegistry clients;
  ClientPause pause{attention};
  CommandStats stats;
  TrafficBaseline traffic_baseline;
  LatencyMonitor latency;
  Monitors monitors{attention};
  Password password;
  SlowLog slow_log;
  // Far from those of requests that wait for keys.
  std::atomic<uint64_t> last_save_ticket{uint64_t{1} << 63};

  ProcessInfo DescribeProcess() const {
    return process_info ? process_info() : ProcessInfo();
  }

  // When the last snapshot was taken, in Unix time; as in Redis the start, if
  // none was taken since.
  store::TimeMs LastSaveMs() const {
    const store::Snapshotter* snapshotter = engine.snapshotter();
    const store::TimeMs last =
        snapshotter == nullptr ? 0 : snapshotter->stats().last_success_ms;
    return last == 0 ? started_ms : last;
  }

  // Distinguishes a SAVE from all other requests that wait.
  uint64_t NextSaveTicket() { return last_save_ticket.fetch_add(1) + 1; }

  // CONFIG RESETSTAT: INFO counts from now on.
  void ResetStatistics() {
    stats.Reset();
    traffic_baseline.Set(DescribeProcess().totals);
  }
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SERVER_CONTEXT_H_
