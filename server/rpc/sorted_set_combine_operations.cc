#include "server/rpc/sorted_set_combine_operations.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "server/rpc/scored_members.h"
#include "store/base/op_status.h"
#include "store/sorted_set_combine.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace sorted_sets = store::sorted_sets;

using sorted_sets::Aggregate;
using sorted_sets::Combination;
using store::Key;
using store::Transaction;

// What is combined, and how.
struct CombineQuery {
  Combination combination = Combination::kUnion;
  Aggregate aggregate = Aggregate::kSum;
  absl::InlinedVector<double, 8> weights;  // empty: 1 for all
};

RpcStatus ReadCombination(const pb::SortedSetServiceCombineRequest& request,
                          CombineQuery* query) {
  switch (request.operation()) {
    case pb::COMBINE_OPERATION_UNION:
      query->combination = Combination::kUnion;
      return {};
    case pb::COMBINE_OPERATION_INTERSECTION:
      query->combination = Combination::kIntersection;
      return {};
    case pb::COMBINE_OPERATION_DIFFERENCE:
      query->combination = Combination::kDifference;
      return {};
    default:  // Enums of proto3 are open: a newer client may send more.
      return InvalidField("operation is not set or unknown");
  }
}

RpcStatus ReadAggregate(const pb::SortedSetServiceCombineRequest& request,
                        CombineQuery* query) {
  switch (request.aggregate()) {
    case pb::COMBINE_AGGREGATE_UNSPECIFIED:
    case pb::COMBINE_AGGREGATE_SUM:
      return {};
    case pb::COMBINE_AGGREGATE_MIN:
      query->aggregate = Aggregate::kMin;
      return {};
    case pb::COMBINE_AGGREGATE_MAX:
      query->aggregate = Aggregate::kMax;
      return {};
    default:
      return InvalidField("aggregate is unknown");
  }
}

RpcStatus ReadWeights(const pb::SortedSetServiceCombineRequest& request,
                      CombineQuery* query) {
  const auto& inputs = request.inputs();
  if (std::none_of(inputs.begin(), inputs.end(),
                   [](const auto& input) { return input.has_weight(); })) {
    return {};
  }
  query->weights.reserve(inputs.size());
  for (const pb::CombineInput& input : inputs) {
    query->weights.push_back(input.has_weight() ? input.weight() : 1);
    if (std::isnan(query->weights.back())) {
      return ToRpcStatus(store::OpStatus::kNotANumber);
    }
  }
  return {};
}

RpcStatus ReadQuery(const pb::SortedSetServiceCombineRequest& request,
                    CombineQuery* query) {
  if (request.inputs().empty()) return InvalidField("inputs is empty");
  if (request.count_up_to() < 0) return InvalidField("count_up_to is negative");
  RpcStatus status = ReadCombination(request, query);
  if (status.ok()) status = ReadAggregate(request, query);
  if (status.ok()) status = ReadWeights(request, query);
  if (status.ok() && query->combination == Combination::kDifference &&
      (!query->weights.empty() ||
       request.aggregate() != pb::COMBINE_AGGREGATE_UNSPECIFIED)) {
    return {pb::ERROR_REASON_CONFLICTING_OPTIONS,
            "a difference excludes weights and an aggregate"};
  }
  return status;
}

}  // namespace

RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
              const pb::SortedSetServiceCombineRequest& request,
              ResponseBudget* budget,
              pb::SortedSetServiceCombineResponse* response) {
  CombineQuery query;
  if (RpcStatus status = ReadQuery(request, &query); !status.ok()) {
    return status;
  }
  const auto inputs = keys.first(request.inputs_size());
  const auto limit = static_cast<size_t>(request.count_up_to());
  if (request.has_count_up_to() &&
      query.combination == Combination::kIntersection) {
    const auto count = sorted_sets::CountIntersection(txn, inputs, limit);
    if (!count.ok()) return ToRpcStatus(count.status());
    response->set_count(static_cast<int64_t>(*count));
    return {};
  }
  const auto members = sorted_sets::Combine(txn, query.combination, inputs,
                                            {query.weights, query.aggregate});
  if (!members.ok()) return ToRpcStatus(members.status());
  size_t count = members->size();
  if (limit != 0) count = std::min(count, limit);
  response->set_count(static_cast<int64_t>(count));
  switch (request.output_case()) {
    case pb::SortedSetServiceCombineRequest::OUTPUT_NOT_SET:
      break;
    case pb::SortedSetServiceCombineRequest::kDestination:
      sorted_sets::Store(txn, keys.back(), query.combination, *members);
      return {};
    case pb::SortedSetServiceCombineRequest::kCountUpTo:
      return {};
  }
  return WriteMembers(*members, request.with_scores(), budget,
                      response->mutable_members());
}

}  // namespace kv::server
