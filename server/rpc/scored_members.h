#ifndef FASTKV_SERVER_RPC_SCORED_MEMBERS_H_
#define FASTKV_SERVER_RPC_SCORED_MEMBERS_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "fastkv/v1/types.pb.h"
#include "google/protobuf/repeated_field.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_range.h"

// Members of sorted sets as responses carry them.
namespace kv::server {

// ScoredMembers: writes members to a response, as long as the budget lasts.
class ScoredMembers {
 public:
  using Field = google::protobuf::RepeatedPtrField<fastkv::v1::ScoredMember>;

  ScoredMembers(bool with_scores, ResponseBudget* budget, Field* field)
      : with_scores_(with_scores), budget_(budget), field_(field) {}

  // Makes room for so many. False: no response has room for them.
  bool Reserve(size_t count) {
    // Members of no length need this much each.
    constexpr size_t kLeastMemberBytes = 4;
    if (count > budget_->left() / kLeastMemberBytes) return false;
    field_->Reserve(static_cast<int>(count));
    return true;
  }

  void Add(absl::string_view member, double score) {
    // Its fields beside its bytes: two tags, two lengths, a double.
    constexpr size_t kMemberFieldsBytes = 24;
    ok_ = ok_ && budget_->Take(member.size() + kMemberFieldsBytes);
    if (!ok_) return;
    fastkv::v1::ScoredMember* scored = field_->Add();
    scored->set_member(member.data(), member.size());
    if (with_scores_) scored->set_score(score);
  }

  // False: the budget did not last.
  bool ok() const { return ok_; }

 private:
  const bool with_scores_;
  ResponseBudget* const budget_;
  Field* const field_;
  bool ok_ = true;
};

inline RpcStatus WriteMembers(const store::sorted_sets::MemberRange& range,
                              bool with_scores, ResponseBudget* budget,
                              ScoredMembers::Field* field) {
  ScoredMembers members(with_scores, budget, field);
  if (!members.Reserve(range.size())) return ResponseTooLarge();
  range.Visit([&members](absl::string_view member, double score) {
    members.Add(member, score);
  });
  return members.ok() ? RpcStatus() : ResponseTooLarge();
}

inline RpcStatus WriteMembers(
    absl::Span<const store::sorted_sets::ScoredMember> range, bool with_scores,
    ResponseBudget* budget, ScoredMembers::Field* field) {
  ScoredMembers members(with_scores, budget, field);
  if (!members.Reserve(range.size())) return ResponseTooLarge();
  for (const auto& [member, score] : range) members.Add(member, score);
  return members.ok() ? RpcStatus() : ResponseTooLarge();
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SCORED_MEMBERS_H_
