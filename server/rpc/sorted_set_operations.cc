#include "server/rpc/sorted_set_operations.h"

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/random/bit_gen_ref.h"
#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "server/rpc/scored_members.h"
#include "store/base/op_status.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_sample.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
namespace sorted_sets = store::sorted_sets;

using store::Key;
using store::Transaction;

// The members of a call; the usual one needs no allocation.
template <typename T>
using Members = absl::InlinedVector<T, 64>;

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

// Draws of all calls of a thread; good enough for samples.
absl::BitGenRef Randomness() {
  static thread_local absl::InsecureBitGen random;
  return random;
}

}  // namespace

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::SortedSetServiceAddRequest& request, ResponseBudget*,
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
  const auto outcome = sorted_sets::Add(txn, key, members, options);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_added(static_cast<int64_t>(outcome->added));
  response->set_updated(static_cast<int64_t>(outcome->updated));
  response->set_version(outcome->version);
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::SortedSetServiceRemoveRequest& request, ResponseBudget*,
              pb::SortedSetServiceRemoveResponse* response) {
  const Members<absl::string_view> members(request.members().begin(),
                                           request.members().end());
  const auto removed = sorted_sets::Remove(txn, key, members);
  if (!removed.ok()) return ToRpcStatus(removed.status());
  response->set_removed(static_cast<int64_t>(*removed));
  return {};
}

RpcStatus Run(const Transaction& txn, const Key& key,
              const pb::SortedSetServiceGetScoresRequest& request,
              ResponseBudget* budget,
              pb::SortedSetServiceGetScoresResponse* response) {
  constexpr size_t kScoreBytes = 11;  // two tags, a length, a double
  const Members<absl::string_view> members(request.members().begin(),
                                           request.members().end());
  if (!budget->Take(members.size() * kScoreBytes)) return ResponseTooLarge();
  response->mutable_scores()->Reserve(request.members_size());
  const auto found = sorted_sets::Scores(
      txn, key, members, [response](absl::optional<double> score) {
        pb::MemberScore* result = response->add_scores();
        if (score.has_value()) result->set_score(*score);
      });
  return ToRpcStatus(found.status());
}

RpcStatus Run(const Transaction& txn, const Key& key,
              const pb::SortedSetServiceGetRankRequest& request,
              ResponseBudget*, pb::SortedSetServiceGetRankResponse* response) {
  const auto place =
      sorted_sets::Rank(txn, key, request.member(), request.reverse());
  if (!place.ok()) return ToRpcStatus(place.status());
  if (place->has_value()) {
    response->set_rank(static_cast<int64_t>((*place)->rank));
    response->set_score((*place)->score);
  }
  return {};
}

RpcStatus Run(Transaction& txn, const Key& key,
              const pb::SortedSetServiceIncrementRequest& request,
              ResponseBudget*,
              pb::SortedSetServiceIncrementResponse* response) {
  sorted_sets::AddOptions options;
  if (RpcStatus status = ReadAddOptions(request, &options); !status.ok()) {
    return status;
  }
  const auto score = sorted_sets::Increment(
      txn, key, request.member(), request.has_delta() ? request.delta() : 1,
      options);
  if (!score.ok()) return ToRpcStatus(score.status());
  if (score->has_value()) response->set_score(**score);
  return {};
}

RpcStatus Run(const Transaction& txn, const Key& key,
              const pb::SortedSetServiceSampleRequest& request,
              ResponseBudget* budget,
              pb::SortedSetServiceSampleResponse* response) {
  if (request.count() < 0) return InvalidField("count is negative");
  const auto count =
      request.count() == 0 ? 1 : static_cast<size_t>(request.count());
  if (request.repeats() && count > sorted_sets::kMaxDraws) {
    return InvalidField("count with repeats is more than 1,048,576");
  }
  const auto sample =
      request.repeats()
          ? sorted_sets::RandomDraws(txn, key, count, Randomness())
          : sorted_sets::RandomMembers(txn, key, count, Randomness());
  if (sample.status() == store::OpStatus::kTooLarge) return ResponseTooLarge();
  if (!sample.ok()) return ToRpcStatus(sample.status());
  return WriteMembers(*sample, request.with_scores(), budget,
                      response->mutable_members());
}

}  // namespace kv::server
