#ifndef FASTKV_STORE_OBJECT_POOL_H_
#define FASTKV_STORE_OBJECT_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"

namespace kv::store {

// ObjectPool: memory for many small objects of all sizes, each known by a
// handle of four bytes, and able to move them together when much is free.
//
// Objects lie one behind the other in segments, in steps of four bytes, so that
// there is neither a header nor the rounding of a general allocator. What is
// freed waits in a list of its size for an object of the same size. When that
// leaves too much memory unused, the owner empties the segment of which most
// is, by moving what is in it, and the segment goes back: after Rumble,
// Kejriwal and Ousterhout, "Log-structured Memory for DRAM-based Storage"
// (FAST 2014), but with the lists, which serve most programs without moving
// anything.
//
// What is larger than kMaxPooledBytes comes from operator new.
//
// The two low bits of an object's first byte must not both be set: that is how
// a hole is told from an object when a segment is walked.
//
// Owns       the memory, not the objects, which must be destroyed before.
// Threads    compatible.
// Cost       Allocate, Free and At O(1); at most about 16 GiB of pooled
//            objects.
class ObjectPool {
 public:
  // Never 0 for an object.
  using Handle = uint32_t;

  static constexpr size_t kMaxPooledBytes = 8192;

  ObjectPool() = default;
  ~ObjectPool();
  ObjectPool(const ObjectPool&) = delete;
  ObjectPool& operator=(const ObjectPool&) = delete;

  // What an object of so many bytes takes: a multiple of four, and above 512
  // of a 32nd of the next lower power of two.
  static size_t Footprint(size_t bytes);

  // `bytes` is the Footprint of something, here and below. Throws
  // std::bad_alloc, like operator new.
  void* Allocate(size_t bytes);
  void Free(void* object, size_t bytes);

  // Valid until the object is freed or moved.
  Handle HandleOf(const void* object, size_t bytes) const;
  void* At(Handle handle) const {
    return bases_[handle >> kUnitBits] +
           (handle & (kUnitsPerSegment - 1)) * kUnitBytes;
  }
  // Fetches what At(handle) reads.
  void PrefetchDirectory() const { __builtin_prefetch(bases_.data()); }

  // Bytes of live objects, and what was taken from the kernel for them; both
  // without those that are too large to be pooled.
  size_t live_bytes() const { return live_bytes_; }
  size_t held_bytes() const;

  // Whether so much is unused, a quarter of what is used and a little more,
  // that a segment should be emptied.
  bool is_sparse() const;
  // Empties the segment of which most is unused. `size_of` says what an object
  // takes; `moved` is told that `to` now has the bytes of `from`, which is gone
  // afterwards. O(segment).
  void EmptyOneSegment(absl::FunctionRef<size_t(const void*)> size_of,
                       absl::FunctionRef<void(void* from, void* to)> moved);

  // Aborts with a message if an invariant does not hold. O(bytes).
  void CheckInvariants(absl::FunctionRef<size_t(const void*)> size_of) const;

 private:
  static constexpr size_t kUnitBytes = 4;
  static constexpr int kUnitBits = 13;
  static constexpr uint32_t kUnitsPerSegment = 1 << kUnitBits;
  static constexpr uint32_t kMaxSegments = uint32_t{1} << (32 - kUnitBits);
  static constexpr size_t kLists = 256;

  // A segment, or an object too large for one.
  struct Segment {
    uint32_t live = 0;  // bytes
    uint32_t used = 0;  // bytes from its begin on that were ever given out
  };

  // What a free piece of memory holds; its first byte, of which the two low
  // bits are set, is the low byte of `size`.
  struct Hole {
    uint32_t size;  // in units, above eight bits of mark
    Handle next;    // of the same size; 0: none
    Handle previous;
  };
  static constexpr uint32_t kHoleMark = 3;
  static constexpr size_t kMinBytes = sizeof(Hole);

  static size_t ListOf(size_t bytes);
  static bool IsHole(const char* at) { return (*at & kHoleMark) == kHoleMark; }
  static size_t SizeOfHole(const char* at);

  Hole LoadHole(Handle handle) const;
  void StoreHole(Handle handle, const Hole& hole);
  void PushHole(char* at, Handle handle, size_t bytes);
  void Unlink(Handle handle);
  // Takes all holes of a segment out of their lists.
  void UnlinkHolesOf(uint32_t id,
                     absl::FunctionRef<size_t(const void*)> size_of);

  uint32_t AddSegment(char* base);
  uint32_t IdForNext();
  void OpenSegment();
  void Release(uint32_t id);
  uint32_t EmptiestSegment() const;

  // By id; 0 is nobody's, so that no handle is 0. Apart from each other, since
  // At reads only the bases.
  std::vector<char*> bases_ = {nullptr};
  std::vector<Segment> segments_ = {Segment{}};
  std::vector<uint32_t> free_ids_;
  uint32_t open_ = 0;  // the segment with room behind `used`; 0: none
  uint32_t pooled_segments_ = 0;
  size_t live_bytes_ = 0;
  std::unique_ptr<Handle[]> lists_;  // made by the first Free
  absl::flat_hash_map<const void*, uint32_t> large_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_OBJECT_POOL_H_
