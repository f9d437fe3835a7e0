#include "store/member_index.h"

#include <algorithm>
#include <cstdlib>

#include "store/base/check.h"

namespace kv::store {
namespace {

// 7/8 full at most: a search then reads about five slots, one or two cache
// lines. After growing by a quarter it is 70 % full.
constexpr size_t kMinHomes = 32;
constexpr size_t kMinSpare = 16;
constexpr size_t kPrefetchAhead = 8;

bool TooFull(size_t size, size_t homes) { return size > homes - homes / 8; }
bool TooEmpty(size_t size, size_t homes) {
  return homes > kMinHomes && size < homes / 4;
}

}  // namespace

MemberIndex::~MemberIndex() { std::free(slots_); }

Member* MemberIndex::Find(uint32_t hash, absl::string_view member) const {
  if (size_ == 0) return nullptr;
  const Slot* slot = slots_ + Home(hash);
  for (; !slot->empty() && slot->hash() <= hash; ++slot) {
    if (slot->hash() == hash && slot->member()->view() == member) {
      return slot->member();
    }
  }
  return nullptr;
}

void MemberIndex::Insert(uint32_t hash, Member* member) {
  if (TooFull(size_ + 1, homes_)) {
    Rebuild(std::max(kMinHomes, homes_ + homes_ / 4),
            std::max(spare_, kMinSpare));
  }
  Slot* slot = slots_ + Home(hash);
  while (!slot->empty() && slot->hash() <= hash) ++slot;
  Slot* hole = slot;
  while (!hole->empty()) ++hole;
  if (hole == slots_ + slot_count() - 1) {  // which stays empty
    Rebuild(homes_, spare_ * 2);
    return Insert(hash, member);
  }
  std::memmove(slot + 1, slot, (hole - slot) * sizeof(Slot));
  *slot = Slot(hash, member);
  ++size_;
}

void MemberIndex::Erase(uint32_t hash, const Member* member) {
  Slot* slot = slots_ + Home(hash);
  while (slot->member() != member) ++slot;
  // Those behind it that are away from home move up.
  Slot* end = slot + 1;
  while (!end->empty() && slots_ + Home(end->hash()) != end) ++end;
  std::memmove(slot, slot + 1, (end - slot - 1) * sizeof(Slot));
  end[-1] = Slot(0, nullptr);
  --size_;
  if (TooEmpty(size_, homes_)) {
    Rebuild(std::max(kMinHomes, size_ * 2), kMinSpare);
  }
}

uint64_t MemberIndex::Scan(uint64_t cursor, size_t count,
                           absl::FunctionRef<void(const Member&)> f) const {
  if (size_ == 0 || cursor > UINT32_MAX) return 0;
  count = std::max<size_t>(count, 1);  // each call gets on
  const Slot* const end = slots_ + slot_count();
  size_t visited = 0;
  uint64_t last = 0;  // the hash of the member visited last
  for (const Slot* slot = slots_ + Home(static_cast<uint32_t>(cursor));
       slot != end; ++slot) {
    if (end - slot > kPrefetchAhead) {
      __builtin_prefetch(slot[kPrefetchAhead].member());
    }
    if (slot->empty() || slot->hash() < cursor) continue;
    if (visited >= count && slot->hash() != last) return last + 1;
    f(*slot->member());
    last = slot->hash();
    ++visited;
  }
  return 0;
}

// Slots are in the order of their hashes, and so are homes: one pass. A spare
// area that turns out too small doubles and the pass begins again.
void MemberIndex::Rebuild(size_t homes, size_t spare) {
  const size_t old_count = slot_count();
  homes_ = homes;
  Slot* fresh = nullptr;
  for (bool fits = false; !fits; spare *= 2) {
    std::free(fresh);
    fresh = static_cast<Slot*>(std::calloc(homes + spare, sizeof(Slot)));
    FASTKV_CHECK(fresh != nullptr, "out of memory");
    spare_ = spare;
    size_t next = 0;
    fits = true;
    for (size_t i = 0; i < old_count && fits; ++i) {
      if (slots_[i].empty()) continue;
      next = std::max(next, Home(slots_[i].hash()));
      fits = next + 1 < homes + spare;
      if (fits) fresh[next++] = slots_[i];
    }
  }
  std::free(slots_);
  slots_ = fresh;
}

void MemberIndex::CheckInvariants() const {
  const size_t count = slot_count();
  size_t members = 0, first_of_block = 0;
  uint32_t last = 0;
  for (size_t i = 0; i < count; ++i) {
    if (slots_[i].empty()) {
      first_of_block = i + 1;
      continue;
    }
    const uint32_t hash = slots_[i].hash();
    FASTKV_CHECK(hash >= last, "hash order");
    FASTKV_CHECK(hash == HashOf(slots_[i].member()->view()), "stored hash");
    FASTKV_CHECK(Home(hash) <= i && Home(hash) >= first_of_block, "home");
    last = hash;
    ++members;
  }
  FASTKV_CHECK(members == size_, "member count");
  FASTKV_CHECK(count == 0 || slots_[count - 1].empty(), "sentinel");
}

}  // namespace kv::store
