#include "clients/cpp/requests.h"

namespace fastkv {
namespace {

template <typename Request>
Request WithKey(absl::string_view key) {
  Request request;
  request.set_key(key.data(), key.size());
  return request;
}

void WriteCondition(const Condition& condition, v1::SetRequest* request) {
  switch (condition.kind()) {
    case Condition::Kind::kNone:
      return;
    case Condition::Kind::kExists:
      return request->set_must_exist(true);
    case Condition::Kind::kAbsent:
      return request->set_must_not_exist(true);
    case Condition::Kind::kVersion:
      return request->set_version_equals(condition.version());
    case Condition::Kind::kValue:
      return request->set_value_equals(condition.value());
  }
}

template <typename Request>
void AddAll(absl::Span<const std::string> from, Request* request,
            void (Request::*add)(const std::string&)) {
  for (const std::string& one : from) (request->*add)(one);
}

}  // namespace

Condition Condition::VersionEquals(uint64_t version) {
  Condition condition(Kind::kVersion);
  condition.version_ = version;
  return condition;
}

Condition Condition::ValueEquals(absl::string_view value) {
  Condition condition(Kind::kValue);
  condition.value_ = std::string(value);
  return condition;
}

v1::GetRequest Get(absl::string_view key) {
  return WithKey<v1::GetRequest>(key);
}

v1::SetRequest Set(absl::string_view key, absl::string_view value,
                   const SetOptions& options) {
  auto request = WithKey<v1::SetRequest>(key);
  request.set_value(value.data(), value.size());
  options.expiry.WriteTo(&request);
  WriteCondition(options.condition, &request);
  request.set_return_previous(options.return_previous);
  return request;
}

v1::DeleteRequest Delete(absl::string_view key, const DeleteOptions& options) {
  auto request = WithKey<v1::DeleteRequest>(key);
  if (options.condition.kind() == Condition::Kind::kVersion) {
    request.set_version_equals(options.condition.version());
  } else if (options.condition.kind() == Condition::Kind::kValue) {
    request.set_value_equals(options.condition.value());
  }
  request.set_return_previous(options.return_previous);
  return request;
}

v1::ExistsRequest Exists(absl::string_view key) {
  return WithKey<v1::ExistsRequest>(key);
}

v1::GetTtlRequest GetTtl(absl::string_view key) {
  return WithKey<v1::GetTtlRequest>(key);
}

v1::ExpireRequest Expire(absl::string_view key, const Expiry& expiry,
                         v1::ExpireCondition condition) {
  auto request = WithKey<v1::ExpireRequest>(key);
  expiry.WriteTimeTo(&request);
  request.set_condition(condition);
  return request;
}

v1::PersistRequest Persist(absl::string_view key) {
  return WithKey<v1::PersistRequest>(key);
}

v1::IncrementRequest Increment(absl::string_view key, int64_t delta) {
  auto request = WithKey<v1::IncrementRequest>(key);
  request.set_delta(delta);
  return request;
}

v1::AppendRequest Append(absl::string_view key, absl::string_view suffix) {
  auto request = WithKey<v1::AppendRequest>(key);
  request.set_suffix(suffix.data(), suffix.size());
  return request;
}

v1::BatchGetRequest BatchGet(absl::Span<const std::string> keys) {
  v1::BatchGetRequest request;
  AddAll(keys, &request, &v1::BatchGetRequest::add_keys);
  return request;
}

v1::BatchSetRequest BatchSet(
    absl::Span<const std::pair<std::string, std::string>> entries,
    const Expiry& expiry) {
  v1::BatchSetRequest request;
  for (const auto& [key, value] : entries) {
    v1::BatchSetEntry* entry = request.add_entries();
    entry->set_key(key);
    entry->set_value(value);
    expiry.WriteTo(entry);
  }
  return request;
}

v1::BatchDeleteRequest BatchDelete(absl::Span<const std::string> keys) {
  v1::BatchDeleteRequest request;
  AddAll(keys, &request, &v1::BatchDeleteRequest::add_keys);
  return request;
}

v1::ListKeysRequest ListKeys(absl::string_view prefix) {
  v1::ListKeysRequest request;
  if (!prefix.empty()) request.set_prefix(prefix.data(), prefix.size());
  return request;
}

v1::SortedSetServiceAddRequest SortedSetAdd(absl::string_view key,
                                            absl::Span<const Scored> members) {
  auto request = WithKey<v1::SortedSetServiceAddRequest>(key);
  for (const auto& [member, score] : members) {
    v1::ScoredMember* added = request.add_members();
    added->set_member(member);
    added->set_score(score);
  }
  return request;
}

v1::SortedSetServiceRemoveRequest SortedSetRemove(
    absl::string_view key, absl::Span<const std::string> members) {
  auto request = WithKey<v1::SortedSetServiceRemoveRequest>(key);
  AddAll(members, &request, &v1::SortedSetServiceRemoveRequest::add_members);
  return request;
}

v1::SortedSetServiceGetScoresRequest SortedSetGetScores(
    absl::string_view key, absl::Span<const std::string> members) {
  auto request = WithKey<v1::SortedSetServiceGetScoresRequest>(key);
  AddAll(members, &request, &v1::SortedSetServiceGetScoresRequest::add_members);
  return request;
}

v1::SortedSetServiceGetRankRequest SortedSetGetRank(absl::string_view key,
                                                    absl::string_view member,
                                                    bool reverse) {
  auto request = WithKey<v1::SortedSetServiceGetRankRequest>(key);
  request.set_member(member.data(), member.size());
  request.set_reverse(reverse);
  return request;
}

v1::SortedSetServiceIncrementRequest SortedSetIncrement(
    absl::string_view key, absl::string_view member, double delta) {
  auto request = WithKey<v1::SortedSetServiceIncrementRequest>(key);
  request.set_member(member.data(), member.size());
  request.set_delta(delta);
  return request;
}

v1::SortedSetServicePopRequest SortedSetPop(absl::string_view key,
                                            int64_t count, bool highest) {
  v1::SortedSetServicePopRequest request;
  request.add_keys(key.data(), key.size());
  request.set_count(count);
  request.set_highest(highest);
  return request;
}

v1::SortedSetServiceSampleRequest SortedSetSample(absl::string_view key,
                                                  int64_t count) {
  auto request = WithKey<v1::SortedSetServiceSampleRequest>(key);
  request.set_count(count);
  request.set_with_scores(true);
  return request;
}

v1::SortedSetServiceScanRequest SortedSetScan(absl::string_view key) {
  return WithKey<v1::SortedSetServiceScanRequest>(key);
}

v1::RankRange ByRank(int64_t start, int64_t stop) {
  v1::RankRange range;
  range.set_start(start);
  range.set_stop(stop);
  return range;
}

v1::ScoreRange ByScore(absl::optional<double> min, absl::optional<double> max) {
  v1::ScoreRange range;
  if (min) range.set_min(*min);
  if (max) range.set_max(*max);
  return range;
}

v1::MemberRange ByMember(absl::optional<std::string> min,
                         absl::optional<std::string> max) {
  v1::MemberRange range;
  if (min) range.set_min(*std::move(min));
  if (max) range.set_max(*std::move(max));
  return range;
}

v1::SortedSetServiceCountRequest SortedSetCount(absl::string_view key) {
  return WithKey<v1::SortedSetServiceCountRequest>(key);
}

v1::SortedSetServiceCombineRequest SortedSetCombine(
    v1::CombineOperation operation, absl::Span<const std::string> keys) {
  v1::SortedSetServiceCombineRequest request;
  request.set_operation(operation);
  request.set_with_scores(true);
  for (const std::string& key : keys) request.add_inputs()->set_key(key);
  return request;
}

}  // namespace fastkv
