#include "store/object_pool.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "absl/numeric/bits.h"
#include "store/base/poison.h"
#include "store/segment_arena.h"

namespace kv::store {
namespace {

constexpr size_t kSegmentBytes = SegmentArena::kSegmentBytes;
// Up to here every size has a list; above, sizes come in 32 steps to the next
// power of two.
constexpr size_t kFineBytes = 512;
constexpr int kFineBits = 9;
constexpr int kStepBits = 5;

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "ObjectPool: %s\n", what);
  std::abort();
}

}  // namespace

ObjectPool::~ObjectPool() {
  for (const auto& [object, id] : large_) {
    bases_[id] = nullptr;
    ::operator delete(const_cast<void*>(object));
  }
  for (uint32_t id = 1; id < bases_.size(); ++id) {
    if (bases_[id] == nullptr) continue;
    Unpoison(bases_[id], kSegmentBytes);
    SegmentArena::Global().Free(bases_[id]);
  }
}

size_t ObjectPool::Footprint(size_t bytes) {
  if (bytes > kMaxPooledBytes) return bytes;
  const size_t step = bytes <= kFineBytes
                          ? kUnitBytes
                          : size_t{1}
                                << (absl::bit_width(bytes - 1) - 1 - kStepBits);
  const size_t rounded = (bytes + step - 1) & ~(step - 1);
  return rounded < kMinBytes ? kMinBytes : rounded;
}

size_t ObjectPool::ListOf(size_t bytes) {
  if (bytes <= kFineBytes) return bytes / kUnitBytes - 1;
  const int power = absl::bit_width(bytes - 1) - 1;
  const size_t step = size_t{1} << (power - kStepBits);
  return kFineBytes / kUnitBytes + (size_t(power - kFineBits) << kStepBits) +
         (bytes - 1 - (size_t{1} << power)) / step;
}

void* ObjectPool::Allocate(size_t bytes) {
  if (bytes > kMaxPooledBytes) {
    char* object = static_cast<char*>(::operator new(bytes));
    large_.emplace(object, AddSegment(object));
    return object;
  }
  live_bytes_ += bytes;
  if (lists_ != nullptr) {
    if (const Handle handle = lists_[ListOf(bytes)]; handle != 0) {
      char* at = static_cast<char*>(At(handle));
      Unlink(handle);
      Unpoison(at, bytes);
      segments_[handle >> kUnitBits].live += bytes;
      return at;
    }
  }
  if (open_ == 0 || kSegmentBytes - segments_[open_].used < bytes) {
    OpenSegment();
  }
  Segment& segment = segments_[open_];
  char* at = bases_[open_] + segment.used;
  segment.used += bytes;
  segment.live += bytes;
  Unpoison(at, bytes);
  return at;
}

void ObjectPool::Free(void* object, size_t bytes) {
  if (bytes > kMaxPooledBytes) {
    const auto found = large_.find(object);
    bases_[found->second] = nullptr;
    free_ids_.push_back(found->second);
    large_.erase(found);
    ::operator delete(object, bytes);
    return;
  }
  live_bytes_ -= bytes;
  const Handle handle = HandleOf(object, bytes);
  const uint32_t id = handle >> kUnitBits;
  segments_[id].live -= bytes;
  PushHole(static_cast<char*>(object), handle, bytes);
  if (segments_[id].live == 0) {
    UnlinkHolesOf(id, [](const void*) -> size_t { return 0; });
    Release(id);
  }
}

ObjectPool::Handle ObjectPool::HandleOf(const void* object,
                                        size_t bytes) const {
  if (bytes > kMaxPooledBytes) {
    return large_.find(object)->second << kUnitBits;
  }
  const uint32_t id = SegmentArena::TagOf(object);
  const size_t offset = static_cast<const char*>(object) - bases_[id];
  return id << kUnitBits | static_cast<uint32_t>(offset / kUnitBytes);
}

size_t ObjectPool::held_bytes() const {
  return pooled_segments_ * kSegmentBytes;
}

bool ObjectPool::is_sparse() const {
  const size_t room = open_ == 0 ? 0 : kSegmentBytes - segments_[open_].used;
  const size_t unused = held_bytes() - room - live_bytes_;
  return unused > live_bytes_ / 4 + kSegmentBytes / 4;
}

void ObjectPool::EmptyOneSegment(
    absl::FunctionRef<size_t(const void*)> size_of,
    absl::FunctionRef<void(void* from, void* to)> moved) {
  const uint32_t id = EmptiestSegment();
  if (id == 0) return;
  // Nothing may come into it any more.
  UnlinkHolesOf(id, size_of);
  if (open_ == id) open_ = 0;
  char* const begin = bases_[id];
  char* const end = begin + segments_[id].used;
  for (char* at = begin; at < end;) {
    if (IsHole(at)) {
      at += SizeOfHole(at);
      continue;
    }
    const size_t bytes = size_of(at);
    void* to = Allocate(bytes);
    std::memcpy(to, at, bytes);
    live_bytes_ -= bytes;
    moved(at, to);
    at += bytes;
  }
  segments_[id].live = 0;
  Release(id);
}

uint32_t ObjectPool::EmptiestSegment() const {
  uint32_t emptiest = 0;
  size_t most = 0;
  for (uint32_t id = 1; id < bases_.size(); ++id) {
    if (bases_[id] == nullptr || large_.contains(bases_[id])) continue;
    // What the open one has room for will be used.
    const size_t end = id == open_ ? segments_[id].used : kSegmentBytes;
    if (end - segments_[id].live > most) {
      emptiest = id;
      most = end - segments_[id].live;
    }
  }
  return emptiest;
}

void ObjectPool::UnlinkHolesOf(uint32_t id,
                               absl::FunctionRef<size_t(const void*)> size_of) {
  for (uint32_t used = 0; used < segments_[id].used;) {
    const char* at = bases_[id] + used;
    if (!IsHole(at)) {
      used += size_of(at);
      continue;
    }
    Unlink(id << kUnitBits | static_cast<uint32_t>(used / kUnitBytes));
    used += SizeOfHole(at);
  }
}

size_t ObjectPool::SizeOfHole(const char* at) {
  uint32_t size;
  std::memcpy(&size, at, sizeof(size));
  return (size >> 8) * kUnitBytes;
}

ObjectPool::Hole ObjectPool::LoadHole(Handle handle) const {
  Hole hole;
  std::memcpy(&hole, At(handle), sizeof(hole));
  return hole;
}

void ObjectPool::StoreHole(Handle handle, const Hole& hole) {
  std::memcpy(At(handle), &hole, sizeof(hole));
}

void ObjectPool::PushHole(char* at, Handle handle, size_t bytes) {
  if (lists_ == nullptr) lists_ = std::make_unique<Handle[]>(kLists);
  Handle& first = lists_[ListOf(bytes)];
  const auto units = static_cast<uint32_t>(bytes / kUnitBytes);
  StoreHole(handle, {units << 8 | kHoleMark, first, 0});
  if (first != 0) {
    Hole next = LoadHole(first);
    next.previous = handle;
    StoreHole(first, next);
  }
  first = handle;
  Poison(at + sizeof(Hole), bytes - sizeof(Hole));
}

void ObjectPool::Unlink(Handle handle) {
  const Hole hole = LoadHole(handle);
  if (hole.previous == 0) {
    lists_[ListOf((hole.size >> 8) * kUnitBytes)] = hole.next;
  } else {
    Hole previous = LoadHole(hole.previous);
    previous.next = hole.next;
    StoreHole(hole.previous, previous);
  }
  if (hole.next != 0) {
    Hole next = LoadHole(hole.next);
    next.previous = hole.previous;
    StoreHole(hole.next, next);
  }
}

uint32_t ObjectPool::IdForNext() {
  if (!free_ids_.empty()) {
    const uint32_t id = free_ids_.back();
    free_ids_.pop_back();
    return id;
  }
  if (bases_.size() == kMaxSegments) throw std::bad_alloc();
  bases_.push_back(nullptr);
  segments_.emplace_back();
  return static_cast<uint32_t>(bases_.size() - 1);
}

uint32_t ObjectPool::AddSegment(char* base) {
  const uint32_t id = IdForNext();
  bases_[id] = base;
  segments_[id] = {};
  return id;
}

void ObjectPool::OpenSegment() {
  const uint32_t id = IdForNext();
  bases_[id] = SegmentArena::Global().Allocate(id);
  segments_[id] = {};
  Poison(bases_[id], kSegmentBytes);
  open_ = id;
  ++pooled_segments_;
}

void ObjectPool::Release(uint32_t id) {
  if (open_ == id) open_ = 0;
  Unpoison(bases_[id], kSegmentBytes);
  SegmentArena::Global().Free(bases_[id]);
  bases_[id] = nullptr;
  free_ids_.push_back(id);
  --pooled_segments_;
}

void ObjectPool::CheckInvariants(
    absl::FunctionRef<size_t(const void*)> size_of) const {
  size_t live_in_all = 0;
  size_t holes = 0;
  for (uint32_t id = 1; id < bases_.size(); ++id) {
    if (bases_[id] == nullptr || large_.contains(bases_[id])) continue;
    const Segment& segment = segments_[id];
    size_t live = 0;
    size_t used = 0;
    while (used < segment.used) {
      const char* at = bases_[id] + used;
      holes += IsHole(at);
      const size_t bytes = IsHole(at) ? SizeOfHole(at) : size_of(at);
      if (bytes < kMinBytes || Footprint(bytes) != bytes) Die("odd size");
      live += IsHole(at) ? 0 : bytes;
      used += bytes;
    }
    if (used != segment.used) Die("objects overlap the end");
    if (live != segment.live) Die("miscounted segment");
    live_in_all += live;
  }
  if (live_in_all != live_bytes_) Die("miscounted bytes");
  for (size_t list = 0; lists_ != nullptr && list < kLists; ++list) {
    Handle previous = 0;
    for (Handle at = lists_[list]; at != 0; at = LoadHole(at).next) {
      const Hole hole = LoadHole(at);
      if (ListOf((hole.size >> 8) * kUnitBytes) != list) Die("wrong list");
      if (hole.previous != previous) Die("broken list");
      previous = at;
      --holes;
    }
  }
  if (holes != 0) Die("a hole in no list");
}

}  // namespace kv::store
