#ifndef FASTKV_STORE_SEGMENT_ARENA_H_
#define FASTKV_STORE_SEGMENT_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "store/base/mutex.h"

namespace kv::store {

// SegmentArena: memory from the kernel in segments of one size, for all pools
// of the process, and in several of them for large arrays. What nobody uses
// goes back to the kernel, which a general allocator does late or, between
// other blocks, never.
//
// Each segment has a tag, its owner's to choose, which is found from any
// address inside. Tags lie together, apart from the segments: a page is touched
// only by what is stored in it.
//
// Owns       the address space, for as long as the process runs.
// Threads    safe. TagOf is for the owner of the segment.
class SegmentArena {
 public:
  static constexpr size_t kSegmentBytes = 32 << 10;

  static SegmentArena& Global();

  // A segment, with any bytes in it. Throws std::bad_alloc like operator new.
  char* Allocate(uint32_t tag) ABSL_LOCKS_EXCLUDED(mutex_);
  void Free(char* segment) ABSL_LOCKS_EXCLUDED(mutex_);

  static uint32_t TagOf(const void* address) { return *TagAt(address); }

  // Room for one array of at least kSegmentBytes, which takes only the pages
  // that are touched, and goes back whole. It has no tag.
  char* AllocateArray(size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);
  // `bytes` as they were allocated.
  void FreeArray(char* array, size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Aligned to its size, so that an address tells where it begins. In place of
  // its first segment it has the tags of all.
  static constexpr size_t kChunkBytes = 32 << 20;
  static constexpr size_t kSegmentsPerChunk = kChunkBytes / kSegmentBytes;
  static_assert(kSegmentsPerChunk * sizeof(uint32_t) <= kSegmentBytes);

  SegmentArena() = default;

  static uint32_t* TagAt(const void* address) {
    const auto bits = reinterpret_cast<uintptr_t>(address);
    const uintptr_t chunk = bits & ~(uintptr_t{kChunkBytes} - 1);
    return reinterpret_cast<uint32_t*>(chunk) + (bits - chunk) / kSegmentBytes;
  }
  char* Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  char* TakeMany(size_t segments) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::vector<char*> used_before_ ABSL_GUARDED_BY(mutex_);  // still resident
  std::vector<char*> given_back_ ABSL_GUARDED_BY(mutex_);
  // Arrays by the number of their segments.
  absl::flat_hash_map<size_t, std::vector<char*>> arrays_
      ABSL_GUARDED_BY(mutex_);
  char* chunk_ ABSL_GUARDED_BY(mutex_) = nullptr;  // of which some are left
  size_t taken_ ABSL_GUARDED_BY(mutex_) = kSegmentsPerChunk;
};

// An allocator for containers, whose large arrays come from the arena.
template <typename T>
class ArrayAllocator {
 public:
  using value_type = T;

  ArrayAllocator() = default;
  template <typename U>
  ArrayAllocator(const ArrayAllocator<U>& /*other*/) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < SegmentArena::kSegmentBytes) {
      return static_cast<T*>(::operator new(bytes));
    }
    return reinterpret_cast<T*>(SegmentArena::Global().AllocateArray(bytes));
  }
  void deallocate(T* array, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < SegmentArena::kSegmentBytes) {
      return ::operator delete(array, bytes);
    }
    SegmentArena::Global().FreeArray(reinterpret_cast<char*>(array), bytes);
  }

  friend bool operator==(const ArrayAllocator&, const ArrayAllocator&) {
    return true;
  }
};

}  // namespace kv::store

#endif  // FASTKV_STORE_SEGMENT_ARENA_H_
