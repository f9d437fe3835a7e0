#ifndef FASTKV_STORE_MEMBER_H_
#define FASTKV_STORE_MEMBER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "absl/strings/string_view.h"

namespace kv::store {

// Member: a member of a large sorted set in one allocation: score, length and
// bytes. Its address stays the same while it lives; tree and index point to it.
struct Member {
  double score;
  uint32_t size;  // kMaxValueBytes fits
  char bytes[];

  absl::string_view view() const { return {bytes, size}; }

  static Member* New(absl::string_view bytes, double score) {
    Member* member =
        static_cast<Member*>(::operator new(AllocatedBytes(bytes.size())));
    member->score = score;
    member->size = static_cast<uint32_t>(bytes.size());
    if (!bytes.empty()) {
      std::memcpy(member->bytes, bytes.data(), bytes.size());
    }
    return member;
  }
  static void Delete(Member* member) { ::operator delete(member); }

  // Of a member of `size` bytes; allocators hand out multiples of 16.
  static size_t AllocatedBytes(size_t size) {
    const size_t bytes = offsetof(Member, bytes) + size;
    return (std::max(bytes, sizeof(Member)) + 15) / 16 * 16;
  }
};

}  // namespace kv::store

#endif  // FASTKV_STORE_MEMBER_H_
