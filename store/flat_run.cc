#include "store/flat_run.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "store/base/check.h"

namespace kv::store {
namespace {

// What an allocator hands out for `bytes`: steps of 16 bytes up to 128, then
// four steps for each doubling (mimalloc, jemalloc). Because the size in use
// follows from this, the block need not store its capacity.
size_t AllocatedBytes(size_t bytes) {
  const size_t step = bytes <= 128 ? 16 : std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) / step * step;
}

}  // namespace

FlatRun FlatRun::Clone() const {
  FlatRun copy;
  if (block_ == nullptr) return copy;
  copy.Resize(used(), size());
  std::memcpy(copy.block_, block_, used());
  return copy;
}

absl::optional<FlatRun::Place> FlatRun::Find(absl::string_view member) const {
  const char* at = begin();
  for (size_t rank = 0, members = size(); rank < members; ++rank) {
    const Entry entry(at);
    if (entry.member() == member) {
      return Place{rank, static_cast<size_t>(at - block_), entry.score()};
    }
    at = entry.end;
  }
  return absl::nullopt;
}

void FlatRun::Insert(absl::string_view member, double score) {
  char packed[kMaxPackedScoreBytes];
  const size_t packed_bytes = PackScore(score, packed);
  const size_t bytes = 1 + packed_bytes + member.size();
  auto before = [&](double other, auto other_member) {
    return other < score || (other == score && other_member() < member);
  };
  const char* behind = begin();
  SkipBefore(before, &behind);
  const size_t offset = block_ == nullptr ? kHeaderBytes : behind - block_;
  const size_t end = used();
  Resize(end + bytes, size() + 1);
  char* at = block_ + offset;
  std::memmove(at + bytes, at, end - offset);
  *at++ = static_cast<char>(packed_bytes + member.size());
  std::memcpy(at, packed, packed_bytes);
  if (!member.empty()) {
    std::memcpy(at + packed_bytes, member.data(), member.size());
  }
}

void FlatRun::Erase(const Place& place) {
  const char* end = Entry(block_ + place.offset).end;
  EraseBytes(place.offset, end - block_, 1);
}

void FlatRun::EraseRange(size_t first, size_t count) {
  if (first >= size()) return;
  count = std::min(count, size() - first);
  EraseBytes(OffsetOf(first), OffsetOf(first + count), count);
}

void FlatRun::EraseBytes(size_t from, size_t to, size_t members) {
  const size_t end = used();
  std::memmove(block_ + from, block_ + to, end - to);
  Resize(end - (to - from), size() - members);
}

void FlatRun::Clear() {
  std::free(block_);
  block_ = nullptr;
}

size_t FlatRun::OffsetOf(size_t rank) const {
  const char* at = begin();
  if (rank == size()) return used();
  for (; rank > 0; --rank) at = Entry(at).end;
  return at - block_;
}

// Sets the header, and the allocation to the step that `used` bytes need.
void FlatRun::Resize(size_t used, size_t members) {
  if (members == 0) return Clear();
  const size_t bytes = AllocatedBytes(used);
  if (block_ == nullptr || bytes != AllocatedBytes(this->used())) {
    void* moved = std::realloc(block_, bytes);
    FASTKV_CHECK(moved != nullptr, "out of memory");
    block_ = static_cast<char*>(moved);
  }
  const uint16_t stored = static_cast<uint16_t>(used);
  std::memcpy(block_, &stored, sizeof(stored));
  block_[2] = static_cast<char>(members);
}

size_t FlatRun::MemoryBytes() const {
  return block_ == nullptr ? 0 : AllocatedBytes(used());
}

void FlatRun::CheckInvariants() const {
  if (block_ == nullptr) return;
  FASTKV_CHECK(size() > 0 && size() <= kMaxMembers, "member count");
  const char* at = begin();
  const char* previous = nullptr;
  for (size_t rank = 0; rank < size(); ++rank) {
    FASTKV_CHECK(at < block_ + used(), "members beyond the end");
    const Entry entry(at);
    FASTKV_CHECK(entry.member().size() <= kMaxMemberBytes, "member size");
    if (previous != nullptr) {
      const Entry last(previous);
      FASTKV_CHECK(
          last.score() < entry.score() ||
              (last.score() == entry.score() && last.member() < entry.member()),
          "order");
    }
    previous = at;
    at = entry.end;
  }
  FASTKV_CHECK(at == block_ + used(), "used bytes");
}

}  // namespace kv::store
