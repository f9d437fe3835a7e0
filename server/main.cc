// fastkv: the server. Reads the flags, starts the store, the TCP port and the
// gRPC port, waits for a signal, and stops them.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
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
#include "store/base/clock.h"
#include "store/engine.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/gateway.h"

namespace kv::server {
namespace {

gateway::GatewayOptions GatewayOptionsFrom(const Config& config) {
  gateway::GatewayOptions options;
  options.bind = config.bind;
  options.port = config.port;
  options.workers = config.workers;
  options.max_connections = config.max_connections;
  options.connection_limits.idle_timeout_ms =
      absl::ToInt64Milliseconds(config.idle_timeout);
  return options;
}

GrpcServerOptions GrpcOptionsFrom(const Config& config) {
  GrpcServerOptions options;
  options.bind = config.grpc_bind;
  options.port = config.grpc_port;
  options.threads = config.grpc_threads;
  options.max_message_bytes =
      static_cast<size_t>(config.grpc_max_message_bytes);
  return options;
}

// `tcp` is null while it starts.
gateway::ProcessInfo ProcessInfoFrom(const Config& config,
                                     const GrpcServer& grpc,
                                     const gateway::Gateway* tcp) {
  gateway::ProcessInfo info;
  info.version = kVersion;
  info.grpc_port = grpc.port();
  info.max_clients = config.max_connections;
  info.bind = config.bind;
  info.workers = config.workers;
  info.idle_timeout_s = absl::ToInt64Seconds(config.idle_timeout);
  if (tcp == nullptr) return info;
  const gateway::GatewayStats stats = tcp->stats();
  info.tcp_port = tcp->port();
  info.connected_clients = stats.connections;
  info.connections_received = stats.accepted;
  info.connections_rejected = stats.rejected;
  info.connections_dropped = stats.dropped;
  info.commands_processed = stats.commands;
  info.input_bytes = stats.bytes_in;
  info.output_bytes = stats.bytes_out;
  return info;
}

// Signals are taken by waiting for them, on whichever thread asks. Called
// before any thread starts, so that all inherit the mask.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);  // a broken connection is an error of write()
  return signals;
}

void WaitForStopSignal(const sigset_t& signals) {
  int number = 0;
  sigwait(&signals, &number);
  LogInfo(absl::StrCat(number == SIGTERM ? "SIGTERM" : "SIGINT",
                       ": stopping; finishing what is in flight"));
  // Whoever signals again does not want to wait.
  std::thread([signals] {
    int again = 0;
    sigwait(&signals, &again);
    LogWarning("second signal: ending at once");
    _exit(EXIT_FAILURE);
  }).detach();
}

std::string HostPort(const std::string& host, int port) {
  const bool ipv6 = absl::StrContains(host, ':');
  return absl::StrCat(ipv6 ? "[" : "", host, ipv6 ? "]:" : ":", port);
}

absl::Status Serve(const Config& config) {
  const sigset_t signals = BlockStopSignals();
  if (absl::Status limit = EnsureFileLimit(config); !limit.ok()) return limit;

  store::Engine engine({.keyspace = {.shards = config.shards}});
  auto grpc = GrpcServer::Start(GrpcOptionsFrom(config), engine.keyspace());
  if (!grpc.ok()) return grpc.status();

  // The port serves INFO from the moment it is open, so maybe before Start()
  // has returned what INFO describes.
  std::atomic<const gateway::Gateway*> started{nullptr};
  gateway::ServerContext context{
      .engine = engine, .started_ms = store::WallTimeMs(), .process_info = [&] {
        return ProcessInfoFrom(config, **grpc, started.load());
      }};
  // As whoever sends the signal: one way to end.
  context.shutdown = [] { kill(getpid(), SIGTERM); };
  context.password.Set(config.requirepass);
  if (!IsLoopback(config.grpc_bind)) {
    context.password_objection =
        "the gRPC port asks for no password and listens beyond this machine";
  }
  gateway::CommandExecutor executor(context);
  auto tcp = gateway::Gateway::Start(GatewayOptionsFrom(config), &executor);
  if (!tcp.ok()) return tcp.status();
  started.store(tcp->get());

  LogInfo(absl::StrCat("fastkv ", kVersion, ", process ", getpid()));
  LogInfo(absl::StrCat("tcp (text) on ", HostPort(config.bind, (*tcp)->port()),
                       ", ", config.workers, " workers"));
  LogInfo(
      absl::StrCat("grpc on ", HostPort(config.grpc_bind, (*grpc)->port())));
  if (!config.requirepass.empty()) {
    LogWarning(
        "the password protects the tcp port only: grpc serves every process "
        "of this machine without it");
  }
  LogInfo("ready");

  WaitForStopSignal(signals);
  std::thread grpc_stop([&] { (*grpc)->Shutdown(config.shutdown_grace); });
  (*tcp)->Shutdown(config.shutdown_grace);
  grpc_stop.join();
  LogInfo("stopped");
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
