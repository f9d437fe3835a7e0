#include "server/rpc/grpc_server.h"

#include <pthread.h>

#include <chrono>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "grpc/grpc.h"
#include "grpcpp/alarm.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/grpc_methods.h"
#include "server/rpc/grpc_startup_log.h"
#include "server/rpc/health_service.h"
#include "server/rpc/unary_call.h"
#include "store/base/limits.h"

namespace kv::server {
namespace {

// Ends a queue from its own thread. Nothing may be posted to a queue that is
// shut down, and only its thread posts: so nothing can come in between.
class StopTag final : public QueueTag {
 public:
  explicit StopTag(CallQueue* queue) : queue_(queue) {}

  void Proceed(bool) override {
    queue_->draining = true;
    queue_->queue->Shutdown();
  }

  void Send() {
    alarm_.Set(queue_->queue.get(), std::chrono::system_clock::now(), this);
  }

 private:
  CallQueue* const queue_;
  grpc::Alarm alarm_;
};

// Runs in the queue's thread what belongs to it: the end of health watches.
class EndWatchesTag final : public QueueTag {
 public:
  explicit EndWatchesTag(HealthService* health) : health_(health) {}

  void Proceed(bool) override { health_->EndWatches(); }

  void Send(CallQueue* queue) {
    alarm_.Set(queue->queue.get(), std::chrono::system_clock::now(), this);
  }

 private:
  HealthService* const health_;
  grpc::Alarm alarm_;
};

// A queue with everything that waits in it and the thread that works on it.
struct Worker {
  CallQueue queue;
  StopTag stop{&queue};
  std::vector<std::unique_ptr<UnaryCall>> calls;
  std::thread thread;

  void Run() {
    pthread_setname_np(pthread_self(), "fastkv-grpc");
    for (const auto& call : calls) call->Post();
    void* tag = nullptr;
    bool ok = false;
    while (queue.queue->Next(&tag, &ok)) {
      static_cast<QueueTag*>(tag)->Proceed(ok);
    }
  }
};

absl::Status Check(const GrpcServerOptions& options) {
  if (options.port < 0 || options.port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("gRPC port ", options.port, " is not in 0..65535"));
  }
  if (options.threads < 1 || options.calls_per_method < 1) {
    return absl::InvalidArgumentError(
        "gRPC needs at least one thread and one call per method");
  }
  if (options.max_message_bytes < 1024 ||
      options.max_message_bytes > store::kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("gRPC message limit ", options.max_message_bytes,
                     " is not from 1 KiB to 512 MiB"));
  }
  return absl::OkStatus();
}

std::string AddressOf(const GrpcServerOptions& options) {
  const bool ipv6 = options.bind.find(':') != std::string::npos;
  return ipv6 ? absl::StrCat("[", options.bind, "]:", options.port)
              : absl::StrCat(options.bind, ":", options.port);
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void Configure(const GrpcServerOptions& options, grpc::ServerBuilder* builder) {
  const int max_message_bytes = static_cast<int>(options.max_message_bytes);
  builder->SetMaxReceiveMessageSize(max_message_bytes);
  builder->SetMaxSendMessageSize(max_message_bytes);
  // Otherwise a second process could listen on the same port and take a share
  // of the connections.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              options.max_concurrent_calls_per_connection);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      Milliseconds(options.min_client_ping_interval));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                              Milliseconds(options.keepalive_after));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              Milliseconds(options.keepalive_timeout));
  // Each costs about 2 % per call. Without the probe the window of a stream is
  // fixed: wide enough for a large value to arrive without waiting for updates.
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
}

// Keeps gRPC's library alive until the process ends. Otherwise it goes with our
// last queue, and that can wait ten seconds: for a helper thread of gRPC's that
// looks after the sockets of large writes, and polls for so long after the
// last.
void KeepLibrary() {
  static const bool kept = (grpc_init(), true);
  static_cast<void>(kept);
}

class CompletionQueueServer final : public GrpcServer {
 public:
  CompletionQueueServer(const GrpcServerOptions& options,
                        store::Keyspace& keyspace)
      : options_(options),
        methods_(keyspace, RpcLimits{options.max_message_bytes}),
        end_watches_(&methods_.health()),
        workers_(options.threads) {}

  ~CompletionQueueServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen() {
    // We bring our own: see HealthService.
    grpc::EnableDefaultHealthCheckService(false);
    grpc::ServerBuilder builder;
    Configure(options_, &builder);
    builder.AddListeningPort(AddressOf(options_),
                             grpc::InsecureServerCredentials(), &port_);
    methods_.Register(&builder);
    for (Worker& worker : workers_) {
      worker.queue.queue = builder.AddCompletionQueue();
    }
    const GrpcStartupLog log;
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(absl::StrCat(
          "gRPC cannot listen on ", AddressOf(options_), ": ", log.Cause()));
    }
    return absl::OkStatus();
  }

  void Serve() {
    methods_.PostStreams(&workers_.front().queue);
    for (Worker& worker : workers_) {
      worker.calls =
          methods_.MakeCalls(&worker.queue, options_.calls_per_method);
      worker.thread = std::thread(&Worker::Run, &worker);
    }
  }

  int port() const override { return port_; }

  void Shutdown(absl::Duration grace) override {
    absl::MutexLock lock(&shutdown_mutex_);
    if (server_ == nullptr) return;
    methods_.health().StopServing();
    end_watches_.Send(&workers_.front().queue);
    server_->Shutdown(std::chrono::system_clock::now() +
                      absl::ToChronoMilliseconds(grace));
    // All calls are over; what is left in the queues are their last steps and
    // the calls that will not come.
    for (Worker& worker : workers_) worker.stop.Send();
    for (Worker& worker : workers_) worker.thread.join();
    server_ = nullptr;
  }

  std::vector<MethodStats> Stats() const override {
    std::vector<MethodStats> stats;
    for (const MethodCounters& counters : methods_.counters()) {
      stats.push_back({counters.method,
                       counters.calls.load(std::memory_order_relaxed),
                       counters.errors.load(std::memory_order_relaxed)});
    }
    return stats;
  }

 private:
  const GrpcServerOptions options_;
  GrpcMethods methods_;
  EndWatchesTag end_watches_;
  // Before the server: a queue must outlive it.
  std::vector<Worker> workers_;
  int port_ = 0;
  absl::Mutex shutdown_mutex_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const GrpcServerOptions& options, store::Keyspace& keyspace) {
  if (absl::Status status = Check(options); !status.ok()) return status;
  KeepLibrary();
  auto server = std::make_unique<CompletionQueueServer>(options, keyspace);
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  server->Serve();
  return server;
}

}  // namespace kv::server
