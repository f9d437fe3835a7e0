#include "server/rpc/grpc_methods.h"

#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/pipeline.h"
#include "server/rpc/read_value.h"
#include "server/rpc/stream_entries.h"
#include "server/rpc/stream_handler.h"
#include "server/rpc/write_value.h"

namespace kv::server {
namespace {

// As the .proto says it; what says nothing may write. Services that are not
// ours know no entries.
DataAccess AccessOf(absl::string_view service, absl::string_view method) {
  using google::protobuf::DescriptorPool;
  using google::protobuf::MethodOptions;
  if (!absl::StartsWith(service, "fastkv.")) return DataAccess::kNone;
  const auto* found = DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrCat(service, ".", method));
  const bool only_reads =
      found != nullptr &&
      found->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
  return only_reads ? DataAccess::kReads : DataAccess::kMayWrite;
}

// Adds pools of methods to `pools`.
template <typename GrpcService, typename Service>
class PoolMaker {
 public:
  using CountersOf = absl::FunctionRef<MethodCounters*(absl::string_view)>;

  PoolMaker(GrpcService* grpc_service, Service* service,
            RequestIds* request_ids, CallQueue* queue, int awaiting,
            UnaryBudgets* budgets, CountersOf counters_of,
            std::vector<std::unique_ptr<UnaryPool>>* pools)
      : grpc_service_(grpc_service),
        service_(service),
        request_ids_(request_ids),
        queue_(queue),
        awaiting_(awaiting),
        budgets_(budgets),
        counters_of_(counters_of),
        pools_(pools) {}

  template <auto kAwait, auto kHandler>
  PoolMaker& Method(absl::string_view name) {
    pools_->push_back(std::make_unique<UnaryPool>(
        queue_, counters_of_(name), budgets_, awaiting_,
        [grpc_service = grpc_service_, service = service_,
         request_ids = request_ids_](UnaryPool* pool) {
          return std::make_unique<MethodCall<GrpcService, kAwait, kHandler>>(
              grpc_service, service, request_ids, pool);
        }));
    return *this;
  }

 private:
  GrpcService* const grpc_service_;
  Service* const service_;
  RequestIds* const request_ids_;
  CallQueue* const queue_;
  const int awaiting_;
  UnaryBudgets* const budgets_;
  const CountersOf counters_of_;
  std::vector<std::unique_ptr<UnaryPool>>* const pools_;
};

}  // namespace

GrpcMethods::GrpcMethods(store::Keyspace& keyspace, const RpcLimits& limits,
                         const RequestIdOptions& request_ids,
                         const GrpcBounds& bounds,
                         const store::CommitGate* gate)
    : keyspace_(keyspace),
      limits_(limits),
      unary_budgets_{Budget(bounds.calls), Budget(bounds.answer_bytes)},
      upload_bytes_(bounds.upload_bytes),
      key_value_(keyspace, limits),
      sorted_set_(keyspace, limits),
      transaction_(keyspace, limits),
      health_({KeyValue::service_full_name(), SortedSet::service_full_name(),
               Transaction::service_full_name(),
               PipelineService::service_full_name()},
              gate),
      reflection_(
          {KeyValue::service_full_name(), SortedSet::service_full_name(),
           Transaction::service_full_name(),
           PipelineService::service_full_name(),
           grpc::health::v1::Health::service_full_name(),
           grpc::reflection::v1alpha::ServerReflection::service_full_name()}),
      request_ids_(request_ids) {}

void GrpcMethods::Register(grpc::ServerBuilder* builder) {
  builder->RegisterService(&raw_key_value_);
  builder->RegisterService(&raw_sorted_set_);
  builder->RegisterService(&raw_transaction_);
  builder->RegisterService(&raw_pipeline_);
  builder->RegisterService(health_.raw());
  builder->RegisterService(reflection_.raw());
}

MethodCounters* GrpcMethods::CountersOf(absl::string_view service,
                                        absl::string_view method) {
  std::string name = absl::StrCat(service, "/", method);
  for (MethodCounters& counters : counters_) {
    if (counters.method == name) return &counters;
  }
  return &counters_.emplace_back(std::move(name), AccessOf(service, method));
}

template <auto kAwait, typename GrpcService, typename MakeHandler>
void GrpcMethods::PostStream(absl::string_view service,
                             absl::string_view method,
                             GrpcService* grpc_service,
                             MakeHandler make_handler, StreamQueue* queue) {
  queue->Post(
      std::make_unique<StreamMethodCall<kAwait, GrpcService, MakeHandler>>(
          grpc_service, make_handler, queue, CountersOf(service, method)));
}

void GrpcMethods::PostStreams(StreamQueue* queue) {
  using Handler = std::unique_ptr<StreamHandler>;
  PostStream<&RawKeyValue::RequestReadValue>(
      KeyValue::service_full_name(), "ReadValue", &raw_key_value_,
      [this]() -> Handler {
        return std::make_unique<ReadValue>(keyspace_, limits_);
      },
      queue);
  PostStream<&RawKeyValue::RequestWriteValue>(
      KeyValue::service_full_name(), "WriteValue", &raw_key_value_,
      [this]() -> Handler {
        return std::make_unique<WriteValue>(keyspace_, &upload_bytes_,
                                            request_ids_);
      },
      queue);
  PostStream<&RawKeyValue::RequestStreamEntries>(
      KeyValue::service_full_name(), "StreamEntries", &raw_key_value_,
      [this]() -> Handler {
        return std::make_unique<StreamEntries>(keyspace_, limits_);
      },
      queue);
  PostStream<&RawPipeline::RequestPipeline>(
      PipelineService::service_full_name(), "Pipeline", &raw_pipeline_,
      [this]() -> Handler {
        return std::make_unique<Pipeline>(keyspace_, limits_, request_ids_);
      },
      queue);
  PostStream<&RawHealth::RequestWatch>(
      grpc::health::v1::Health::service_full_name(), "Watch", health_.raw(),
      [this] { return health_.NewWatch(); }, queue);
  PostStream<&ReflectionService::Raw::RequestServerReflectionInfo>(
      grpc::reflection::v1alpha::ServerReflection::service_full_name(),
      "ServerReflectionInfo", reflection_.raw(),
      [this] { return reflection_.NewStream(); }, queue);
}

std::vector<std::unique_ptr<UnaryPool>> GrpcMethods::MakePools(CallQueue* queue,
                                                               int awaiting) {
  std::vector<std::unique_ptr<UnaryPool>> pools;
  const auto counters_of = [this](absl::string_view service_name) {
    return [this, service_name](absl::string_view method) {
      return CountersOf(service_name, method);
    };
  };
  using KV = KeyValueService;
  PoolMaker(&raw_key_value_, &key_value_, &request_ids_, queue, awaiting,
            &unary_budgets_, counters_of(KeyValue::service_full_name()), &pools)
      .Method<&RawKeyValue::RequestGet, &KV::Get>("Get")
      .Method<&RawKeyValue::RequestSet, &KV::Set>("Set")
      .Method<&RawKeyValue::RequestDelete, &KV::Delete>("Delete")
      .Method<&RawKeyValue::RequestExists, &KV::Exists>("Exists")
      .Method<&RawKeyValue::RequestGetTtl, &KV::GetTtl>("GetTtl")
      .Method<&RawKeyValue::RequestExpire, &KV::Expire>("Expire")
      .Method<&RawKeyValue::RequestPersist, &KV::Persist>("Persist")
      .Method<&RawKeyValue::RequestIncrement, &KV::Increment>("Increment")
      .Method<&RawKeyValue::RequestAppend, &KV::Append>("Append")
      .Method<&RawKeyValue::RequestBatchGet, &KV::BatchGet>("BatchGet")
      .Method<&RawKeyValue::RequestBatchSet, &KV::BatchSet>("BatchSet")
      .Method<&RawKeyValue::RequestBatchDelete, &KV::BatchDelete>("BatchDelete")
      .Method<&RawKeyValue::RequestListKeys, &KV::ListKeys>("ListKeys");
  using SS = SortedSetService;
  PoolMaker(&raw_sorted_set_, &sorted_set_, &request_ids_, queue, awaiting,
            &unary_budgets_, counters_of(SortedSet::service_full_name()),
            &pools)
      .Method<&RawSortedSet::RequestAdd, &SS::Add>("Add")
      .Method<&RawSortedSet::RequestRemove, &SS::Remove>("Remove")
      .Method<&RawSortedSet::RequestRange, &SS::Range>("Range")
      .Method<&RawSortedSet::RequestGetScores, &SS::GetScores>("GetScores")
      .Method<&RawSortedSet::RequestGetRank, &SS::GetRank>("GetRank")
      .Method<&RawSortedSet::RequestIncrement, &SS::Increment>("Increment")
      .Method<&RawSortedSet::RequestCount, &SS::Count>("Count")
      .Method<&RawSortedSet::RequestPop, &SS::Pop>("Pop")
      .Method<&RawSortedSet::RequestRemoveRange, &SS::RemoveRange>(
          "RemoveRange")
      .Method<&RawSortedSet::RequestStoreRange, &SS::StoreRange>("StoreRange")
      .Method<&RawSortedSet::RequestCombine, &SS::Combine>("Combine")
      .Method<&RawSortedSet::RequestSample, &SS::Sample>("Sample")
      .Method<&RawSortedSet::RequestScan, &SS::Scan>("Scan");
  PoolMaker(&raw_transaction_, &transaction_, &request_ids_, queue, awaiting,
            &unary_budgets_, counters_of(Transaction::service_full_name()),
            &pools)
      .Method<&RawTransaction::RequestExecute, &TransactionService::Execute>(
          "Execute");
  PoolMaker(health_.raw(), &health_, &request_ids_, queue, awaiting,
            &unary_budgets_,
            counters_of(grpc::health::v1::Health::service_full_name()), &pools)
      .Method<&RawHealth::RequestCheck, &HealthService::Check>("Check");
  return pools;
}

}  // namespace kv::server
