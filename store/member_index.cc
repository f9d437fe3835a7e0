#include "store/member_index.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "store/base/allocation.h"
#include "store/base/check.h"

namespace kv::store {
namespace {

constexpr size_t kMinHomes = 22;
constexpr size_t kPrefetchAhead = 8;
constexpr int kMaxDepth = 24;

// 7/8 full at most: a search then reads about five slots, one or two cache
// lines. More are seldom needed behind the last home of a large segment.
size_t UsualSpare(size_t homes) { return homes < 128 ? 8 : 10; }

// The first hash of those that share `depth` leading bits with `hash`.
uint32_t FirstHash(uint32_t hash, int depth) {
  return static_cast<uint32_t>(uint64_t{hash} >> (32 - depth) << (32 - depth));
}
uint64_t HashesAtDepth(int depth) { return uint64_t{1} << (32 - depth); }

}  // namespace

MemberIndex::~MemberIndex() {
  while (ClearSome()) {
  }
  std::free(directory_);
}

bool MemberIndex::ClearSome() {
  if (directory_ == nullptr || cleared_ == places()) return false;
  Segment* segment = directory_[cleared_].segment();
  cleared_ += size_t{1} << (directory_depth_ - segment->depth);
  DeleteSegment(segment);
  return true;
}

size_t MemberIndex::MemoryBytes() const {
  return directory_ == nullptr ? 0 : segment_bytes_ + places() * sizeof(Place);
}

Member* MemberIndex::Find(uint32_t hash, absl::string_view member) const {
  if (directory_ == nullptr) return nullptr;
  const Place& place = PlaceOf(hash);
  const uint32_t bits = place.BitsOf(hash);
  const Slot* slot = place.HomeOf(bits);
  for (; !slot->empty() && slot->bits() <= bits; ++slot) {
    if (slot->bits() == bits && slot->member()->view() == member) {
      return slot->member();
    }
  }
  return nullptr;
}

const Member* MemberIndex::PrefetchMember(uint32_t hash) const {
  if (directory_ == nullptr) return nullptr;
  const Place& place = PlaceOf(hash);
  const uint32_t bits = place.BitsOf(hash);
  const Slot* slot = place.HomeOf(bits);
  while (!slot->empty() && slot->bits() < bits) ++slot;
  if (slot->empty() || slot->bits() != bits) return nullptr;
  const Member* member = slot->member();
  __builtin_prefetch(member);
  // Half of those of 16 bytes lie in two lines.
  __builtin_prefetch(member->bytes + 16);
  return member;
}

void MemberIndex::Insert(uint32_t hash, Member* member) {
  if (directory_ == nullptr) {
    directory_ = static_cast<Place*>(std::malloc(sizeof(Place)));
    directory_[0] = Place(NewSegment(0, kMinHomes, UsualSpare(kMinHomes)));
    deepest_ = 1;
  }
  while (PlaceOf(hash).segment()->TooFull() &&
         PlaceOf(hash).segment()->homes < kMaxHomes) {
    Grow(hash);
  }
  const Place& place = PlaceOf(hash);
  Segment* segment = place.segment();
  const uint32_t bits = place.BitsOf(hash);
  Slot* slot = place.HomeOf(bits);
  while (!slot->empty() && slot->bits() <= bits) ++slot;
  Slot* hole = slot;
  while (!hole->empty()) ++hole;
  if (hole == segment->end() - 1) {  // which stays empty
    Rebuild(hash, segment->homes,
            (size_t{segment->slots} - segment->homes) * 2);
    return Insert(hash, member);
  }
  std::memmove(slot + 1, slot, (hole - slot) * sizeof(Slot));
  *slot = Slot(bits, member);
  ++segment->size;
  ++size_;
}

void MemberIndex::Erase(uint32_t hash, const Member* member) {
  const Place& place = PlaceOf(hash);
  Segment* segment = place.segment();
  Slot* slot = place.HomeOf(place.BitsOf(hash));
  while (slot->member() != member) ++slot;
  // Those behind it that are away from home move up.
  Slot* end = slot + 1;
  while (!end->empty() && place.HomeOf(end->bits()) != end) ++end;
  std::memmove(slot, slot + 1, (end - slot - 1) * sizeof(Slot));
  end[-1] = Slot();
  --segment->size;
  --size_;
  if (segment->size >= segment->homes / 4u || Join(hash)) return;
  if (segment->homes > 2 * kMinHomes) {
    const size_t homes = std::max(kMinHomes, segment->size * size_t{2});
    Rebuild(hash, homes, UsualSpare(homes));
  }
}

uint64_t MemberIndex::Scan(uint64_t cursor, size_t count,
                           absl::FunctionRef<void(const Member&)> f) const {
  if (size_ == 0) return 0;
  count = std::max<size_t>(count, 1);  // each call gets on
  size_t visited = 0;
  while (cursor <= UINT32_MAX && visited < count) {
    const uint32_t hash = static_cast<uint32_t>(cursor);
    const Place& place = PlaceOf(hash);
    const int depth = place.depth();
    const uint32_t first_hash = FirstHash(hash, depth);
    // Hashes that differ only in bits that no slot keeps are visited together;
    // after a change of depth perhaps once more.
    uint32_t bits = place.BitsOf(hash);
    const Slot* const end = place.segment()->end();
    for (const Slot* slot = place.HomeOf(bits); slot != end; ++slot) {
      if (end - slot > static_cast<ptrdiff_t>(kPrefetchAhead)) {
        __builtin_prefetch(slot[kPrefetchAhead].member());
      }
      if (slot->empty() || slot->bits() < bits) continue;
      if (visited >= count && slot->bits() != bits) {
        return first_hash |
               (uint64_t{slot->bits()} << (32 - kSlotBits) >> depth);
      }
      f(*slot->member());
      bits = slot->bits();
      ++visited;
    }
    cursor = first_hash + HashesAtDepth(depth);
  }
  return cursor <= UINT32_MAX ? cursor : 0;
}

MemberIndex::Segment* MemberIndex::NewSegment(int depth, size_t min_homes,
                                              size_t spare) {
  const size_t needed = sizeof(Segment) + (min_homes + spare) * sizeof(Slot);
  const bool in_slab = slab_ != nullptr && needed <= Slab::kMaxBlockBytes;
  const size_t bytes =
      in_slab ? Slab::UsableBytes(needed) : UsableBytes(needed);
  void* memory = in_slab ? slab_->New(bytes) : std::malloc(bytes);
  FASTKV_CHECK(memory != nullptr, "out of memory");
  std::memset(memory, 0, bytes);  // empty slots
  Segment* segment = static_cast<Segment*>(memory);
  const size_t slots = (bytes - sizeof(Segment)) / sizeof(Slot);
  segment->slots = static_cast<uint32_t>(slots);
  segment->homes =
      static_cast<uint16_t>(std::min<size_t>(slots - spare, kMaxHomes));
  segment->depth = static_cast<uint8_t>(depth);
  segment->in_slab = in_slab;
  segment_bytes_ += bytes;
  return segment;
}

void MemberIndex::DeleteSegment(Segment* segment) {
  segment_bytes_ -= sizeof(Segment) + segment->slots * sizeof(Slot);
  if (segment->in_slab) {
    slab_->Delete(segment);
  } else {
    std::free(segment);
  }
}

// Slots are in the order of their hashes, and so are homes: one pass. A spare
// area that turns out too small doubles and the pass begins again.
MemberIndex::Segment* MemberIndex::Build(int depth, size_t min_homes,
                                         size_t spare,
                                         const std::vector<Slot>& slots) {
  for (;; spare *= 2) {
    Segment* segment = NewSegment(depth, min_homes, spare);
    const Place place(segment);
    Slot* next = segment->begin();
    for (const Slot slot : slots) {
      next = std::max(next, place.HomeOf(slot.bits()));
      if (next == segment->end() - 1) break;
      *next++ = slot;
      ++segment->size;
    }
    moved_ += segment->size;
    if (segment->size == slots.size()) return segment;
    DeleteSegment(segment);
  }
}

std::vector<MemberIndex::Slot> MemberIndex::Collect(Segment* segment) {
  std::vector<Slot> slots;
  slots.reserve(segment->size);
  for (const Slot& slot : *segment) {
    if (!slot.empty()) slots.push_back(slot);
  }
  return slots;
}

void MemberIndex::SetPlaces(uint32_t hash, Segment* segment) {
  const int depth = segment->depth;
  std::fill_n(directory_ + PlaceNumberOf(FirstHash(hash, depth)),
              size_t{1} << (directory_depth_ - depth), Place(segment));
}

void MemberIndex::Rebuild(uint32_t hash, size_t min_homes, size_t spare) {
  Segment* old = PlaceOf(hash).segment();
  SetPlaces(hash, Build(old->depth, min_homes, spare, Collect(old)));
  DeleteSegment(old);
}

void MemberIndex::Grow(uint32_t hash) {
  const Segment& segment = *PlaceOf(hash).segment();
  if (MaySplit(segment)) return Split(hash);
  const size_t homes = segment.homes + size_t{1};  // the allocator's next step
  Rebuild(hash, homes, UsualSpare(homes));
}

// Hashes that are equal in many leading bits, which is no accident, do not let
// the directory grow without end: their segment grows instead.
bool MemberIndex::MaySplit(const Segment& segment) const {
  if (segment.size < kMaxSegment || segment.depth == kMaxDepth) return false;
  return segment.depth < directory_depth_ ||
         places() <= 8 * (size_ / kMaxSegment);
}

// A slot keeps one bit less of its place's hashes than the two halves ask for:
// that bit comes from the member, unless the hash has no more of them.
void MemberIndex::Split(uint32_t hash) {
  Segment* old = PlaceOf(hash).segment();
  const int depth = old->depth + 1;
  const std::vector<Slot> slots = Collect(old);
  std::vector<Slot> halves[2];
  for (size_t i = 0; i < slots.size(); ++i) {
    if (i + kPrefetchAhead < slots.size()) {
      __builtin_prefetch(slots[i + kPrefetchAhead].member());
    }
    const Member* member = slots[i].member();
    const uint32_t bits = slots[i].bits();
    uint32_t shifted = bits << 1 & ((1u << kSlotBits) - 1);
    if (depth <= 32 - kSlotBits) {
      shifted |= HashOf(member->view()) >> (32 - kSlotBits - depth) & 1;
    }
    halves[bits >> (kSlotBits - 1)].emplace_back(shifted, member);
  }
  if (depth > directory_depth_) ResizeDirectory(depth);
  if (depth == directory_depth_) deepest_ += 2;
  const uint32_t first_hash = FirstHash(hash, old->depth);
  DeleteSegment(old);
  for (uint32_t i = 0; i < 2; ++i) {
    std::stable_sort(
        halves[i].begin(), halves[i].end(),
        [](const Slot& a, const Slot& b) { return a.bits() < b.bits(); });
    const size_t homes = std::max(kMinHomes, halves[i].size() * 8 / 7 + 1);
    SetPlaces(first_hash + i * HashesAtDepth(depth),
              Build(depth, homes, UsualSpare(homes), halves[i]));
  }
}

// Joins the segment with the one beside it, if both were one once and are
// small, and again as long as that is so. False: nothing was done.
bool MemberIndex::Join(uint32_t hash) {
  bool joined = false;
  for (;; joined = true) {
    Segment* segment = PlaceOf(hash).segment();
    const int depth = segment->depth;
    if (depth == 0) return joined;
    const uint32_t beside = hash ^ static_cast<uint32_t>(HashesAtDepth(depth));
    Segment* other = PlaceOf(beside).segment();
    if (other->depth != depth ||
        segment->size + other->size > kMaxSegment / 2) {
      return joined;
    }
    std::vector<Slot> slots;
    slots.reserve(segment->size + other->size);
    const bool first = hash < beside;
    for (const uint32_t half : {0u, 1u}) {
      for (const Slot slot : Collect((half == 0) == first ? segment : other)) {
        slots.emplace_back(half << (kSlotBits - 1) | slot.bits() >> 1,
                           slot.member());
      }
    }
    DeleteSegment(segment);
    DeleteSegment(other);
    const size_t homes = std::max(kMinHomes, slots.size() * 3 / 2);
    SetPlaces(hash, Build(depth - 1, homes, UsualSpare(homes), slots));
    if (depth == directory_depth_ && (deepest_ -= 2) == 0) {
      ResizeDirectory(depth - 1);
    }
  }
}

void MemberIndex::ResizeDirectory(int depth) {
  const int old_depth = directory_depth_;
  Place* old = directory_;
  directory_depth_ = depth;
  directory_ = static_cast<Place*>(std::malloc(places() * sizeof(Place)));
  FASTKV_CHECK(directory_ != nullptr, "out of memory");
  deepest_ = 0;
  for (size_t i = 0; i < places(); ++i) {
    directory_[i] = old[depth > old_depth ? i >> (depth - old_depth)
                                          : i << (old_depth - depth)];
    deepest_ += directory_[i].depth() == depth;
  }
  moved_ += places();
  std::free(old);
}

void MemberIndex::CheckInvariants() const {
  if (directory_ == nullptr) return;
  size_t members = 0, bytes = 0, deepest = 0;
  for (uint64_t hash = 0; hash <= UINT32_MAX;) {
    const Place& place = PlaceOf(static_cast<uint32_t>(hash));
    Segment* segment = place.segment();
    CheckSegment(place, static_cast<uint32_t>(hash));
    members += segment->size;
    bytes += sizeof(Segment) + segment->slots * sizeof(Slot);
    deepest += segment->depth == directory_depth_;
    hash += HashesAtDepth(segment->depth);
  }
  FASTKV_CHECK(members == size_, "member count");
  FASTKV_CHECK(bytes == segment_bytes_, "segment bytes");
  FASTKV_CHECK(deepest == deepest_ && deepest > 0, "deepest segments");
}

void MemberIndex::CheckSegment(const Place& place, uint32_t first_hash) const {
  Segment* segment = place.segment();
  const int depth = segment->depth;
  FASTKV_CHECK(depth == place.depth() && depth <= directory_depth_, "depth");
  FASTKV_CHECK(FirstHash(first_hash, depth) == first_hash, "first hash");
  const size_t first_place = PlaceNumberOf(first_hash);
  for (size_t i = 0; i < size_t{1} << (directory_depth_ - depth); ++i) {
    FASTKV_CHECK(directory_[first_place + i].segment() == segment, "place");
  }
  size_t members = 0;
  uint32_t last = 0;
  const Slot* first_of_block = segment->begin();
  for (const Slot* slot = segment->begin(); slot != segment->end(); ++slot) {
    if (slot->empty()) {
      first_of_block = slot + 1;
      continue;
    }
    const uint32_t hash = HashOf(slot->member()->view());
    FASTKV_CHECK(FirstHash(hash, depth) == first_hash, "segment of a hash");
    FASTKV_CHECK(place.BitsOf(hash) == slot->bits(), "stored hash");
    FASTKV_CHECK(slot->bits() >= last, "hash order");
    const Slot* home = place.HomeOf(slot->bits());
    FASTKV_CHECK(home <= slot && home >= first_of_block, "home");
    last = slot->bits();
    ++members;
  }
  FASTKV_CHECK(members == segment->size, "segment size");
  FASTKV_CHECK(segment->end()[-1].empty(), "sentinel");
}

}  // namespace kv::store
