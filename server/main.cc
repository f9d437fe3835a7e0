// fastkv: the server. Reads the flags, opens the TCP port and the gRPC port,
// loads the data, waits for a signal, and stops.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/config/config.h"
#include "server/log/log.h"
#include "server/rpc/grpc_server.h"
#include "server/stop_signal.h"
#include "store/base/clock.h"
#include "store/durable/commit_gate.h"
#include "store/durable/recovery.h"
#include "store/durable/snapshotter.h"
#include "store/engine.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/gateway.h"

namespace kv::server {
namespace {

gateway::GatewayOptions GatewayOptionsFrom(const Config& config,
                                           store::CommitGate* gate) {
  gateway::GatewayOptions options;
  options.bind = config.bind;
  options.port = config.port;
  options.workers = config.workers;
  options.max_connections = config.max_connections;
  options.connection_limits.idle_timeout_ms =
      absl::ToInt64Milliseconds(config.idle_timeout);
  options.warn = LogWarning;
  options.commit_gate = gate;
  return options;
}

GrpcServerOptions GrpcOptionsFrom(const Config& config) {
  GrpcServerOptions options;
  options.bind = config.grpc_bind;
  options.port = config.grpc_port;
  options.threads = config.grpc_threads;
  options.max_message_bytes =
      static_cast<size_t>(config.grpc_max_message_bytes);
  options.max_calls = static_cast<size_t>(config.grpc_max_calls);
  options.max_streams = static_cast<size_t>(config.grpc_max_streams);
  options.max_answer_bytes = static_cast<size_t>(config.grpc_max_answer_bytes);
  options.max_upload_bytes = static_cast<size_t>(config.grpc_max_upload_bytes);
  options.max_connection_age = config.grpc_max_connection_age;
  options.max_connection_age_grace = config.grpc_max_connection_age_grace;
  options.request_id_window = config.request_id_window;
  options.request_id_max_bytes =
      static_cast<size_t>(config.request_id_max_bytes);
  return options;
}

// Says how far a load is that takes long, and gives it up when the server is
// to end.
class LoadObserver {
 public:
  explicit LoadObserver(const StopSignal& stop) : stop_(stop) {}

  bool operator()(const store::RecoveryProgress& progress) {
    const int64_t now_ns = store::SteadyNs();
    if (now_ns >= next_ns_) Tell(progress, now_ns);
    return !stop_.came();
  }

 private:
  static constexpr int64_t kIntervalNs = 2'000'000'000;

  void Tell(const store::RecoveryProgress& progress, int64_t now_ns) {
    next_ns_ = now_ns + kIntervalNs;
    LogInfo(absl::StrCat(
        "loading: ",
        progress.bytes_read * 100 / std::max<uint64_t>(progress.bytes_total, 1),
        " % of ", progress.bytes_total >> 20, " MiB, ", progress.records,
        " records"));
  }

  const StopSignal& stop_;
  int64_t next_ns_ = store::SteadyNs() + kIntervalNs;
};

store::LogOptions LogOptionsFrom(const Config& config) {
  return {.directory = config.data_dir,
          .fsync = config.fsync,
          .segment_bytes = static_cast<uint64_t>(config.log_segment_bytes)};
}

void ReportSnapshot(const store::SnapshotReport& report) {
  if (!report.snapshot.ok()) {
    LogError(absl::StrCat("the snapshot failed: ",
                          report.snapshot.status().message()));
    return;
  }
  LogInfo(absl::StrCat("snapshot of ", report.snapshot->records, " records, ",
                       report.snapshot->bytes, " bytes, taken in ",
                       report.duration_ms, " ms"));
  if (!report.removal.ok()) {
    LogWarning(absl::StrCat("what the snapshot makes unnecessary stays: ",
                            report.removal.message()));
  }
}

store::SnapshotterOptions SnapshotOptionsFrom(const Config& config) {
  store::SnapshotterOptions options;
  options.log_bytes = static_cast<uint64_t>(config.snapshot_log_bytes);
  options.interval = std::chrono::milliseconds(
      absl::ToInt64Milliseconds(config.snapshot_interval));
  options.bytes_per_second =
      static_cast<uint64_t>(config.snapshot_bytes_per_second);
  options.report = ReportSnapshot;
  return options;
}

absl::StatusOr<std::unique_ptr<store::Engine>> OpenEngine(
    const Config& config, const StopSignal& stop) {
  const store::EngineOptions options = {.keyspace = {.shards = config.shards}};
  if (config.data_dir.empty()) {
    return std::make_unique<store::Engine>(options);
  }
  return store::Engine::Open(options,
                             {.log = LogOptionsFrom(config),
                              .snapshots = SnapshotOptionsFrom(config),
                              .recovery = {.go_on = LoadObserver(stop)}});
}

// Loads what is kept, while the ports answer that it is being loaded.
absl::Status Load(const Config& config, store::Engine& engine) {
  if (!engine.durable()) return absl::OkStatus();
  const int64_t begin_ns = store::SteadyNs();
  if (absl::Status status = engine.Load(); !status.ok()) return status;
  const store::Recovery& found = engine.recovery();
  if (!found.warning.empty()) LogWarning(found.warning);
  if (!found.log.cut.empty()) LogWarning(found.log.cut);
  LogInfo(absl::StrCat("data in ", config.data_dir,
                       ": snapshot: ", found.snapshot.records, " records, ",
                       found.snapshot.bytes, " bytes; log: ", found.log.records,
                       " records, ", found.log.bytes, " bytes, ",
                       found.log.segments, " segments; loaded in ",
                       (store::SteadyNs() - begin_ns) / 1'000'000, " ms"));
  return absl::OkStatus();
}

// Says loudly that the log has failed.
class LogFailureReporter final : private store::CommitGate::Listener {
 public:
  explicit LogFailureReporter(store::Engine& engine) : engine_(engine) {
    if (engine_.durable()) engine_.commit_gate()->Add(this);
  }
  ~LogFailureReporter() override {
    if (engine_.durable()) engine_.commit_gate()->Remove(this);
  }

 private:
  void OnCommit() override {
    if (!engine_.commit_gate()->failed()) return;
    LogError(absl::StrCat(
        "the log failed: ", engine_.log()->stats().status.message(),
        ". Writes are refused from now on, reads go on. See to the disk, then "
        "restart"));
  }

  store::Engine& engine_;
};

// `tcp` is null while it starts.
gateway::ProcessInfo ProcessInfoFrom(const Config& config,
                                     const GrpcServer& grpc,
                                     const gateway::Gateway* tcp) {
  gateway::ProcessInfo info;
  info.version = kVersion;
  info.grpc_port = grpc.port();
  info.bind = config.bind;
  info.workers = config.workers;
  if (tcp == nullptr) return info;
  info.idle_timeout_s = absl::ToInt64Seconds(tcp->idle_timeout());
  info.max_clients = tcp->max_connections();
  const gateway::GatewayStats stats = tcp->stats();
  info.tcp_port = tcp->port();
  info.connected_clients = stats.connections;
  info.totals = {.connections_received = stats.accepted,
                 .connections_rejected = stats.rejected,
                 .connections_dropped = stats.dropped,
                 .commands_processed = stats.commands,
                 .input_bytes = stats.bytes_in,
                 .output_bytes = stats.bytes_out};
  return info;
}

std::string HostPort(const std::string& host, int port) {
  const bool ipv6 = absl::StrContains(host, ':');
  return absl::StrCat(ipv6 ? "[" : "", host, ipv6 ? "]:" : ":", port);
}

absl::Status Serve(const Config& config) {
  StopSignal stop;
  if (absl::Status limit = EnsureFileLimit(config.max_connections); !limit.ok())
    return limit;

  auto opened = OpenEngine(config, stop);
  if (!opened.ok()) return opened.status();
  store::Engine& engine = **opened;
  const LogFailureReporter log_failure(engine);
  GrpcServerOptions grpc_options = GrpcOptionsFrom(config);
  grpc_options.load_remaining = [&engine] {
    return absl::Milliseconds(engine.load_progress().remaining_ms);
  };
  auto grpc =
      GrpcServer::Start(grpc_options, engine.keyspace(), engine.commit_gate());
  if (!grpc.ok()) return grpc.status();

  // The port serves INFO from the moment it is open, so maybe before Start()
  // has returned what INFO describes.
  std::atomic<gateway::Gateway*> started{nullptr};
  gateway::ServerContext context{
      .engine = engine, .started_ms = store::WallTimeMs(), .process_info = [&] {
        return ProcessInfoFrom(config, **grpc, started.load());
      }};
  // These wait for the moment that Start() takes to return.
  context.check_max_clients = [](int64_t clients) {
    return std::string(EnsureFileLimit(clients).message());
  };
  context.set_max_clients = [&](int64_t clients) {
    started.wait(nullptr);
    started.load()->set_max_connections(clients);
  };
  context.set_idle_timeout = [&](int64_t seconds) {
    started.wait(nullptr);
    started.load()->SetIdleTimeout(absl::Seconds(seconds));
  };
  // As whoever sends the signal: one way to end.
  context.shutdown = [] { kill(getpid(), SIGTERM); };
  context.password.Set(config.requirepass);
  if (!IsLoopback(config.grpc_bind)) {
    context.password_objection =
        "the gRPC port asks for no password and listens beyond this machine";
  }
  gateway::CommandExecutor executor(context);
  auto tcp = gateway::Gateway::Start(
      GatewayOptionsFrom(config, engine.commit_gate()), &executor);
  if (!tcp.ok()) return tcp.status();
  started.store(tcp->get());
  started.notify_all();

  LogInfo(absl::StrCat("fastkv ", kVersion, ", process ", getpid()));
  LogInfo(absl::StrCat("tcp on ", HostPort(config.bind, (*tcp)->port()), ", ",
                       config.workers, " workers"));
  LogInfo(
      absl::StrCat("grpc on ", HostPort(config.grpc_bind, (*grpc)->port())));
  if (!config.requirepass.empty()) {
    LogWarning(
        "the password protects the tcp port only: grpc serves every process "
        "of this machine without it");
  }
  stop.Start();
  absl::Status loaded = Load(config, engine);
  if (loaded.ok()) {
    LogInfo("ready");
    stop.Wait();
  }

  std::thread grpc_stop([&] { (*grpc)->Shutdown(config.shutdown_grace); });
  (*tcp)->Shutdown(config.shutdown_grace);
  grpc_stop.join();
  if (!loaded.ok() && !absl::IsCancelled(loaded)) return loaded;
  LogInfo(loaded.ok() ? "stopped" : "stopped before the data was loaded");
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  // The packaged Abseil looks for lock cycles on every Lock(); gRPC's many
  // locks pay about a microsecond per call for it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const absl::StatusOr<Config> config = ParseConfig(argc, argv);
  const absl::Status status = config.ok() ? Serve(*config) : config.status();
  if (status.ok()) return EXIT_SUCCESS;
  LogError(status.message());
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace kv::server

int main(int argc, char** argv) { return kv::server::Main(argc, argv); }
