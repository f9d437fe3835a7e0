#include "server/rpc/health_service.h"

#include <algorithm>
#include <string>

#include "server/rpc/rpc_limits.h"

namespace kv::server {

namespace pb = grpc::health::v1;

// Watch: one client that is told a status and its changes.
//
// Threads    as StreamHandler.
class HealthService::Watch final : public StreamHandler {
 public:
  explicit Watch(const HealthService& service) : service_(service) {}

  Next Receive(store::TimeMs,
               google::protobuf::io::ZeroCopyInputStream* message, size_t,
               Turn* turn) override {
    if (!request_.ParseFromZeroCopyStream(message)) {
      return End(MalformedRequest(), turn);
    }
    return Tell(turn);
  }

  Next ReceiveEnd(store::TimeMs, Turn* turn) override { return End({}, turn); }

  Next Resume(store::TimeMs, Turn* turn) override {
    return told_ == service_.StatusOf(request_.service()) ? Next::kRest
                                                          : Tell(turn);
  }

  // Tells that nothing is served any more, and then ends.
  Next ShutDown(Turn* turn) override {
    return told_ == service_.StatusOf(request_.service()) ? Next::kStop
                                                          : Tell(turn);
  }

 private:
  Next Tell(Turn* turn) {
    told_ = service_.StatusOf(request_.service());
    pb::HealthCheckResponse response;
    response.set_status(told_);
    turn->message.AppendMessage({}, response);
    return Next::kSend;
  }

  const HealthService& service_;
  pb::HealthCheckRequest request_;
  Status told_ = pb::HealthCheckResponse::UNKNOWN;
};

HealthService::HealthService(std::vector<absl::string_view> services,
                             const store::CommitGate* gate)
    : services_(std::move(services)), gate_(gate) {}

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

std::unique_ptr<StreamHandler> HealthService::NewWatch() const {
  return std::make_unique<Watch>(*this);
}

HealthService::Status HealthService::StatusOf(absl::string_view service) const {
  if (!service.empty() && std::find(services_.begin(), services_.end(),
                                    service) == services_.end()) {
    return pb::HealthCheckResponse::SERVICE_UNKNOWN;
  }
  using State = store::CommitGate::State;
  const State state = gate_ == nullptr ? State::kOpen : gate_->state();
  // Reads go on without a log; but whoever is sent here should go elsewhere.
  const bool well = serving_.load(std::memory_order_relaxed) &&
                    state != State::kFailed &&
                    (state != State::kLoading || service.empty());
  return well ? pb::HealthCheckResponse::SERVING
              : pb::HealthCheckResponse::NOT_SERVING;
}

}  // namespace kv::server
