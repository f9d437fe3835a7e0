#include "server/rpc/grpc_server.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "grpc/grpc.h"
#include "grpcpp/alarm.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/budget.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/grpc_methods.h"
#include "server/rpc/grpc_startup_log.h"
#include "server/rpc/health_service.h"
#include "server/rpc/parked_calls.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/stranded_calls.h"
#include "server/rpc/stream_call.h"
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

// Closes a queue, from its own thread: what comes is refused, and streams that
// would not end by themselves are ended.
class CloseTag final : public QueueTag {
 public:
  explicit CloseTag(StreamQueue* streams) : streams_(streams) {}

  void Proceed(bool) override {
    streams_->queue()->closing = true;
    streams_->ShutDown();
    closed_.Notify();
  }

  void Send() {
    alarm_.Set(streams_->queue()->queue.get(), std::chrono::system_clock::now(),
               this);
  }

  // Whether the queue is closed before the deadline.
  bool WaitUntil(absl::Time deadline) const {
    return closed_.WaitForNotificationWithDeadline(deadline);
  }

 private:
  StreamQueue* const streams_;
  grpc::Alarm alarm_;
  absl::Notification closed_;
};

// A queue with everything that waits in it and the thread that works on it.
struct Worker {
  explicit Worker(Budget* stream_budget) : streams(&queue, stream_budget) {}

  CallQueue queue;
  ParkedCalls parked;
  StreamQueue streams;
  CloseTag close{&streams};
  StopTag stop{&queue};
  std::vector<std::unique_ptr<UnaryPool>> pools;
  std::thread thread;

  void Run() {
    pthread_setname_np(pthread_self(), "fastkv-grpc");
    for (const auto& pool : pools) pool->Post();
    Event first;
    while (Wait(&first)) HandleAllThatIsThere(first);
  }

 private:
  struct Event {
    QueueTag* tag = nullptr;
    bool ok = false;
  };

  bool Wait(Event* event) {
    void* tag = nullptr;
    if (!queue.queue->Next(&tag, &event->ok)) return false;
    event->tag = static_cast<QueueTag*>(tag);
    return true;
  }

  // False: there is nothing now.
  bool Poll(Event* event) {
    void* tag = nullptr;
    if (queue.queue->AsyncNext(&tag, &event->ok,
                               gpr_time_0(GPR_CLOCK_MONOTONIC)) !=
        grpc::CompletionQueue::GOT_EVENT) {
      return false;
    }
    event->tag = static_cast<QueueTag*>(tag);
    return true;
  }

  // A call that was cancelled while it waited is reported as cancelled right
  // behind its arrival: who wants to know has to look at both before it acts.
  // Unless another thread has its connection in hand at that moment: then gRPC
  // is late to tell, and the call is run. With one thread there is no other.
  void HandleAllThatIsThere(const Event& first) {
    constexpr int kBatch = 64;
    Event events[kBatch];
    int count = 0;
    Event event = first;
    int taken = 0;
    do {
      if (event.tag->tells_end()) {
        event.tag->Proceed(event.ok);
      } else {
        events[count++] = event;
      }
    } while (++taken < kBatch && Poll(&event));
    for (int i = 0; i < count; ++i) events[i].tag->Proceed(events[i].ok);
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
  if (options.request_id_window < absl::Milliseconds(1)) {
    return absl::InvalidArgumentError(
        "the window of request ids is not positive");
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

RequestIdOptions RequestIdOptionsFrom(const GrpcServerOptions& options) {
  return {.window_ms = absl::ToInt64Milliseconds(options.request_id_window),
          .max_bytes = options.request_id_max_bytes};
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
  if (options.max_connection_age > absl::ZeroDuration()) {
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                                Milliseconds(options.max_connection_age));
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                                Milliseconds(options.max_connection_age_grace));
  }
  // Each costs about 2 % per call. Without the probe the window of a stream is
  // fixed: wide enough for a large value to arrive without waiting for updates.
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
}

// Far more than a call takes. What takes longer is for the grace; meanwhile
// clients should know that they have to leave.
constexpr absl::Duration kTimeToAnswer = absl::Seconds(1);

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
                        store::Keyspace& keyspace, store::CommitGate* gate)
      : options_(options),
        gate_(gate),
        streams_(options.max_streams),
        methods_(keyspace, RpcLimits{options.max_message_bytes},
                 RequestIdOptionsFrom(options),
                 GrpcBounds{.calls = options.max_calls,
                            .answer_bytes = options.max_answer_bytes,
                            .upload_bytes = options.max_upload_bytes},
                 gate) {
    for (int i = 0; i < options.threads; ++i) workers_.emplace_back(&streams_);
  }

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
    for (Worker& worker : workers_) {
      if (gate_ != nullptr) {
        worker.queue.parked = &worker.parked;
        // Health watches rest among the others.
        worker.parked.Start(
            gate_, worker.queue.queue.get(),
            [&worker] { worker.streams.WakeResting(); },
            options_.load_remaining);
      }
      methods_.PostStreams(&worker.streams);
      worker.pools =
          methods_.MakePools(&worker.queue, options_.calls_per_method);
      worker.thread = std::thread(&Worker::Run, &worker);
    }
  }

  int port() const override { return port_; }

  void Shutdown(absl::Duration grace) override {
    absl::MutexLock lock(&shutdown_mutex_);
    if (server_ == nullptr) return;
    const absl::Time deadline = absl::Now() + grace;
    methods_.health().StopServing();
    AnswerLast(std::min(deadline, absl::Now() + kTimeToAnswer));
    {
      const StrandedCalls stranded(server_.get());
      server_->Shutdown(absl::ToChronoTime(deadline));
    }
    // All calls are over; what is left in the queues are their last steps and
    // the calls that will not come.
    for (Worker& worker : workers_) worker.parked.Stop();
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
  // Refuses what comes, and waits for what is under way, but not longer than to
  // the deadline.
  //
  // When gRPC shuts down, it closes a connection behind the last answer; to a
  // client that is sending meanwhile, that looks broken, and it loses what it
  // has not read. What was sent before it has read for certain: gRPC first says
  // goodbye, and waits for the client to reply.
  void AnswerLast(absl::Time deadline) {
    for (Worker& worker : workers_) worker.close.Send();
    for (const Worker& worker : workers_) {
      if (!worker.close.WaitUntil(deadline)) return;
    }
    while ((methods_.calls_under_way() > 0 || streams_.used() > 0) &&
           absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }

  const GrpcServerOptions options_;
  store::CommitGate* const gate_;
  Budget streams_;
  GrpcMethods methods_;
  // Before the server: a queue must outlive it. A list: they cannot move.
  std::list<Worker> workers_;
  int port_ = 0;
  absl::Mutex shutdown_mutex_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const GrpcServerOptions& options, store::Keyspace& keyspace,
    store::CommitGate* gate) {
  if (absl::Status status = Check(options); !status.ok()) return status;
  KeepLibrary();
  auto server =
      std::make_unique<CompletionQueueServer>(options, keyspace, gate);
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  server->Serve();
  return server;
}

}  // namespace kv::server
