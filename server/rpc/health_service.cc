#include "server/rpc/health_service.h"

#include <algorithm>
#include <string>

#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/status.h"

namespace kv::server {

namespace pb = grpc::health::v1;

// Watch: one client that is told a status and its change.
//
// Threads    belongs to the queue's thread.
class HealthService::Watch final : public QueueTag {
 public:
  Watch(HealthService* service, CallQueue* queue)
      : service_(service), queue_(queue), done_(this) {}

  // `self` is where the service keeps this.
  void Post(std::list<std::unique_ptr<Watch>>::iterator self) {
    self_ = self;
    context_.AsyncNotifyWhenDone(&done_);
    service_->raw_.RequestWatch(&context_, &request_, &writer_,
                                queue_->queue.get(), queue_->queue.get(), this);
  }

  void Proceed(bool ok) override {
    if (queue_->draining) return;
    switch (state_) {
      case State::kAwaiting:
        // Not ok: the server has shut down. gRPC does not report the end of
        // calls that never began.
        if (!ok) return Delete();
        service_->PostWatch(queue_);
        return Tell();
      case State::kWriting:
        state_ = State::kResting;
        if (gone_) return Delete();
        if (!ok) return;  // the report of its end is on its way
        return Refresh();
      case State::kFinishing:
        state_ = State::kResting;
        if (gone_) Delete();
        return;
      case State::kResting:
        return;
    }
  }

  // Tells the status again if it has changed, and ends if nothing will follow.
  void Refresh() {
    if (state_ != State::kResting || gone_) return;
    if (told_ != service_->StatusOf(request_.service())) return Tell();
    if (told_ == pb::HealthCheckResponse::NOT_SERVING) {
      state_ = State::kFinishing;
      writer_.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                  "the server is shutting down"),
                     this);
    }
  }

 private:
  enum class State { kAwaiting, kWriting, kResting, kFinishing };

  // Reports that the call is over, whoever ended it.
  class DoneTag final : public QueueTag {
   public:
    explicit DoneTag(Watch* watch) : watch_(watch) {}
    void Proceed(bool) override {
      watch_->gone_ = true;
      if (watch_->state_ == State::kResting) watch_->Delete();
    }

   private:
    Watch* const watch_;
  };

  void Tell() {
    told_ = service_->StatusOf(request_.service());
    pb::HealthCheckResponse response;
    response.set_status(told_);
    state_ = State::kWriting;
    writer_.Write(response, this);
  }

  void Delete() { service_->watches_.erase(self_); }

  HealthService* const service_;
  CallQueue* const queue_;
  DoneTag done_;
  std::list<std::unique_ptr<Watch>>::iterator self_;
  State state_ = State::kAwaiting;
  bool gone_ = false;
  Status told_ = pb::HealthCheckResponse::UNKNOWN;
  grpc::ServerContext context_;
  pb::HealthCheckRequest request_;
  grpc::ServerAsyncWriter<pb::HealthCheckResponse> writer_{&context_};
};

HealthService::HealthService(std::vector<absl::string_view> services)
    : services_(std::move(services)) {}

HealthService::~HealthService() = default;

RpcStatus HealthService::Check(store::TimeMs,
                               const pb::HealthCheckRequest& request,
                               pb::HealthCheckResponse* response) {
  response->set_status(StatusOf(request.service()));
  if (response->status() == pb::HealthCheckResponse::SERVICE_UNKNOWN) {
    return {fastkv::v1::ERROR_REASON_UNKNOWN_SERVICE,
            "there is no service of this name"};
  }
  return {};
}

void HealthService::PostWatch(CallQueue* queue) {
  watches_.push_front(std::make_unique<Watch>(this, queue));
  watches_.front()->Post(watches_.begin());
}

void HealthService::EndWatches() {
  for (const auto& watch : watches_) watch->Refresh();
}

HealthService::Status HealthService::StatusOf(absl::string_view service) const {
  if (!service.empty() && std::find(services_.begin(), services_.end(),
                                    service) == services_.end()) {
    return pb::HealthCheckResponse::SERVICE_UNKNOWN;
  }
  return serving_.load(std::memory_order_relaxed)
             ? pb::HealthCheckResponse::SERVING
             : pb::HealthCheckResponse::NOT_SERVING;
}

}  // namespace kv::server
