#ifndef FASTKV_STORE_SORTED_SET_RANGE_H_
#define FASTKV_STORE_SORTED_SET_RANGE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set.h"
#include "store/transaction.h"

// Operations on neighbouring members of a sorted set: by rank, by score or by
// the members themselves. As in sorted_set_ops.h, a key of another type is
// OpStatus::kWrongType, an absent key is an empty set, and ranks count from 0.
namespace kv::store::sorted_sets {

// Scores from min to max; both ends belong to it unless excluded.
struct ScoreRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool exclude_min = false;
  bool exclude_max = false;
};

// One end of a range of members, in the order of their bytes.
struct LexBound {
  enum class Kind : uint8_t {
    kLowest,   // before all members
    kMember,   // at `member`, which need not exist
    kHighest,  // behind all members
  };

  Kind kind = Kind::kLowest;
  bool exclude = false;  // of kMember
  absl::string_view member;
};

// Members from min to max. It means something only if all scores of the set
// are equal; otherwise it selects some members, as in Redis.
struct LexRange {
  LexBound min = {.kind = LexBound::Kind::kLowest};
  LexBound max = {.kind = LexBound::Kind::kHighest};
};

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
  // The ascending rank of the lowest member.
  size_t lowest_rank() const { return reverse_ ? first_ + 1 - count_ : first_; }
  // The same members from the lowest.
  MemberRange Ascending() const {
    return MemberRange(set_, lowest_rank(), count_, /*reverse=*/false);
  }

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

// How many members have a score in the range.
OpResult<size_t> Count(const Transaction& txn, const Key& key,
                       const ScoreRange& range);

// How many members are in the range.
OpResult<size_t> CountByLex(const Transaction& txn, const Key& key,
                            const LexRange& range);

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

// Members that are in the range, as RangeByScore.
OpResult<MemberRange> RangeByLex(const Transaction& txn, const Key& key,
                                 const LexRange& range, bool reverse,
                                 size_t offset = 0, size_t limit = kNoLimit);

// At most `limit` members, ascending, from the one that stands `offset` places
// behind (negative: before) the first that is not less than (score, member).
// Empty if there is no such first one, or none where the offset leads.
// REQUIRES: !isnan(score)
OpResult<MemberRange> RangeFromPair(const Transaction& txn, const Key& key,
                                    double score, absl::string_view member,
                                    int64_t offset, size_t limit = kNoLimit);

// A range, however it is told.
struct RangeQuery {
  enum class By : uint8_t { kRank, kScore, kLex };

  By by = By::kRank;
  bool reverse = false;          // from the highest score down
  int64_t start = 0, stop = -1;  // of kRank
  ScoreRange scores;             // of kScore
  LexRange lex;                  // of kLex
  // Of kScore and kLex.
  size_t offset = 0;
  size_t limit = kNoLimit;
};

// The members that the query asks for.
OpResult<MemberRange> Select(const Transaction& txn, const Key& key,
                             const RangeQuery& query);

// Removes them and returns how many they are.
OpResult<size_t> RemoveSelected(Transaction& txn, const Key& key,
                                const RangeQuery& query);

// Removes the members of a range and returns how many they are.
// REQUIRES: the range was read from `key` and is still valid.
size_t RemoveRange(Transaction& txn, const Key& key, const MemberRange& range);

// Makes `destination` the sorted set of the range's members, without deadline
// and whatever it held before; removes it if there are none. Returns how many
// there are. The range may be of the destination itself.
size_t StoreRange(Transaction& txn, const Key& destination,
                  const MemberRange& range);

enum class End : uint8_t { kLowest, kHighest };

// What a pop takes, in the order of popping.
struct PopSelection {
  Key key;              // of the set; of no meaning if there are no members
  MemberRange members;  // valid until the transaction changes the set or ends
};

// Finds up to `count` members of the lowest or highest score of the first of
// `keys` that is not empty. kWrongType: a key of another type stands before it.
OpResult<PopSelection> SelectPop(const Transaction& txn,
                                 absl::Span<const Key> keys, End end,
                                 size_t count);

// Removes what SelectPop with the same `end` found.
void RemovePopped(Transaction& txn, End end, const PopSelection& popped);

// Takes what is popped while it is still there, in the order of popping; not
// called if there is nothing.
using TakePopped = absl::FunctionRef<void(const Key&, const MemberRange&)>;

// Both in one: returns how many members were removed.
OpResult<size_t> Pop(Transaction& txn, absl::Span<const Key> keys, End end,
                     size_t count, TakePopped take);

}  // namespace kv::store::sorted_sets

#endif  // FASTKV_STORE_SORTED_SET_RANGE_H_
