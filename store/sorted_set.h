#ifndef FASTKV_STORE_SORTED_SET_H_
#define FASTKV_STORE_SORTED_SET_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/flat_run.h"
#include "store/indexed_set.h"

namespace kv::store {

enum class Upserted : uint8_t { kAdded, kUpdated, kUnchanged };

// SortedSet: members with scores, ordered by (score, member), with ranks.
//
// Members are any bytes, up to kMaxValueBytes, and are compared byte by byte,
// a prefix first. Scores are any doubles but NaN; -0.0 equals 0.0. Ranks count
// from 0 in ascending order.
//
// A set begins as one packed run and becomes a tree with an index when it
// outgrows FlatRun's limits. It never goes back: a set that has been large is
// likely to be so again, and one at the limit would pay for each crossing.
//
// It is one pointer, and may stand at any address: see FlatRun.
//
// Owns       its members. Views of them are valid until the next change, and
//            no argument may be such a view.
// Threads    compatible; the shard's mutex guards it.
// Cost       Score O(1); changes and ranks O(log n); Visit O(log n + count).
class SortedSet {
 public:
  struct Item {
    absl::string_view member;
    double score;
  };
  using MemberFunction = absl::FunctionRef<void(absl::string_view, double)>;

  SortedSet() : flat_() {}
  SortedSet(SortedSet&& other) noexcept : flat_(std::move(other.flat_)) {}
  SortedSet& operator=(SortedSet&& other) noexcept {
    flat_ = std::move(other.flat_);
    return *this;
  }
  ~SortedSet() { Clear(); }
  // A set with the same members, in the same representation. O(n).
  SortedSet Clone() const;

  size_t size() const { return is_flat() ? flat_.size() : indexed()->size(); }
  absl::optional<double> Score(absl::string_view member) const;

  // Fetches what operations on these members will read, so that their cache
  // misses happen at the same time and not one after another; `with_places`:
  // also for those that need more than the score.
  void Prefetch(absl::Span<const absl::string_view> members,
                bool with_places) const {
    if (!is_flat()) indexed()->Prefetch(members, with_places);
  }

  // REQUIRES: !isnan(score)
  Upserted Upsert(absl::string_view member, double score);
  // Adds a member that stands behind all others; the quick way to make a set.
  // REQUIRES: as Upsert, and no member here is equal or behind
  void Append(absl::string_view member, double score);
  // Whether the member was here.
  bool Erase(absl::string_view member);
  // Erases the members of `count` ranks from `first`, as far as they exist,
  // and returns how many. Calls about_to_erase for each, in ascending order;
  // it must not use the set.
  size_t EraseRange(size_t first, size_t count, MemberFunction about_to_erase);

  // Where a member stands.
  struct Standing {
    size_t rank;
    double score;
  };
  absl::optional<Standing> Find(absl::string_view member) const;
  absl::optional<size_t> Rank(absl::string_view member) const;
  // REQUIRES: rank < size()
  Item At(size_t rank) const;

  // How many members stand before a bound.
  // Members with a smaller score (or an equal one, if after_equals).
  size_t RankOfScore(double score, bool after_equals) const;
  // Members before the pair, which need not be here.
  size_t RankOfPair(double score, absl::string_view member) const;
  // Members before `member` (or up to it, if after_equals), whatever the score.
  // REQUIRES: all scores are equal; otherwise the answer means nothing
  size_t RankOfMember(absl::string_view member, bool after_equals) const;

  // Calls f(member, score) for up to `count` members, from rank `first` on:
  // upwards, or downwards if `reverse`. f must not change the set.
  template <typename F>
  void Visit(size_t first, size_t count, bool reverse, F&& f) const {
    if (is_flat()) return flat_.Visit(first, count, reverse, f);
    indexed()->Visit(first, count, reverse, f);
  }

  // Calls f for at least `count` members, or for all that are left, beginning
  // at `cursor`, 0 at first. Returns the cursor to go on with; 0 means that the
  // scan is complete. A member that is here during the whole scan is visited,
  // whatever comes and goes; it may be visited twice. Cursors are hashes and
  // mean nothing to another process.
  uint64_t Scan(uint64_t cursor, size_t count, MemberFunction f) const;

  // What the set takes beside sizeof(SortedSet), by the size classes of usual
  // allocators.
  size_t MemoryBytes() const {
    return is_flat() ? flat_.MemoryBytes() : indexed()->MemoryBytes();
  }
  bool is_flat() const { return (bits() & kIndexed) == 0; }

  // Gives up a set in steps, each as short as a visit of some thousand members;
  // returns whether anything is left. After the first call only this and the
  // destructor may be called.
  bool ClearSome() { return !is_flat() && indexed()->ClearSome(); }

  // Aborts unless the invariants hold.
  void CheckInvariants() const;

 private:
  template <typename Before>
  size_t CountBefore(Before before) const {
    return is_flat() ? flat_.CountBefore(before)
                     : indexed()->CountBefore(before);
  }
  Upserted UpsertFlat(absl::string_view member, double score);
  Upserted UpsertIndexed(absl::string_view member, double score);
  void BuildIndex();

  void Clear();

  // The pointer to an IndexedSet has this bit set; to a run's block, it has
  // not.
  static constexpr uintptr_t kIndexed = 1;
  uintptr_t bits() const {
    uintptr_t bits;
    std::memcpy(&bits, static_cast<const void*>(this), sizeof(bits));
    return bits;
  }
  void set_bits(uintptr_t bits) {
    std::memcpy(static_cast<void*>(this), &bits, sizeof(bits));
  }
  // REQUIRES: !is_flat()
  IndexedSet* indexed() const {
    return reinterpret_cast<IndexedSet*>(bits() & ~kIndexed);
  }

  // No destructor of its own: what looks like a run may be an IndexedSet.
  union {
    FlatRun flat_;
  };
};
static_assert(sizeof(SortedSet) == sizeof(void*) && alignof(SortedSet) == 1);

}  // namespace kv::store

#endif  // FASTKV_STORE_SORTED_SET_H_
