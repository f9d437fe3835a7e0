#ifndef FASTKV_SERVER_RPC_GRPC_METHODS_H_
#define FASTKV_SERVER_RPC_GRPC_METHODS_H_

#include <deque>
#include <memory>
#include <vector>

#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/sorted_set.grpc.pb.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/health_service.h"
#include "server/rpc/key_value_service.h"
#include "server/rpc/reflection_service.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/sorted_set_service.h"
#include "server/rpc/unary_call.h"
#include "store/keyspace.h"

namespace kv::server {

// GrpcMethods: which handler serves which method.
//
// Owns       the handlers, what gRPC knows the methods by, and their counters.
// Borrows    the keyspace.
// Threads    compatible; the counters may be read at any time.
class GrpcMethods {
 public:
  GrpcMethods(store::Keyspace& keyspace, const RpcLimits& limits);

  void Register(grpc::ServerBuilder* builder);

  // Makes `count` calls of each unary method, to be posted to the queue.
  std::vector<std::unique_ptr<UnaryCall>> MakeCalls(CallQueue* queue,
                                                    int count);
  // Awaits streams on the queue. One queue is enough: they are few and rare.
  void PostStreams(CallQueue* queue);

  HealthService& health() { return health_; }

  const std::deque<MethodCounters>& counters() const { return counters_; }

 private:
  using KeyValue = fastkv::v1::KeyValueService;
  using SortedSet = fastkv::v1::SortedSetService;
  using RawHealth = HealthService::Raw;

  // The generated services, each method with its messages as bytes.
  // clang-format off
  using RawKeyValue =
      KeyValue::WithRawMethod_Get<
      KeyValue::WithRawMethod_Set<
      KeyValue::WithRawMethod_Delete<
      KeyValue::WithRawMethod_Exists<
      KeyValue::WithRawMethod_GetTtl<
      KeyValue::WithRawMethod_Expire<
      KeyValue::WithRawMethod_Persist<
      KeyValue::WithRawMethod_Increment<
      KeyValue::WithRawMethod_Append<
      KeyValue::WithRawMethod_BatchGet<
      KeyValue::WithRawMethod_BatchSet<
      KeyValue::WithRawMethod_BatchDelete<
      KeyValue::WithRawMethod_ListKeys<
      KeyValue::Service>>>>>>>>>>>>>;
  using RawSortedSet =
      SortedSet::WithRawMethod_Add<
      SortedSet::WithRawMethod_Remove<
      SortedSet::WithRawMethod_Range<
      SortedSet::WithRawMethod_GetScores<
      SortedSet::WithRawMethod_GetRank<
      SortedSet::WithRawMethod_Increment<
      SortedSet::WithRawMethod_Count<
      SortedSet::Service>>>>>>>;
  // clang-format on

  KeyValueService key_value_;
  SortedSetService sorted_set_;
  HealthService health_;
  ReflectionService reflection_;
  RawKeyValue raw_key_value_;
  RawSortedSet raw_sorted_set_;
  std::deque<MethodCounters> counters_;  // a deque: they cannot move
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_GRPC_METHODS_H_
