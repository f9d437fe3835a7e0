#ifndef FASTKV_SERVER_RPC_HEALTH_SERVICE_H_
#define FASTKV_SERVER_RPC_HEALTH_SERVICE_H_

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/stream_handler.h"
#include "store/base/time.h"
#include "store/durable/commit_gate.h"

namespace kv::server {

// HealthService: grpc.health.v1.Health for services that are well from when
// their data is loaded until the server shuts down, or its log fails. The
// server itself, whose name is empty, is well before, too: whoever ends what is
// not alive must not end a long load. gRPC has one of its own, but that one
// brings threads which poll the same sockets as our queues: measured, it made
// every call of every service cost half as much again.
//
// Threads    safe.
class HealthService {
 public:
  using Raw = grpc::health::v1::Health::WithRawMethod_Check<
      grpc::health::v1::Health::WithRawMethod_Watch<
          grpc::health::v1::Health::Service>>;

  // `services` are the full names of those that are served. Without a log the
  // gate is null.
  explicit HealthService(std::vector<absl::string_view> services,
                         const store::CommitGate* gate = nullptr);

  // The service as gRPC knows it.
  Raw* raw() { return &raw_; }

  RpcStatus Check(store::TimeMs now,
                  const grpc::health::v1::HealthCheckRequest& request,
                  grpc::health::v1::HealthCheckResponse* response);

  // What a Watch does. It ends when the server shuts down.
  std::unique_ptr<StreamHandler> NewWatch() const;

  // From now on nothing is served.
  void StopServing() { serving_.store(false, std::memory_order_relaxed); }

 private:
  class Watch;

  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  Status StatusOf(absl::string_view service) const;

  const std::vector<absl::string_view> services_;
  const store::CommitGate* const gate_;
  Raw raw_;
  std::atomic<bool> serving_{true};
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_HEALTH_SERVICE_H_
