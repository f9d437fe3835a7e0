#include "server/rpc/sorted_set_service.h"

#include <cmath>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_range.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace sorted_sets = store::sorted_sets;

using store::Key;
using store::OpResult;
using store::TimeMs;
using store::Transaction;

// The members of a call; the usual one needs no allocation.
template <typename T>
using Members = absl::InlinedVector<T, 64>;

RpcStatus InvalidField(const char* message) {
  return {pb::ERROR_REASON_INVALID_FIELD, message};
}

// Reads the conditions of an Add or Increment.
template <typename Request>
RpcStatus ReadAddOptions(const Request& request,
                         sorted_sets::AddOptions* options) {
  switch (request.member_condition()) {
    case pb::MEMBER_CONDITION_UNSPECIFIED:
      break;
    case pb::MEMBER_CONDITION_NEW:
      options->only_new = true;
      break;
    case pb::MEMBER_CONDITION_EXISTING:
      options->only_existing = true;
      break;
    default:  // Enums of proto3 are open: a newer client may send more.
      return InvalidField("member_condition is unknown");
  }
  switch (request.score_condition()) {
    case pb::SCORE_CONDITION_UNSPECIFIED:
      break;
    case pb::SCORE_CONDITION_GREATER:
      options->greater = true;
      break;
    case pb::SCORE_CONDITION_LESS:
      options->less = true;
      break;
    default:
      return InvalidField("score_condition is unknown");
  }
  return {};
}

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

// What Range asks for, with all fields checked.
struct RangeQuery {
  bool by_rank = false;
  int64_t start = 0;
  int64_t stop = -1;
  sorted_sets::ScoreRange scores;
  size_t offset = 0;
  size_t limit = sorted_sets::kNoLimit;
  bool reverse = false;
};

RpcStatus ReadRangeQuery(const pb::SortedSetServiceRangeRequest& request,
                         RangeQuery* query) {
  if (request.offset() < 0) return InvalidField("offset is negative");
  if (request.limit() < 0) return InvalidField("limit is negative");
  query->reverse = request.reverse();
  query->offset = static_cast<size_t>(request.offset());
  if (request.limit() > 0) query->limit = static_cast<size_t>(request.limit());
  switch (request.range_case()) {
    case pb::SortedSetServiceRangeRequest::RANGE_NOT_SET:
      return {};
    case pb::SortedSetServiceRangeRequest::kByRank:
      if (request.offset() != 0 || request.limit() != 0) {
        return {pb::ERROR_REASON_CONFLICTING_OPTIONS,
                "by_rank excludes offset and limit"};
      }
      query->by_rank = true;
      query->start = request.by_rank().start();
      if (request.by_rank().has_stop()) query->stop = request.by_rank().stop();
      return {};
    case pb::SortedSetServiceRangeRequest::kByScore:
      return ReadScoreRange(request.by_score(), &query->scores);
  }
  return {};
}

OpResult<sorted_sets::MemberRange> RunRangeQuery(const Transaction& txn,
                                                 const Key& key,
                                                 const RangeQuery& query) {
  if (query.by_rank) {
    return sorted_sets::RangeByRank(txn, key, query.start, query.stop,
                                    query.reverse);
  }
  return sorted_sets::RangeByScore(txn, key, query.scores, query.reverse,
                                   query.offset, query.limit);
}

}  // namespace

RpcStatus SortedSetService::Add(TimeMs now,
                                const pb::SortedSetServiceAddRequest& request,
                                pb::SortedSetServiceAddResponse* response) {
  sorted_sets::AddOptions options;
  if (RpcStatus status = ReadAddOptions(request, &options); !status.ok()) {
    return status;
  }
  Members<sorted_sets::ScoredMember> members;
  members.reserve(request.members_size());
  for (const pb::ScoredMember& member : request.members()) {
    members.push_back({member.member(), member.score()});
  }
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto outcome = sorted_sets::Add(txn, key, members, options);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_added(static_cast<int64_t>(outcome->added));
  response->set_updated(static_cast<int64_t>(outcome->updated));
  response->set_version(outcome->version);
  return {};
}

RpcStatus SortedSetService::Remove(
    TimeMs now, const pb::SortedSetServiceRemoveRequest& request,
    pb::SortedSetServiceRemoveResponse* response) {
  const Members<absl::string_view> members(request.members().begin(),
                                           request.members().end());
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto removed = sorted_sets::Remove(txn, key, members);
  if (!removed.ok()) return ToRpcStatus(removed.status());
  response->set_removed(static_cast<int64_t>(*removed));
  return {};
}

RpcStatus SortedSetService::Range(
    TimeMs now, const pb::SortedSetServiceRangeRequest& request,
    pb::SortedSetServiceRangeResponse* response) {
  RangeQuery query;
  if (RpcStatus status = ReadRangeQuery(request, &query); !status.ok()) {
    return status;
  }
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  const auto range = RunRangeQuery(txn, key, query);
  if (!range.ok()) return ToRpcStatus(range.status());
  // Members of no length need this much each; more of them cannot be sent.
  constexpr size_t kLeastMemberBytes = 4;
  if (range->size() > limits_.response_bytes / kLeastMemberBytes) {
    return ResponseTooLarge();
  }
  constexpr size_t kMemberFieldsBytes = 24;
  const bool with_scores = request.with_scores();
  size_t bytes = 0;
  response->mutable_members()->Reserve(static_cast<int>(range->size()));
  range->Visit([&](absl::string_view member, double score) {
    bytes += member.size() + kMemberFieldsBytes;
    if (bytes > limits_.response_bytes) return;
    pb::ScoredMember* scored = response->add_members();
    scored->set_member(member.data(), member.size());
    if (with_scores) scored->set_score(score);
  });
  if (bytes > limits_.response_bytes) return ResponseTooLarge();
  return {};
}

RpcStatus SortedSetService::GetScores(
    TimeMs now, const pb::SortedSetServiceGetScoresRequest& request,
    pb::SortedSetServiceGetScoresResponse* response) {
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  response->mutable_scores()->Reserve(request.members_size());
  for (const std::string& member : request.members()) {
    const auto score = sorted_sets::Score(txn, key, member);
    if (!score.ok()) return ToRpcStatus(score.status());
    pb::MemberScore* result = response->add_scores();
    if (score->has_value()) result->set_score(**score);
  }
  return {};
}

RpcStatus SortedSetService::GetRank(
    TimeMs now, const pb::SortedSetServiceGetRankRequest& request,
    pb::SortedSetServiceGetRankResponse* response) {
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  const auto place =
      sorted_sets::Rank(txn, key, request.member(), request.reverse());
  if (!place.ok()) return ToRpcStatus(place.status());
  if (place->has_value()) {
    response->set_rank(static_cast<int64_t>((*place)->rank));
    response->set_score((*place)->score);
  }
  return {};
}

RpcStatus SortedSetService::Increment(
    TimeMs now, const pb::SortedSetServiceIncrementRequest& request,
    pb::SortedSetServiceIncrementResponse* response) {
  sorted_sets::AddOptions options;
  if (RpcStatus status = ReadAddOptions(request, &options); !status.ok()) {
    return status;
  }
  const Key key(request.key());
  Transaction txn(keyspace_, now, key);
  const auto score = sorted_sets::Increment(
      txn, key, request.member(), request.has_delta() ? request.delta() : 1,
      options);
  if (!score.ok()) return ToRpcStatus(score.status());
  if (score->has_value()) response->set_score(**score);
  return {};
}

RpcStatus SortedSetService::Count(
    TimeMs now, const pb::SortedSetServiceCountRequest& request,
    pb::SortedSetServiceCountResponse* response) {
  // Without a range, the scores are all from -inf to inf: the whole set.
  sorted_sets::ScoreRange range;
  if (RpcStatus status = ReadScoreRange(request.by_score(), &range);
      !status.ok()) {
    return status;
  }
  const Key key(request.key());
  const Transaction txn(keyspace_, now, key);
  const auto count = sorted_sets::Count(txn, key, range);
  if (!count.ok()) return ToRpcStatus(count.status());
  response->set_count(static_cast<int64_t>(*count));
  return {};
}

}  // namespace kv::server
