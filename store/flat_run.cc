#include "store/flat_run.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "store/base/allocation.h"
#include "store/base/check.h"

namespace kv::store {
FlatRun FlatRun::Clone() const {
  FlatRun copy;
  if (block_ == nullptr) return copy;
  const size_t used = OffsetOf(size());
  copy.Resize(0, used, size());
  std::memcpy(copy.block_, block_, used);
  return copy;
}

absl::optional<FlatRun::Place> FlatRun::Find(absl::string_view member) const {
  const char* at = begin();
  for (size_t rank = 0, members = size(); rank < members; ++rank) {
    const Entry entry = EntryAt(at);
    if (entry.member() == member) {
      return Place{rank, static_cast<size_t>(at - block_), entry.score()};
    }
    at = entry.end;
  }
  return absl::nullopt;
}

void FlatRun::Insert(absl::string_view member, double score) {
  const uint8_t length = static_cast<uint8_t>(member.size() + 1);
  if (block_ == nullptr) {
    Resize(0, kHeaderBytes, 1);  // a member that is about to come
    block_[0] = 0;
    block_[1] = static_cast<char>(length);
  } else if (common() != 0 && common() != length) {
    StoreLengths();
  }
  char packed[1 + kMaxPackedScoreBytes];
  const size_t score_bytes = PackScore(score, packed + 1);
  packed[0] = static_cast<char>(score_bytes + member.size());
  const bool stores_length = common() == 0;
  const char* const head = stores_length ? packed : packed + 1;
  const size_t head_bytes = score_bytes + (stores_length ? 1 : 0);
  const size_t bytes = head_bytes + member.size();

  auto before = [&](double other, auto other_member) {
    return other < score || (other == score && other_member() < member);
  };
  const char* behind = begin();
  const size_t rank = SkipBefore(before, &behind);
  const size_t offset = behind - block_;
  const size_t end = Skip(behind, size() - rank) - block_;
  Resize(end, end + bytes, size() + 1);
  char* at = block_ + offset;
  std::memmove(at + bytes, at, end - offset);
  std::memcpy(at, head, head_bytes);
  if (!member.empty()) {
    std::memcpy(at + head_bytes, member.data(), member.size());
  }
}

// Puts each member's length before it.
void FlatRun::StoreLengths() {
  const size_t members = size();
  const size_t used = OffsetOf(members);
  FlatRun fresh;
  fresh.Resize(0, used + members, members);
  fresh.block_[1] = 0;
  const char* at = begin();
  char* to = fresh.block_ + kHeaderBytes;
  for (size_t i = 0; i < members; ++i) {
    const Entry entry = EntryAt(at);
    const size_t bytes = entry.end - at;
    *to++ = static_cast<char>(bytes);
    std::memcpy(to, at, bytes);
    to += bytes;
    at = entry.end;
  }
  *this = std::move(fresh);
}

void FlatRun::Erase(const Place& place) {
  const char* end = EntryAt(block_ + place.offset).end;
  const char* used = Skip(end, size() - place.rank - 1);
  EraseBytes(place.offset, end - block_, used - block_, 1);
}

void FlatRun::EraseRange(size_t first, size_t count) {
  if (first >= size()) return;
  count = std::min(count, size() - first);
  const size_t from = OffsetOf(first);
  const char* end = Skip(block_ + from, count);
  const char* used = Skip(end, size() - first - count);
  EraseBytes(from, end - block_, used - block_, count);
}

void FlatRun::EraseBytes(size_t from, size_t to, size_t used, size_t members) {
  std::memmove(block_ + from, block_ + to, used - to);
  Resize(used, used - (to - from), size() - members);
}

void FlatRun::Clear() {
  std::free(block_);
  block_ = nullptr;
}

const char* FlatRun::Skip(const char* at, size_t count) const {
  for (; count > 0; --count) at = EntryAt(at).end;
  return at;
}

// Sets the count, and the allocation to the step that `used` bytes need.
void FlatRun::Resize(size_t old_used, size_t used, size_t members) {
  if (members == 0) return Clear();
  const size_t bytes = UsableBytes(used);
  if (block_ == nullptr || bytes != UsableBytes(old_used)) {
    void* moved = std::realloc(block_, bytes);
    FASTKV_CHECK(moved != nullptr, "out of memory");
    block_ = static_cast<char*>(moved);
  }
  block_[0] = static_cast<char>(members);
}

size_t FlatRun::MemoryBytes() const {
  return block_ == nullptr ? 0 : UsableBytes(OffsetOf(size()));
}

void FlatRun::CheckInvariants() const {
  if (block_ == nullptr) return;
  FASTKV_CHECK(size() > 0 && size() <= kMaxMembers, "member count");
  const char* at = begin();
  const char* previous = nullptr;
  for (size_t rank = 0; rank < size(); ++rank) {
    const Entry entry = EntryAt(at);
    FASTKV_CHECK(
        entry.end >= entry.packed_score + PackedScoreBytes(*entry.packed_score),
        "length");
    FASTKV_CHECK(entry.member().size() <= kMaxMemberBytes, "member size");
    if (previous != nullptr) {
      const Entry last = EntryAt(previous);
      FASTKV_CHECK(
          last.score() < entry.score() ||
              (last.score() == entry.score() && last.member() < entry.member()),
          "order");
    }
    previous = at;
    at = entry.end;
  }
}

}  // namespace kv::store
