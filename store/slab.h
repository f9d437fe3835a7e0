#ifndef FASTKV_STORE_SLAB_H_
#define FASTKV_STORE_SLAB_H_

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "store/segment_arena.h"

namespace kv::store {

// Slab: blocks of memory in segments of the arena, each with blocks of one
// size.
//
// Why not the allocator: a sorted set of millions is given up by another thread
// than made it. Allocators keep lists of such blocks and go through them, block
// by block, when the first thread next needs memory, which stops it for a time
// that grows with the set. Chunks are a few hundred times fewer than members,
// and go back to the arena or the kernel without anyone waiting.
//
// Owns       its chunks. An empty one is given back at once.
// Threads    compatible.
// Cost       O(1).
class Slab {
 private:
  static constexpr size_t kChunkBytes = SegmentArena::kSegmentBytes;
  static constexpr size_t kStep = 16;
  // Of a chunk: a cache line, so that blocks of whole lines begin with one.
  static constexpr size_t kHeaderBytes = 64;

 public:
  // Four to a chunk.
  static constexpr size_t kMaxBlockBytes = (kChunkBytes - kHeaderBytes) / 4;
  static_assert(kMaxBlockBytes % kStep == 0);

  // The largest block of which as many fit into a chunk as of `bytes`.
  // REQUIRES: bytes <= kMaxBlockBytes
  static size_t UsableBytes(size_t bytes) {
    const size_t blocks = (kChunkBytes - kHeaderBytes) / RoundUp(bytes);
    return (kChunkBytes - kHeaderBytes) / blocks / kStep * kStep;
  }

  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  // Whatever has not been deleted is gone.
  ~Slab() { ReleaseSome(SIZE_MAX); }

  // A block of as many bytes, up to kMaxBlockBytes, at an address that is a
  // multiple of 16.
  void* New(size_t bytes);
  void Delete(void* block);

  // Gives up `count` chunks, whatever is in them, and returns whether any are
  // left. After the first call only this and the destructor may be called.
  bool ReleaseSome(size_t count);

  // Of all chunks.
  size_t MemoryBytes() const;

  // Aborts unless every chunk is in the right list and counts what it holds.
  void CheckInvariants() const;

 private:
  struct Chunk;
  struct FreeBlock {
    FreeBlock* next;
  };
  static constexpr size_t kClasses = kMaxBlockBytes / kStep;

  static size_t RoundUp(size_t bytes) {
    return bytes == 0 ? kStep : (bytes + kStep - 1) / kStep * kStep;
  }
  static Chunk* ChunkOf(void* block);
  Chunk* NewChunk(size_t block_bytes);
  void Link(Chunk** list, Chunk* chunk);
  void Unlink(Chunk** list, Chunk* chunk);
  Chunk** ListWithRoom(size_t block_bytes) {
    assert(block_bytes <= kMaxBlockBytes);
    return &with_room_[block_bytes / kStep - 1];
  }

  std::array<Chunk*, kClasses> with_room_{};  // by the size of their blocks
  Chunk* full_ = nullptr;
  size_t chunks_ = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_SLAB_H_
