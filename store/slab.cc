#include "store/slab.h"

#include <new>

#include "store/base/check.h"
#include "store/base/poison.h"
#include "store/segment_arena.h"

namespace kv::store {

// At the beginning of its memory, whose address is a multiple of its size.
struct alignas(64) Slab::Chunk {
  Chunk* next;
  Chunk* previous;
  FreeBlock* free;       // blocks that were deleted
  uint16_t block_bytes;  // of each
  uint16_t used;         // blocks in use
  uint16_t begun;        // blocks that were ever in use; the others follow

  size_t capacity() const {
    return (kChunkBytes - sizeof(Chunk)) / block_bytes;
  }
  bool full() const { return used == capacity(); }
  char* block(size_t i) {
    return reinterpret_cast<char*>(this + 1) + i * block_bytes;
  }
};

Slab::Chunk* Slab::ChunkOf(void* block) {
  const size_t offset = reinterpret_cast<uintptr_t>(block) % kChunkBytes;
  return reinterpret_cast<Chunk*>(static_cast<char*>(block) - offset);
}

void* Slab::New(size_t bytes) {
  const size_t block_bytes = RoundUp(bytes);
  Chunk** list = ListWithRoom(block_bytes);
  if (*list == nullptr) Link(list, NewChunk(block_bytes));
  Chunk* chunk = *list;
  void* block = chunk->free;
  if (block != nullptr) {
    Unpoison(block, block_bytes);
    chunk->free = chunk->free->next;
  } else {
    block = chunk->block(chunk->begun++);
    Unpoison(block, block_bytes);
  }
  ++chunk->used;
  if (chunk->full()) {
    Unlink(list, chunk);
    Link(&full_, chunk);
  }
  return block;
}

void Slab::Delete(void* block) {
  Chunk* chunk = ChunkOf(block);
  Chunk** list = ListWithRoom(chunk->block_bytes);
  if (chunk->full()) {
    Unlink(&full_, chunk);
    Link(list, chunk);
  }
  chunk->free = new (block) FreeBlock{chunk->free};
  Poison(block, chunk->block_bytes);
  if (--chunk->used > 0) return;
  Unlink(list, chunk);
  Unpoison(chunk, kChunkBytes);
  SegmentArena::Global().Free(reinterpret_cast<char*>(chunk));
  --chunks_;
}

bool Slab::ReleaseSome(size_t count) {
  for (size_t i = 0; i <= kClasses; ++i) {
    Chunk** list = i < kClasses ? &with_room_[i] : &full_;
    for (; *list != nullptr && count > 0; --count) {
      Chunk* chunk = *list;
      *list = chunk->next;
      Unpoison(chunk, kChunkBytes);
      SegmentArena::Global().Free(reinterpret_cast<char*>(chunk));
      --chunks_;
    }
  }
  return chunks_ > 0;
}

size_t Slab::MemoryBytes() const {
  return sizeof(*this) + chunks_ * kChunkBytes;
}

Slab::Chunk* Slab::NewChunk(size_t block_bytes) {
  static_assert(sizeof(Chunk) == kHeaderBytes);
  Chunk* chunk = new (SegmentArena::Global().Allocate(0)) Chunk{};
  chunk->block_bytes = static_cast<uint16_t>(block_bytes);
  Poison(chunk + 1, kChunkBytes - sizeof(Chunk));
  ++chunks_;
  return chunk;
}

void Slab::Link(Chunk** list, Chunk* chunk) {
  chunk->previous = nullptr;
  chunk->next = *list;
  if (*list != nullptr) (*list)->previous = chunk;
  *list = chunk;
}

void Slab::Unlink(Chunk** list, Chunk* chunk) {
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
  if (chunk->previous != nullptr) {
    chunk->previous->next = chunk->next;
  } else {
    *list = chunk->next;
  }
}

void Slab::CheckInvariants() const {
  size_t chunks = 0;
  for (size_t i = 0; i <= kClasses; ++i) {
    const Chunk* previous = nullptr;
    for (const Chunk* chunk = i < kClasses ? with_room_[i] : full_;
         chunk != nullptr; previous = chunk, chunk = chunk->next) {
      ++chunks;
      FASTKV_CHECK(chunk->previous == previous, "list of chunks");
      FASTKV_CHECK(chunk->full() == (i == kClasses), "full chunk");
      FASTKV_CHECK(i == kClasses || chunk->block_bytes == (i + 1) * kStep,
                   "block size");
      FASTKV_CHECK(chunk->used > 0 && chunk->used <= chunk->begun, "used");
    }
  }
  FASTKV_CHECK(chunks == chunks_, "chunk count");
}

}  // namespace kv::store
