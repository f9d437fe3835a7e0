#include "store/segment_arena.h"

#include <sys/mman.h>

#include <new>

namespace kv::store {
namespace {

// Free segments that are kept as they are, for the next who wants one.
constexpr size_t kKeptSegments = 64;

// Address space, aligned to its size: from twice as much, what is too much is
// given back.
char* MapAligned(size_t bytes) {
  void* mapped = mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  char* begin = static_cast<char*>(mapped);
  const size_t skipped = -reinterpret_cast<uintptr_t>(begin) & (bytes - 1);
  if (skipped > 0) munmap(begin, skipped);
  munmap(begin + skipped + bytes, bytes - skipped);
  return begin + skipped;
}

}  // namespace

SegmentArena& SegmentArena::Global() {
  static SegmentArena& arena = *new SegmentArena;
  return arena;
}

char* SegmentArena::Allocate(uint32_t tag) {
  MutexLock lock(mutex_);
  char* segment = Take();
  *TagAt(segment) = tag;
  return segment;
}

char* SegmentArena::Take() {
  for (std::vector<char*>* free : {&used_before_, &given_back_}) {
    if (free->empty()) continue;
    char* segment = free->back();
    free->pop_back();
    return segment;
  }
  if (taken_ == kSegmentsPerChunk) {
    chunk_ = MapAligned(kChunkBytes);
    taken_ = 1;
  }
  return chunk_ + kSegmentBytes * taken_++;
}

char* SegmentArena::TakeMany(size_t segments) {
  std::vector<char*>& free = arrays_[segments];
  if (!free.empty()) {
    char* array = free.back();
    free.pop_back();
    return array;
  }
  if (taken_ + segments > kSegmentsPerChunk) {
    // What is left of the chunk is still good for single segments.
    for (; taken_ < kSegmentsPerChunk; ++taken_) {
      given_back_.push_back(chunk_ + kSegmentBytes * taken_);
    }
    chunk_ = MapAligned(kChunkBytes);
    taken_ = 1;
  }
  char* array = chunk_ + kSegmentBytes * taken_;
  taken_ += segments;
  return array;
}

char* SegmentArena::AllocateArray(size_t bytes) {
  const size_t segments = (bytes + kSegmentBytes - 1) / kSegmentBytes;
  if (segments < kSegmentsPerChunk / 4) {
    MutexLock lock(mutex_);
    return TakeMany(segments);
  }
  void* mapped = mmap(nullptr, segments * kSegmentBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(mapped);
}

void SegmentArena::FreeArray(char* array, size_t bytes) {
  const size_t segments = (bytes + kSegmentBytes - 1) / kSegmentBytes;
  if (segments >= kSegmentsPerChunk / 4) {
    munmap(array, segments * kSegmentBytes);
    return;
  }
  madvise(array, bytes, MADV_DONTNEED);
  MutexLock lock(mutex_);
  arrays_[segments].push_back(array);
}

void SegmentArena::Free(char* segment) {
  {
    MutexLock lock(mutex_);
    if (used_before_.size() < kKeptSegments) {
      used_before_.push_back(segment);
      return;
    }
  }
  madvise(segment, kSegmentBytes, MADV_DONTNEED);
  MutexLock lock(mutex_);
  given_back_.push_back(segment);
}

}  // namespace kv::store
