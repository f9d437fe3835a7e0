#include "bench/load/grpc_driver.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/run_loops.h"
#include "bench/load/schedule.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"

namespace kv::bench {

namespace {

constexpr int kConnectSeconds = 10;

struct Connection;

// One call under way. Slots are used again, their contexts are made anew:
// gRPC allows a context for one call only.
struct Call {
  Connection* connection = nullptr;
  int64_t due_ns = 0;
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
  grpc::ByteBuffer reply;
  grpc::Status status;
};

struct Connection {
  std::unique_ptr<grpc::GenericStub> stub;
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<Call*> idle;
  int index = 0;       // within its thread
  uint64_t first = 0;  // where it begins among the requests
  uint64_t limit = 0;  // requests it sends in all
  uint64_t due = 0;    // requests that may leave by now
  uint64_t started = 0;
  uint64_t done = 0;
};

// One thread's connections, on one completion queue.
class Loop {
 public:
  Loop(const RunOptions& options, const std::vector<GrpcRequest>& requests)
      : options_(options), requests_(requests) {}

  ~Loop() {
    for (auto& connection : connections_) {
      for (auto& call : connection->calls) {
        if (call->reader != nullptr) call->context->TryCancel();
      }
    }
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::Status Add(uint64_t first, uint64_t limit) {
    grpc::ChannelArguments arguments;
    // Channels to one address share a connection unless told otherwise.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    const std::string target = absl::StrCat(options_.host, ":", options_.port);
    const auto channel = grpc::CreateCustomChannel(
        target, grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                   std::chrono::seconds(kConnectSeconds))) {
      return absl::UnavailableError(absl::StrCat("connect to ", target));
    }
    auto connection = std::make_unique<Connection>();
    connection->stub = std::make_unique<grpc::GenericStub>(channel);
    connection->index = static_cast<int>(connections_.size());
    connection->first = first;
    connection->limit = limit;
    for (int i = 0; i < options_.pipeline; ++i) {
      connection->calls.push_back(std::make_unique<Call>());
      connection->calls.back()->connection = connection.get();
      connection->idle.push_back(connection->calls.back().get());
    }
    if (limit > 0) ++unfinished_;
    connections_.push_back(std::move(connection));
    return absl::OkStatus();
  }

  void Run(int64_t start_ns, int64_t end_ns) {
    if (options_.rate > 0) {
      schedule_ = std::make_unique<Schedule>(
          start_ns, options_.rate, static_cast<int>(connections_.size()),
          static_cast<double>(connections_.size()) / options_.connections);
    } else {
      for (auto& connection : connections_) {
        connection->due = connection->limit;
        Start(*connection);
      }
    }
    while (unfinished_ > 0) {
      const int64_t now = NowNs();
      if (now >= end_ns || options_.stopped()) return;
      const int64_t wake_ns = std::min(StartDue(now), end_ns);
      void* tag;
      bool ok;
      const auto deadline =
          std::chrono::system_clock::now() +
          std::chrono::nanoseconds(std::min<int64_t>(wake_ns - now, kMaxWait));
      if (queue_.AsyncNext(&tag, &ok, deadline) ==
          grpc::CompletionQueue::GOT_EVENT) {
        Finish(*static_cast<Call*>(tag));
      }
    }
  }

  // A call that fails is counted; nothing ends the loop.
  absl::Status status() const { return absl::OkStatus(); }

  void AddTo(RunResult* result) const {
    result->latency.Merge(latency_);
    result->errors += errors_;
    if (result->first_error.empty()) result->first_error = first_error_;
  }

 private:
  static constexpr int64_t kMaxWait = 1000000000;

  // Starts what is due at `now`; returns when more will be.
  int64_t StartDue(int64_t now) {
    if (schedule_ == nullptr) return std::numeric_limits<int64_t>::max();
    while (schedule_->DueNs(next_due_) <= now) {
      Connection& c = *connections_[schedule_->ConnectionOf(next_due_++)];
      if (c.due == c.limit) continue;
      ++c.due;
      Start(c);
    }
    return schedule_->DueNs(next_due_);
  }

  // Starts calls while some are due and a slot is free.
  void Start(Connection& c) {
    while (c.started < c.due && !c.idle.empty()) {
      Call& call = *c.idle.back();
      c.idle.pop_back();
      const GrpcRequest& request =
          requests_[(c.first + c.started) % requests_.size()];
      call.due_ns =
          schedule_ == nullptr ? NowNs() : schedule_->DueNs(c.index, c.started);
      ++c.started;
      call.context.emplace();
      call.reader = c.stub->PrepareUnaryCall(&*call.context, *request.method,
                                             request.message, &queue_);
      call.reader->StartCall();
      call.reader->Finish(&call.reply, &call.status, &call);
    }
  }

  void Finish(Call& call) {
    Connection& c = *call.connection;
    latency_.Record(NowNs() - call.due_ns);
    if (!call.status.ok()) {
      ++errors_;
      if (first_error_.empty()) first_error_ = call.status.error_message();
    }
    call.reader.reset();
    c.idle.push_back(&call);
    if (++c.done == c.limit) --unfinished_;
    Start(c);
  }

  const RunOptions& options_;
  const std::vector<GrpcRequest>& requests_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Connection>> connections_;
  size_t unfinished_ = 0;
  std::unique_ptr<Schedule> schedule_;  // null: no rate was given
  uint64_t next_due_ = 0;
  LatencyHistogram latency_;
  uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace

absl::StatusOr<RunResult> RunGrpc(const RunOptions& options,
                                  const std::vector<GrpcRequest>& requests,
                                  const RunHooks& hooks) {
  return RunLoops<Loop>(options, requests, hooks);
}

}  // namespace kv::bench
