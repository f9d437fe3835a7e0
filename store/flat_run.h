#ifndef FASTKV_STORE_FLAT_RUN_H_
#define FASTKV_STORE_FLAT_RUN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

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
// Format     used bytes (2), members (1), then for each member the length of
//            what follows (1), its score (packed_score.h) and its bytes. In
//            memory only. The length comes first so that a walk waits for one
//            byte a member and no more.
// Cost       all O(bytes): at the limits, about half a microsecond.
class FlatRun {
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
  FlatRun(FlatRun&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)) {}
  FlatRun& operator=(FlatRun&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~FlatRun() { Clear(); }
  FlatRun Clone() const;

  size_t size() const {
    return block_ == nullptr ? 0 : static_cast<uint8_t>(block_[2]);
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
  static constexpr size_t kHeaderBytes = 3;
  static_assert(kMaxMembers <= 255);
  static_assert(kMaxPackedScoreBytes + kMaxMemberBytes <= 255);
  static_assert(kMaxMembers * (kMaxPackedScoreBytes + 1 + kMaxMemberBytes) +
                    kHeaderBytes <=
                65535);

  // One packed member, read in place.
  struct Entry {
    explicit Entry(const char* at)
        : packed_score(at + 1), end(at + 1 + static_cast<uint8_t>(*at)) {}
    double score() const { return UnpackScore(packed_score); }
    absl::string_view member() const {
      const char* bytes = packed_score + PackedScoreBytes(*packed_score);
      return {bytes, static_cast<size_t>(end - bytes)};
    }

    const char* packed_score;
    const char* end;
  };

  size_t used() const {
    if (block_ == nullptr) return kHeaderBytes;
    uint16_t used;
    std::memcpy(&used, block_, sizeof(used));
    return used;
  }
  const char* begin() const {
    return block_ == nullptr ? nullptr : block_ + kHeaderBytes;
  }
  // CountBefore from *at, which it moves behind the counted members.
  template <typename Before>
  size_t SkipBefore(Before& before, const char** at) const;
  // Where the member of rank `rank` begins, or where the last one ends.
  size_t OffsetOf(size_t rank) const;
  void Resize(size_t used, size_t members);
  void EraseBytes(size_t from, size_t to, size_t members);

  char* block_ = nullptr;  // null: no members
};

template <typename Before>
size_t FlatRun::SkipBefore(Before& before, const char** at) const {
  for (size_t rank = 0, members = size(); rank < members; ++rank) {
    const Entry entry(*at);
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
      const Entry entry(at);
      f(entry.member(), entry.score());
      at = entry.end;
    }
    return;
  }
  // Lengths stand before the members, so that the way down is found going up.
  const char* begins[kMaxMembers];
  for (size_t rank = 0; rank <= first; ++rank) {
    begins[rank] = at;
    at = Entry(at).end;
  }
  for (size_t rank = first + 1; rank > 0 && count > 0; --count) {
    const Entry entry(begins[--rank]);
    f(entry.member(), entry.score());
  }
}

}  // namespace kv::store

#endif  // FASTKV_STORE_FLAT_RUN_H_
