#include "server/rpc/sorted_set_range_operations.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/rpc/scored_members.h"
#include "store/base/op_status.h"
#include "store/sorted_set_range.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace sorted_sets = store::sorted_sets;

using sorted_sets::LexBound;
using sorted_sets::RangeQuery;
using store::Key;
using store::OpResult;
using store::Transaction;

RpcStatus ReadScoreRange(const pb::ScoreRange& message,
                         sorted_sets::ScoreRange* range) {
  if (message.has_min()) range->min = message.min();
  if (message.has_max()) range->max = message.max();
  range->exclude_min = message.exclude_min();
  range->exclude_max = message.exclude_max();
  if (std::isnan(range->min) || std::isnan(range->max)) {
    return ToRpcStatus(store::OpStatus::kNotANumber);
  }
  return {};
}

sorted_sets::LexRange ReadMemberRange(const pb::MemberRange& message) {
  sorted_sets::LexRange range;
  if (message.has_min()) {
    range.min = {LexBound::Kind::kMember, message.exclude_min(), message.min()};
  }
  if (message.has_max()) {
    range.max = {LexBound::Kind::kMember, message.exclude_max(), message.max()};
  }
  return range;
}

// Reads the oneof `range`.
template <typename Request>
RpcStatus ReadEnds(const Request& request, RangeQuery* query) {
  switch (request.range_case()) {
    case Request::RANGE_NOT_SET:
      query->by = RangeQuery::By::kScore;
      break;
    case Request::kByRank:
      query->by = RangeQuery::By::kRank;
      query->start = request.by_rank().start();
      if (request.by_rank().has_stop()) query->stop = request.by_rank().stop();
      break;
    case Request::kByScore:
      query->by = RangeQuery::By::kScore;
      return ReadScoreRange(request.by_score(), &query->scores);
    case Request::kByMember:
      query->by = RangeQuery::By::kLex;
      query->lex = ReadMemberRange(request.by_member());
      break;
  }
  return {};
}

// Reads a request whose range has a direction and may be cut.
template <typename Request>
RpcStatus ReadQuery(const Request& request, RangeQuery* query) {
  if (request.offset() < 0) return InvalidField("offset is negative");
  if (request.limit() < 0) return InvalidField("limit is negative");
  if (request.has_by_rank() &&
      (request.offset() != 0 || request.limit() != 0)) {
    return {pb::ERROR_REASON_CONFLICTING_OPTIONS,
            "by_rank excludes offset and limit"};
  }
  query->reverse = request.reverse();
  query->offset = static_cast<size_t>(request.offset());
  if (request.limit() > 0) query->limit = static_cast<size_t>(request.limit());
  return ReadEnds(request, query);
}

}  // namespace

RpcStatus Run(const Transaction& txn, const Key& key,
              const pb::SortedSetServiceRangeRequest& request,
              ResponseBudget* budget,
              pb::SortedSetServiceRangeResponse* response) {
  RangeQuery query;
  if (RpcStatus status = ReadQuery(request, &query); !status.ok()) {
    return status;
  }
  const auto range = sorted_sets::Select(txn, key, query);
  if (!range.ok()) return ToRpcStatus(range.status());
  return WriteMembers(*range, request.with_scores(), budget,
                      response->mutable_members());
}

RpcStatus Run(const Transaction& txn, const Key& key,
              const pb::SortedSetServiceCountRequest& request, ResponseBudget*,
              pb::SortedSetServiceCountResponse* response) {
  // Without a range, the scores are all from -inf to inf: the whole set.
  sorted_sets::ScoreRange scores;
  if (RpcStatus status = ReadScoreRange(request.by_score(), &scores);
      !status.ok()) {
    return status;
  }
  const OpResult<size_t> count =
      request.has_by_member()
          ? sorted_sets::CountByLex(txn, key,
                                    ReadMemberRange(request.by_member()))
          : sorted_sets::Count(txn, key, scores);
  if (!count.ok()) return ToRpcStatus(count.status());
  response->set_count(static_cast<int64_t>(*count));
  return {};
}

RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
              const pb::SortedSetServicePopRequest& request,
              ResponseBudget* budget,
              pb::SortedSetServicePopResponse* response) {
  if (keys.empty()) return InvalidField("keys is empty");
  if (request.count() < 0) return InvalidField("count is negative");
  const auto end = request.highest() ? sorted_sets::End::kHighest
                                     : sorted_sets::End::kLowest;
  const size_t count =
      request.has_count() ? static_cast<size_t>(request.count()) : 1;
  const auto popped = sorted_sets::SelectPop(txn, keys, end, count);
  if (!popped.ok()) return ToRpcStatus(popped.status());
  if (popped->members.size() == 0) return {};
  if (!budget->Take(popped->key.bytes.size())) return ResponseTooLarge();
  response->set_key(popped->key.bytes.data(), popped->key.bytes.size());
  RpcStatus status = WriteMembers(popped->members, /*with_scores=*/true, budget,
                                  response->mutable_members());
  if (status.ok()) sorted_sets::RemovePopped(txn, end, *popped);
  return status;
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::SortedSetServiceRemoveRangeRequest& request,
              ResponseBudget*,
              pb::SortedSetServiceRemoveRangeResponse* response) {
  using Request = pb::SortedSetServiceRemoveRangeRequest;
  if (request.range_case() == Request::RANGE_NOT_SET) {
    return InvalidField("no range is set");
  }
  RangeQuery query;
  if (RpcStatus status = ReadEnds(request, &query); !status.ok()) return status;
  const auto removed = sorted_sets::RemoveSelected(txn, key, query);
  if (!removed.ok()) return ToRpcStatus(removed.status());
  response->set_removed(static_cast<int64_t>(*removed));
  return {};
}

RpcStatus Run(Transaction& txn, absl::Span<const Key> keys,
              const pb::SortedSetServiceStoreRangeRequest& request,
              ResponseBudget*,
              pb::SortedSetServiceStoreRangeResponse* response) {
  const Key &destination = keys[0], &source = keys[1];
  RangeQuery query;
  if (RpcStatus status = ReadQuery(request, &query); !status.ok()) {
    return status;
  }
  const auto range = sorted_sets::Select(txn, source, query);
  if (!range.ok()) return ToRpcStatus(range.status());
  const size_t count = sorted_sets::StoreRange(txn, destination, *range);
  response->set_count(static_cast<int64_t>(count));
  return {};
}

}  // namespace kv::server
