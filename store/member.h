#ifndef FASTKV_STORE_MEMBER_H_
#define FASTKV_STORE_MEMBER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "absl/strings/string_view.h"
#include "store/slab.h"

namespace kv::store {

// Member: a member of a large sorted set in one allocation: score, length and
// bytes. Its address, a multiple of 16, stays the same while it lives; tree and
// index point to it.
struct Member {
  double score;
  uint32_t size : 31;    // kMaxValueBytes fits
  uint32_t in_slab : 1;  // or from the allocator
  char bytes[];

  absl::string_view view() const { return {bytes, size}; }

  // `slab`: where short ones are made; null: they come from the allocator, as
  // long ones always do.
  static Member* New(absl::string_view bytes, double score,
                     Slab* slab = nullptr) {
    const size_t allocated = AllocatedBytes(bytes.size());
    const bool in_slab = slab != nullptr && allocated <= kMaxInSlab;
    Member* member = static_cast<Member*>(in_slab ? slab->New(allocated)
                                                  : ::operator new(allocated));
    member->score = score;
    member->size = static_cast<uint32_t>(bytes.size());
    member->in_slab = in_slab;
    if (!bytes.empty()) {
      std::memcpy(member->bytes, bytes.data(), bytes.size());
    }
    return member;
  }
  // REQUIRES: it is not in a slab
  static void Delete(Member* member) { ::operator delete(member); }

  // Of a member of `size` bytes; allocators hand out multiples of 16.
  static size_t AllocatedBytes(size_t size) {
    const size_t bytes = offsetof(Member, bytes) + size;
    return (std::max(bytes, sizeof(Member)) + 15) / 16 * 16;
  }
  // Longer ones would leave too much of too many chunks unused.
  static constexpr size_t kMaxInSlab = 256;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_MEMBER_H_
