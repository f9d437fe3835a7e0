#ifndef FASTKV_SERVER_RPC_GRPC_METHODS_H_
#define FASTKV_SERVER_RPC_GRPC_METHODS_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/pipeline.grpc.pb.h"
#include "fastkv/v1/sorted_set.grpc.pb.h"
#include "fastkv/v1/transaction.grpc.pb.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/budget.h"
#include "server/rpc/health_service.h"
#include "server/rpc/key_value_service.h"
#include "server/rpc/reflection_service.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/sorted_set_service.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/transaction_service.h"
#include "server/rpc/unary_call.h"
#include "store/durable/commit_gate.h"
#include "store/keyspace.h"

namespace kv::server {

// What may be under way at a time; more is refused as OVERLOADED.
struct GrpcBounds {
  size_t calls;         // unary ones
  size_t answer_bytes;  // of their answers that are not yet on their way
  size_t upload_bytes;  // of values that are being written in pieces
};

// GrpcMethods: which handler serves which method.
//
// Owns       the handlers, what gRPC knows the methods by, their counters, and
//            the answers to repeated calls.
// Borrows    the keyspace.
// Threads    compatible; the counters may be read at any time.
class GrpcMethods {
 public:
  // The gate, which may be null, tells what is well.
  GrpcMethods(store::Keyspace& keyspace, const RpcLimits& limits,
              const RequestIdOptions& request_ids, const GrpcBounds& bounds,
              const store::CommitGate* gate);

  void Register(grpc::ServerBuilder* builder);

  // Makes a pool of each unary method for the queue, in which so many calls are
  // awaited.
  std::vector<std::unique_ptr<UnaryPool>> MakePools(CallQueue* queue,
                                                    int awaiting);
  // Awaits a call of each streaming method on the queue.
  void PostStreams(StreamQueue* queue);

  HealthService& health() { return health_; }

  // Unary ones that are run and not yet answered.
  size_t calls_under_way() const { return unary_budgets_.calls.used(); }

  const std::deque<MethodCounters>& counters() const { return counters_; }

 private:
  using KeyValue = fastkv::v1::KeyValueService;
  using SortedSet = fastkv::v1::SortedSetService;
  using Transaction = fastkv::v1::TransactionService;
  using PipelineService = fastkv::v1::PipelineService;
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
      KeyValue::WithRawMethod_StreamEntries<
      KeyValue::WithRawMethod_ReadValue<
      KeyValue::WithRawMethod_WriteValue<
      KeyValue::Service>>>>>>>>>>>>>>>>;
  using RawSortedSet =
      SortedSet::WithRawMethod_Add<
      SortedSet::WithRawMethod_Remove<
      SortedSet::WithRawMethod_Range<
      SortedSet::WithRawMethod_GetScores<
      SortedSet::WithRawMethod_GetRank<
      SortedSet::WithRawMethod_Increment<
      SortedSet::WithRawMethod_Count<
      SortedSet::WithRawMethod_Pop<
      SortedSet::WithRawMethod_RemoveRange<
      SortedSet::WithRawMethod_StoreRange<
      SortedSet::WithRawMethod_Combine<
      SortedSet::WithRawMethod_Sample<
      SortedSet::WithRawMethod_Scan<
      SortedSet::Service>>>>>>>>>>>>>;
  using RawTransaction =
      Transaction::WithRawMethod_Execute<
      Transaction::Service>;
  using RawPipeline =
      PipelineService::WithRawMethod_Pipeline<
      PipelineService::Service>;
  // clang-format on

  // Makes a call of a streaming method, and the handlers of it and of those
  // that follow it.
  template <auto kAwait, typename GrpcService, typename MakeHandler>
  void PostStream(absl::string_view service, absl::string_view method,
                  GrpcService* grpc_service, MakeHandler make_handler,
                  StreamQueue* queue);
  // The queues share a method's counters.
  MethodCounters* CountersOf(absl::string_view service,
                             absl::string_view method);

  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  UnaryBudgets unary_budgets_;
  Budget upload_bytes_;
  KeyValueService key_value_;
  SortedSetService sorted_set_;
  TransactionService transaction_;
  HealthService health_;
  ReflectionService reflection_;
  RequestIds request_ids_;
  RawKeyValue raw_key_value_;
  RawSortedSet raw_sorted_set_;
  RawTransaction raw_transaction_;
  RawPipeline raw_pipeline_;
  std::deque<MethodCounters> counters_;  // a deque: they cannot move
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_GRPC_METHODS_H_
