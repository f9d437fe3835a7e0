#ifndef FASTKV_CLIENTS_CPP_REQUESTS_H_
#define FASTKV_CLIENTS_CPP_REQUESTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "clients/cpp/expiry.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/sorted_set.pb.h"

// Requests, spelled shortly. Each function makes the request of the call that
// it is named after; the call's comments in the .proto files are the reference.
// What is rarely needed is set on the request itself:
//
//   client->Call(Set("k", "v", {.expiry = Expiry::In(absl::Minutes(1))}));
//   pipeline->Submit(Increment("n", 5));
//   Transaction().If(VersionOf("k").Equals(7)).Then(Set("k", "v"))
namespace fastkv {

// What must hold for a Set or Delete to happen.
class Condition {
 public:
  enum class Kind { kNone, kExists, kAbsent, kVersion, kValue };

  Condition() = default;
  // REQUIRES: for Set only.
  static Condition MustExist() { return Condition(Kind::kExists); }
  // REQUIRES: for Set only.
  static Condition MustNotExist() { return Condition(Kind::kAbsent); }
  // The entry has this version; 0: the key does not exist.
  static Condition VersionEquals(uint64_t version);
  // The key holds exactly this string.
  static Condition ValueEquals(absl::string_view value);

  Kind kind() const { return kind_; }
  uint64_t version() const { return version_; }
  const std::string& value() const { return value_; }

 private:
  explicit Condition(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::kNone;
  uint64_t version_ = 0;
  std::string value_;
};

struct SetOptions {
  Expiry expiry;
  Condition condition;
  // Whether the answer has the value from before.
  bool return_previous = false;
};

struct DeleteOptions {
  Condition condition;
  bool return_previous = false;
};

v1::GetRequest Get(absl::string_view key);
v1::SetRequest Set(absl::string_view key, absl::string_view value,
                   const SetOptions& options = {});
v1::DeleteRequest Delete(absl::string_view key,
                         const DeleteOptions& options = {});
v1::ExistsRequest Exists(absl::string_view key);
v1::GetTtlRequest GetTtl(absl::string_view key);
// REQUIRES: an expiry that is In or At.
v1::ExpireRequest Expire(
    absl::string_view key, const Expiry& expiry,
    v1::ExpireCondition condition = v1::EXPIRE_CONDITION_UNSPECIFIED);
v1::PersistRequest Persist(absl::string_view key);
v1::IncrementRequest Increment(absl::string_view key, int64_t delta = 1);
v1::AppendRequest Append(absl::string_view key, absl::string_view suffix);
v1::BatchGetRequest BatchGet(absl::Span<const std::string> keys);
v1::BatchSetRequest BatchSet(
    absl::Span<const std::pair<std::string, std::string>> entries,
    const Expiry& expiry = {});
v1::BatchDeleteRequest BatchDelete(absl::Span<const std::string> keys);
// The first page of the keys with this prefix.
v1::ListKeysRequest ListKeys(absl::string_view prefix = "");

// A member with its score.
using Scored = std::pair<std::string, double>;

v1::SortedSetServiceAddRequest SortedSetAdd(absl::string_view key,
                                            absl::Span<const Scored> members);
v1::SortedSetServiceRemoveRequest SortedSetRemove(
    absl::string_view key, absl::Span<const std::string> members);
v1::SortedSetServiceGetScoresRequest SortedSetGetScores(
    absl::string_view key, absl::Span<const std::string> members);
v1::SortedSetServiceGetRankRequest SortedSetGetRank(absl::string_view key,
                                                    absl::string_view member,
                                                    bool reverse = false);
v1::SortedSetServiceIncrementRequest SortedSetIncrement(
    absl::string_view key, absl::string_view member, double delta = 1);
v1::SortedSetServicePopRequest SortedSetPop(absl::string_view key,
                                            int64_t count = 1,
                                            bool highest = false);
v1::SortedSetServiceSampleRequest SortedSetSample(absl::string_view key,
                                                  int64_t count = 1);
v1::SortedSetServiceScanRequest SortedSetScan(absl::string_view key);

v1::RankRange ByRank(int64_t start, int64_t stop = -1);
// Both ends are inside; set exclude_min and exclude_max otherwise.
v1::ScoreRange ByScore(absl::optional<double> min, absl::optional<double> max);
v1::MemberRange ByMember(absl::optional<std::string> min,
                         absl::optional<std::string> max);

// A range, for any request that has one.
template <typename Request>
void SetRange(Request* request, v1::RankRange range) {
  *request->mutable_by_rank() = std::move(range);
}
template <typename Request>
void SetRange(Request* request, v1::ScoreRange range) {
  *request->mutable_by_score() = std::move(range);
}
template <typename Request>
void SetRange(Request* request, v1::MemberRange range) {
  *request->mutable_by_member() = std::move(range);
}

// With scores, from the lowest; set reverse, offset and limit on the request.
template <typename RangeType>
v1::SortedSetServiceRangeRequest SortedSetRange(absl::string_view key,
                                                RangeType range) {
  v1::SortedSetServiceRangeRequest request;
  request.set_key(std::string(key));
  request.set_with_scores(true);
  SetRange(&request, std::move(range));
  return request;
}

// REQUIRES: a range by score or by member.
template <typename RangeType>
v1::SortedSetServiceCountRequest SortedSetCount(absl::string_view key,
                                                RangeType range) {
  v1::SortedSetServiceCountRequest request;
  request.set_key(std::string(key));
  SetRange(&request, std::move(range));
  return request;
}
// Counts all members.
v1::SortedSetServiceCountRequest SortedSetCount(absl::string_view key);

template <typename RangeType>
v1::SortedSetServiceRemoveRangeRequest SortedSetRemoveRange(
    absl::string_view key, RangeType range) {
  v1::SortedSetServiceRemoveRangeRequest request;
  request.set_key(std::string(key));
  SetRange(&request, std::move(range));
  return request;
}

template <typename RangeType>
v1::SortedSetServiceStoreRangeRequest SortedSetStoreRange(
    absl::string_view destination, absl::string_view source, RangeType range) {
  v1::SortedSetServiceStoreRangeRequest request;
  request.set_destination(std::string(destination));
  request.set_source(std::string(source));
  SetRange(&request, std::move(range));
  return request;
}

// Answers with the members and their scores; set weights, the aggregate and
// what to do with the result on the request.
v1::SortedSetServiceCombineRequest SortedSetCombine(
    v1::CombineOperation operation, absl::Span<const std::string> keys);

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_REQUESTS_H_
