#ifndef FASTKV_STORE_MEMBER_INDEX_H_
#define FASTKV_STORE_MEMBER_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "store/member.h"
#include "store/slab.h"

namespace kv::store {

// MemberIndex: a hash table from a member's bytes to the member, whose slots
// stand in the order of their hashes.
//
// It is cut into segments by the leading bits of the hash, each a table of its
// own with linear probing, in which the smaller hash comes first and the home
// slot rises with the hash. A segment that outgrows its memory gets a little
// more; one that has grown to kMaxSegment members is split in two, by one more
// bit. A directory, which doubles when a split needs one more bit than it has,
// leads from the leading bits to the segment (extendible hashing: Fagin et al.,
// ACM TODS 4, 3). So no insertion moves more than a segment, however many
// members there are.
//
// Why not absl::flat_hash_set: it doubles in one step, which takes tens of
// milliseconds with millions of members; and a scan must go on from a hash,
// whatever has been inserted in between, which an unordered table answers by
// reading all of it.
//
// A slot is 8 bytes: 44 bits of the pointer, whose lowest four are zero, and
// the 20 bits of the hash that follow those that chose the segment. With the
// room kept free, a member takes 10 to 11 bytes.
//
// Borrows    the members.
// Threads    compatible.
// Invariant  (1) in a segment, hashes never fall from slot to slot; (2) no slot
//            between a member's home and its own is empty; (3) a segment's last
//            slot is empty; (4) every place of the directory whose leading bits
//            are a segment's leads to that segment.
// Cost       all O(1) expected. Insert and Erase move at most some hundred
//            slots, and the directory's 8 bytes a segment when it doubles.
class MemberIndex {
 public:
  // Salted per process; see absl::Hash.
  static uint32_t HashOf(absl::string_view member) {
    return static_cast<uint32_t>(absl::Hash<absl::string_view>()(member));
  }

  MemberIndex() = default;
  MemberIndex(const MemberIndex&) = delete;
  MemberIndex& operator=(const MemberIndex&) = delete;
  ~MemberIndex();

  size_t size() const { return size_; }
  size_t MemoryBytes() const;

  // Null if there is none.
  Member* Find(uint32_t hash, absl::string_view member) const;
  // Start to fetch what Find will read: first the slots, then, once these have
  // arrived, the member. For batches.
  void PrefetchSlot(uint32_t hash) const {
    if (directory_ == nullptr) return;
    const Place& place = PlaceOf(hash);
    __builtin_prefetch(place.HomeOf(place.BitsOf(hash)));
  }
  // Returns a member with this hash as far as slots keep it, or null: most
  // likely the one that Find will return.
  const Member* PrefetchMember(uint32_t hash) const;
  // REQUIRES: no member with these bytes is here, hash == HashOf(its bytes)
  void Insert(uint32_t hash, Member* member);
  // REQUIRES: `member` is here
  void Erase(uint32_t hash, const Member* member);

  // As SortedSet::Scan.
  uint64_t Scan(uint64_t cursor, size_t count,
                absl::FunctionRef<void(const Member&)> f) const;

  // Segments made from now on come from the slab, which is borrowed.
  void UseSlab(Slab* slab) { slab_ = slab; }

  // Gives up all members, a segment a call; returns whether any are left.
  // After the first call only this and the destructor may be called.
  bool ClearSome();

  // Aborts unless the invariants hold.
  void CheckInvariants() const;

  // A segment with more members than this is split when it is full.
  static constexpr size_t kMaxSegment = 512;
  // Slots that were moved so far by growing, splitting, shrinking and joining,
  // and places of the directory that were copied: what tests bound.
  uint64_t moved() const { return moved_; }

 private:
  // Zero: empty.
  class Slot {
   public:
    Slot() = default;
    Slot(uint32_t bits, const Member* member)
        : value_(uint64_t{bits} << kPointerBits |
                 reinterpret_cast<uintptr_t>(member) >> 4) {}
    bool empty() const { return value_ == 0; }
    // The bits of the hash that are kept here.
    uint32_t bits() const {
      return static_cast<uint32_t>(value_ >> kPointerBits);
    }
    Member* member() const {
      return reinterpret_cast<Member*>((value_ & kPointerMask) << 4);
    }

   private:
    uint64_t value_ = 0;
  };
  static constexpr int kPointerBits = 44;
  static constexpr uint64_t kPointerMask = (uint64_t{1} << kPointerBits) - 1;
  static constexpr int kSlotBits = 64 - kPointerBits;

  // One allocation: this, and `slots` slots behind it.
  struct alignas(16) Segment {
    uint32_t size;   // members
    uint32_t slots;  // `homes` that are the home of some hash, then spare ones
    uint16_t homes;
    uint8_t depth;  // leading bits of the hash that all members share
    bool in_slab;   // or from the allocator

    Slot* begin() { return reinterpret_cast<Slot*>(this + 1); }
    Slot* end() { return begin() + slots; }
    bool TooFull() const { return size >= homes - homes / 8u; }
  };
  static_assert(sizeof(Segment) % sizeof(Slot) == 0);

  // A segment, with what a search must know of it: it need not wait for both.
  class Place {
   public:
    Place() = default;
    explicit Place(Segment* segment)
        : value_(uint64_t{segment->depth} << 59 |
                 uint64_t{segment->homes} << kPointerBits |
                 reinterpret_cast<uintptr_t>(segment) >> 4) {}
    Segment* segment() const {
      return reinterpret_cast<Segment*>((value_ & kPointerMask) << 4);
    }
    int depth() const { return static_cast<int>(value_ >> 59); }
    // The bits of the hash that a slot keeps.
    uint32_t BitsOf(uint32_t hash) const {
      return (hash << depth()) >> (32 - kSlotBits);
    }
    Slot* HomeOf(uint32_t bits) const {
      const uint64_t homes = value_ >> kPointerBits & kMaxHomes;
      return segment()->begin() + (bits * homes >> kSlotBits);
    }

   private:
    uint64_t value_ = 0;
  };
  static constexpr uint64_t kMaxHomes = (1 << 15) - 1;

  size_t places() const { return size_t{1} << directory_depth_; }
  size_t PlaceNumberOf(uint32_t hash) const {
    return uint64_t{hash} >> (32 - directory_depth_);
  }
  const Place& PlaceOf(uint32_t hash) const {
    return directory_[PlaceNumberOf(hash)];
  }
  Segment* NewSegment(int depth, size_t min_homes, size_t spare);
  void DeleteSegment(Segment* segment);
  // A segment with these slots, which are in order.
  Segment* Build(int depth, size_t min_homes, size_t spare,
                 const std::vector<Slot>& slots);
  static std::vector<Slot> Collect(Segment* segment);
  // Lets the places of the hashes that begin like `hash` lead to the segment.
  void SetPlaces(uint32_t hash, Segment* segment);
  void Rebuild(uint32_t hash, size_t min_homes, size_t spare);
  void Grow(uint32_t hash);
  bool MaySplit(const Segment& segment) const;
  void Split(uint32_t hash);
  bool Join(uint32_t hash);
  void ResizeDirectory(int depth);
  void CheckSegment(const Place& place, uint32_t first_hash) const;

  Place* directory_ = nullptr;  // null: no members yet
  int directory_depth_ = 0;
  size_t deepest_ = 0;  // segments as deep as the directory
  size_t size_ = 0;
  size_t segment_bytes_ = 0;
  uint64_t moved_ = 0;
  Slab* slab_ = nullptr;  // null: segments come from the allocator
  size_t cleared_ = 0;    // places that ClearSome is done with
};

}  // namespace kv::store

#endif  // FASTKV_STORE_MEMBER_INDEX_H_
