#ifndef FASTKV_STORE_FLAT_RUN_H_
#define FASTKV_STORE_FLAT_RUN_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/packed_score.h"

namespace kv::store {

// FlatRun: a small sorted set in one packed allocation, in the order of
// (score, member), without any index. Every operation walks it from its
// beginning, which for this few bytes costs less than following pointers.
//
// Owns       its allocation, which grows and shrinks by the steps that
//            allocators have, so that nothing is kept in reserve.
// Threads    compatible.
// Format     members (1), length of each member + 1, or 0 if they differ (1);
//            then for each member, if lengths differ, the length of what
//            follows (1), its score (packed_score.h) and its bytes. In memory
//            only. What ends a member comes first, so that a walk waits for one
//            byte a member and no more. How many bytes are used is not stored:
//            whoever changes the run walks it anyway.
// Cost       all O(bytes): at the limits, about half a microsecond.
//
// It is packed so that it may stand at any address: entries hold sorted sets
// behind keys of any length.
class __attribute__((packed)) FlatRun {
 public:
  // Beyond these a tree and an index are faster. The limits are Redis'
  // defaults (zset-max-listpack-entries 128, -value 64).
  static constexpr size_t kMaxMembers = 128;
  static constexpr size_t kMaxMemberBytes = 64;

  // Where a member stands; valid until the next change.
  struct Place {
    size_t rank;
    size_t offset;
    double score;
  };

  FlatRun() = default;
  FlatRun(FlatRun&& other) noexcept : block_(other.block_) {
    other.block_ = nullptr;
  }
  FlatRun& operator=(FlatRun&& other) noexcept {
    char* block = other.block_;
    other.block_ = block_;
    block_ = block;
    return *this;
  }
  ~FlatRun() { Clear(); }
  FlatRun Clone() const;

  size_t size() const {
    return block_ == nullptr ? 0 : static_cast<uint8_t>(block_[0]);
  }
  // Whether `member` may still be inserted.
  bool HasRoomFor(absl::string_view member) const {
    return size() < kMaxMembers && member.size() <= kMaxMemberBytes;
  }
  absl::optional<Place> Find(absl::string_view member) const;

  // The number of leading members for which before(score, member) is true;
  // member() is the member's bytes.
  template <typename Before>
  size_t CountBefore(Before before) const {
    const char* at = begin();
    return SkipBefore(before, &at);
  }

  // As SortedSet::Visit.
  template <typename F>
  void Visit(size_t first, size_t count, bool reverse, F&& f) const;

  // REQUIRES: HasRoomFor(member), !Find(member), and that `member` is not a
  // view of this run.
  void Insert(absl::string_view member, double score);
  void Erase(const Place& place);
  // Takes out the members of `count` ranks from `first`, as far as they exist.
  void EraseRange(size_t first, size_t count);
  void Clear();

  // Of the allocation, as an allocator with four size classes for each
  // doubling hands it out.
  size_t MemoryBytes() const;

  // Aborts unless the members are in order and the header tells the truth.
  void CheckInvariants() const;

 private:
  static constexpr size_t kHeaderBytes = 2;
  static_assert(kMaxMembers <= 255);
  static_assert(kMaxPackedScoreBytes + kMaxMemberBytes <= 255);

  // One packed member, read in place.
  struct Entry {
    Entry(const char* at, uint8_t common) {
      if (common != 0) {
        packed_score = at;
        end = at + PackedScoreBytes(*at) + common - 1;
      } else {
        packed_score = at + 1;
        end = packed_score + static_cast<uint8_t>(*at);
      }
    }
    double score() const { return UnpackScore(packed_score); }
    absl::string_view member() const {
      const char* bytes = packed_score + PackedScoreBytes(*packed_score);
      return {bytes, static_cast<size_t>(end - bytes)};
    }

    const char* packed_score;
    const char* end;
  };

  // The length of each member + 1; 0: they differ.
  uint8_t common() const { return static_cast<uint8_t>(block_[1]); }
  Entry EntryAt(const char* at) const { return Entry(at, common()); }
  const char* begin() const {
    return block_ == nullptr ? nullptr : block_ + kHeaderBytes;
  }
  // CountBefore from *at, which it moves behind the counted members.
  template <typename Before>
  size_t SkipBefore(Before& before, const char** at) const;
  // Where the `count`-th member behind the one at `at` begins, or where the
  // last one ends.
  const char* Skip(const char* at, size_t count) const;
  // Where the member of rank `rank` begins, or where the last one ends.
  size_t OffsetOf(size_t rank) const { return Skip(begin(), rank) - block_; }
  void Resize(size_t old_used, size_t used, size_t members);
  void StoreLengths();
  void EraseBytes(size_t from, size_t to, size_t used, size_t members);

  char* block_ = nullptr;  // null: no members
};
static_assert(sizeof(FlatRun) == sizeof(char*));

template <typename Before>
size_t FlatRun::SkipBefore(Before& before, const char** at) const {
  for (size_t rank = 0, members = size(); rank < members; ++rank) {
    const Entry entry = EntryAt(*at);
    if (!before(entry.score(), [&] { return entry.member(); })) return rank;
    *at = entry.end;
  }
  return size();
}

template <typename F>
void FlatRun::Visit(size_t first, size_t count, bool reverse, F&& f) const {
  if (first >= size()) return;
  const char* at = begin();
  if (!reverse) {
    at = block_ + OffsetOf(first);
    for (count = count < size() - first ? count : size() - first; count > 0;
         --count) {
      const Entry entry = EntryAt(at);
      f(entry.member(), entry.score());
      at = entry.end;
    }
    return;
  }
  // Lengths stand before the members, so that the way down is found going up.
  const char* begins[kMaxMembers];
  for (size_t rank = 0; rank <= first; ++rank) {
    begins[rank] = at;
    at = EntryAt(at).end;
  }
  for (size_t rank = first + 1; rank > 0 && count > 0; --count) {
    const Entry entry = EntryAt(begins[--rank]);
    f(entry.member(), entry.score());
  }
}

}  // namespace kv::store

#endif  // FASTKV_STORE_FLAT_RUN_H_
