#include "server/rpc/grpc_methods.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kv::server {
namespace {

// Adds calls of methods to `calls`, one method after the other.
template <typename GrpcService, typename Service>
class CallMaker {
 public:
  CallMaker(absl::string_view service_name, GrpcService* grpc_service,
            Service* service, CallQueue* queue, int count,
            std::deque<MethodCounters>* counters,
            std::vector<std::unique_ptr<UnaryCall>>* calls)
      : service_name_(service_name),
        grpc_service_(grpc_service),
        service_(service),
        queue_(queue),
        count_(count),
        counters_(counters),
        calls_(calls) {}

  template <auto kAwait, auto kHandler>
  CallMaker& Method(absl::string_view name) {
    MethodCounters* counters =
        CountersOf(absl::StrCat(service_name_, "/", name));
    for (int i = 0; i < count_; ++i) {
      calls_->push_back(
          std::make_unique<MethodCall<GrpcService, kAwait, kHandler>>(
              grpc_service_, service_, queue_, counters));
    }
    return *this;
  }

 private:
  // The queues share a method's counters.
  MethodCounters* CountersOf(const std::string& method) {
    for (MethodCounters& counters : *counters_) {
      if (counters.method == method) return &counters;
    }
    return &counters_->emplace_back(method);
  }

  const absl::string_view service_name_;
  GrpcService* const grpc_service_;
  Service* const service_;
  CallQueue* const queue_;
  const int count_;
  std::deque<MethodCounters>* const counters_;
  std::vector<std::unique_ptr<UnaryCall>>* const calls_;
};

}  // namespace

GrpcMethods::GrpcMethods(store::Keyspace& keyspace, const RpcLimits& limits)
    : key_value_(keyspace, limits),
      sorted_set_(keyspace, limits),
      health_({KeyValue::service_full_name(), SortedSet::service_full_name()}),
      reflection_(
          {KeyValue::service_full_name(), SortedSet::service_full_name(),
           grpc::health::v1::Health::service_full_name(),
           grpc::reflection::v1alpha::ServerReflection::service_full_name()}) {}

void GrpcMethods::Register(grpc::ServerBuilder* builder) {
  builder->RegisterService(&raw_key_value_);
  builder->RegisterService(&raw_sorted_set_);
  builder->RegisterService(health_.raw());
  builder->RegisterService(reflection_.raw());
}

void GrpcMethods::PostStreams(CallQueue* queue) {
  health_.PostWatch(queue);
  reflection_.PostStream(queue);
}

std::vector<std::unique_ptr<UnaryCall>> GrpcMethods::MakeCalls(CallQueue* queue,
                                                               int count) {
  std::vector<std::unique_ptr<UnaryCall>> calls;
  using KV = KeyValueService;
  CallMaker(KeyValue::service_full_name(), &raw_key_value_, &key_value_, queue,
            count, &counters_, &calls)
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
  CallMaker(SortedSet::service_full_name(), &raw_sorted_set_, &sorted_set_,
            queue, count, &counters_, &calls)
      .Method<&RawSortedSet::RequestAdd, &SS::Add>("Add")
      .Method<&RawSortedSet::RequestRemove, &SS::Remove>("Remove")
      .Method<&RawSortedSet::RequestRange, &SS::Range>("Range")
      .Method<&RawSortedSet::RequestGetScores, &SS::GetScores>("GetScores")
      .Method<&RawSortedSet::RequestGetRank, &SS::GetRank>("GetRank")
      .Method<&RawSortedSet::RequestIncrement, &SS::Increment>("Increment")
      .Method<&RawSortedSet::RequestCount, &SS::Count>("Count");
  CallMaker(grpc::health::v1::Health::service_full_name(), health_.raw(),
            &health_, queue, count, &counters_, &calls)
      .Method<&RawHealth::RequestCheck, &HealthService::Check>("Check");
  return calls;
}

}  // namespace kv::server
