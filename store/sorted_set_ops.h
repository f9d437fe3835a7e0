#ifndef FASTKV_STORE_SORTED_SET_OPS_H_
#define FASTKV_STORE_SORTED_SET_OPS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set.h"
#include "store/transaction.h"

// Operations on sorted sets. Each runs inside a transaction that holds the
// key's shard, and borrows the bytes it is given until that ends. A key of
// another type is OpStatus::kWrongType; an absent key is an empty set. Ranks
// count from 0.
namespace kv::store::sorted_sets {

struct ScoredMember {
  absl::string_view member;
  double score = 0;
};

// Which members a write may touch. only_new excludes the other three; greater
// and less exclude each other (OpStatus::kBadOptions).
struct AddOptions {
  bool only_new = false;       // NX: never change a member that exists
  bool only_existing = false;  // XX: never add a member
  bool greater = false;        // GT: change a score only to a greater one
  bool less = false;           // LT: change a score only to a lesser one
};

struct AddOutcome {
  size_t added = 0;
  size_t updated = 0;    // members that existed and got another score
  uint64_t version = 0;  // the entry's, after the call; 0: none
};

// Adds members or changes their scores; a member that stands twice gets its
// last score. kNotANumber: a score is NaN; nothing is changed.
OpResult<AddOutcome> Add(Transaction& txn, const Key& key,
                         absl::Span<const ScoredMember> members,
                         const AddOptions& options = {});

// Adds `delta` to the member's score (absent: 0). Nullopt: the options forbade
// it. kNotANumber: the sum would be NaN (inf - inf) or delta is; nothing is
// changed.
OpResult<absl::optional<double>> Increment(Transaction& txn, const Key& key,
                                           absl::string_view member,
                                           double delta,
                                           const AddOptions& options = {});

// Removes members and returns how many there were.
OpResult<size_t> Remove(Transaction& txn, const Key& key,
                        absl::Span<const absl::string_view> members);

// The member's score, or nullopt.
OpResult<absl::optional<double>> Score(const Transaction& txn, const Key& key,
                                       absl::string_view member);

// The number of members.
OpResult<size_t> Cardinality(const Transaction& txn, const Key& key);

struct RankOutcome {
  size_t rank = 0;
  double score = 0;
};

// The member's place by ascending (descending if `reverse`) score.
OpResult<absl::optional<RankOutcome>> Rank(const Transaction& txn,
                                           const Key& key,
                                           absl::string_view member,
                                           bool reverse);

// Scores from min to max; both ends belong to it unless excluded.
struct ScoreRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool exclude_min = false;
  bool exclude_max = false;
};

// How many members have a score in the range.
OpResult<size_t> Count(const Transaction& txn, const Key& key,
                       const ScoreRange& range);

// MemberRange: neighbouring members of one set, in order; nothing is copied.
//
// Borrows    the set: valid until the transaction changes it or ends.
class MemberRange {
 public:
  MemberRange() = default;
  // `count` members from ascending rank `first`, walking down if `reverse`.
  MemberRange(const SortedSet* set, size_t first, size_t count, bool reverse)
      : set_(set), first_(first), count_(count), reverse_(reverse) {}

  size_t size() const { return count_; }

  // Calls visit(member, score) for each.
  template <typename Visitor>
  void Visit(Visitor&& visit) const {
    if (count_ > 0) {
      set_->Visit(first_, count_, reverse_, std::forward<Visitor>(visit));
    }
  }

 private:
  const SortedSet* set_ = nullptr;
  size_t first_ = 0;
  size_t count_ = 0;
  bool reverse_ = false;
};

// Members from rank `start` to rank `stop`, both included; negative ranks count
// from the end (-1 is the last). `reverse` counts from the highest score.
OpResult<MemberRange> RangeByRank(const Transaction& txn, const Key& key,
                                  int64_t start, int64_t stop, bool reverse);

inline constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

// Members whose score is in the range, from the highest if `reverse`, without
// the first `offset` and at most `limit`.
OpResult<MemberRange> RangeByScore(const Transaction& txn, const Key& key,
                                   const ScoreRange& range, bool reverse,
                                   size_t offset = 0, size_t limit = kNoLimit);

// At most `limit` members, ascending, from the one that stands `offset` places
// behind (negative: before) the first that is not less than (score, member).
// Empty if there is no such first one, or none where the offset leads.
// REQUIRES: !isnan(score)
OpResult<MemberRange> RangeFromPair(const Transaction& txn, const Key& key,
                                    double score, absl::string_view member,
                                    int64_t offset, size_t limit = kNoLimit);

}  // namespace kv::store::sorted_sets

#endif  // FASTKV_STORE_SORTED_SET_OPS_H_
