#ifndef FASTKV_SERVER_RPC_HEALTH_SERVICE_H_
#define FASTKV_SERVER_RPC_HEALTH_SERVICE_H_

#include <atomic>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"

namespace kv::server {

// HealthService: grpc.health.v1.Health for services that are well until the
// server shuts down. gRPC has one of its own, but that one brings threads which
// poll the same sockets as our queues: measured, it made every call of every
// service cost half as much again.
//
// Owns       its watches.
// Threads    Check, SetServing: safe. The rest belongs to the queue's thread.
class HealthService {
 public:
  using Raw = grpc::health::v1::Health::WithRawMethod_Check<
      grpc::health::v1::Health::WithAsyncMethod_Watch<
          grpc::health::v1::Health::Service>>;

  // `services` are the full names of those that are served.
  explicit HealthService(std::vector<absl::string_view> services);
  ~HealthService();

  // The service as gRPC knows it.
  Raw* raw() { return &raw_; }

  RpcStatus Check(store::TimeMs now,
                  const grpc::health::v1::HealthCheckRequest& request,
                  grpc::health::v1::HealthCheckResponse* response);

  // Awaits a watch on the queue, and another one whenever one has come.
  void PostWatch(CallQueue* queue);

  // From now on nothing is served.
  void StopServing() { serving_.store(false, std::memory_order_relaxed); }
  // Tells every watch that nothing is served any more, and ends it.
  void EndWatches();

 private:
  class Watch;

  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  Status StatusOf(absl::string_view service) const;

  const std::vector<absl::string_view> services_;
  Raw raw_;
  std::atomic<bool> serving_{true};
  std::list<std::unique_ptr<Watch>> watches_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_HEALTH_SERVICE_H_
