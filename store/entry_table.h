#ifndef FASTKV_STORE_ENTRY_TABLE_H_
#define FASTKV_STORE_ENTRY_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "store/base/key.h"
#include "store/entry.h"
#include "store/segment_arena.h"

namespace kv::store {

// EntryTable: the entries of one database in one shard, by key.
//
// An absl::flat_hash_set of (handle, hash): Abseil's 7-bit control bytes find
// candidates, the 24 hash bits beside the handle rule out nearly all wrong ones
// before an entry is touched, and growing touches no entry at all.
//
// Owns       its entries.   Borrows  the pool that they are in.
// Threads    compatible; the shard's mutex guards it.
// Cost       O(1); growth moves 7 bytes per entry. Beyond 2^17 slots, hash bits
//            begin to lack, and entries are found less directly.
class EntryTable {
 private:
  struct Slot {
    uint32_t hash() const { return hash_low | uint32_t{hash_high} << 16; }
    // Mutable, since it is no part of the set's key: hash and name stay.
    mutable EntryPool::Handle handle;
    uint16_t hash_low;
    uint8_t hash_high;
  } __attribute__((packed));
  static_assert(sizeof(Slot) == 7);

 public:
  // Bits of a key's hash that the table uses, and Scan goes by.
  static constexpr int kHashBits = 24;

  // Where the handle of a key's entry stands, or none. Invalidated by insertion
  // and erasure.
  class Position {
   public:
    Position() = default;
    explicit operator bool() const { return slot_ != nullptr; }
    // Null if none was set yet.
    Entry* entry() const {
      return slot_->handle == 0 ? nullptr : pool_->At(slot_->handle);
    }
    void set_entry(const Entry* entry) const {
      slot_->handle = pool_->HandleOf(*entry);
    }

   private:
    friend class EntryTable;
    Position(const Slot* slot, const EntryPool* pool)
        : slot_(slot), pool_(pool) {}
    const Slot* slot_ = nullptr;
    const EntryPool* pool_ = nullptr;
  };

  explicit EntryTable(EntryPool* pool) : pool_(pool) {}
  EntryTable(EntryTable&& other) noexcept = default;
  EntryTable& operator=(EntryTable&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(slots_, other.slots_);
    return *this;
  }
  ~EntryTable() {
    // The pool's memory goes as a whole: only values outside are freed here.
    if (slots_.empty() || pool_->outside_values() == 0) return;
    for (const Slot& slot : slots_)
      Entry::Delete(*pool_, pool_->At(slot.handle));
  }

  size_t size() const { return slots_.size(); }
  // Slots that there is memory for.
  size_t capacity() const { return slots_.capacity(); }

  // The key's place, if it has one.
  Position Find(const Key& key) const {
    const auto it = slots_.find(Sought{*pool_, key});
    return it == slots_.end() ? Position() : Position(&*it, pool_);
  }

  // Start to fetch what Find will read: first where the key's slot should be,
  // then, once that has arrived, the entry. For batches of keys.
  void PrefetchSlot(const Key& key) const {
    pool_->PrefetchDirectory();
    slots_.prefetch(Sought{*pool_, key});
  }
  void PrefetchEntry(const Key& key) const {
    const auto it = slots_.find(HashOnly{TableHash(key)});
    if (it == slots_.end()) return;
    const char* entry = reinterpret_cast<const char*>(pool_->At(it->handle));
    __builtin_prefetch(entry);
    __builtin_prefetch(entry + 64);
  }

  // The key's place; if there was none, a new one whose entry is null and must
  // be set before the next call.
  Position FindOrInsert(const Key& key) {
    const auto it =
        slots_.lazy_emplace(Sought{*pool_, key}, [&key](const auto& construct) {
          const uint32_t hash = TableHash(key);
          construct(Slot{0, static_cast<uint16_t>(hash),
                         static_cast<uint8_t>(hash >> 16)});
        });
    return {&*it, pool_};
  }

  // Gives up the entry of a key. REQUIRES: Find(key)
  EntryPtr Extract(const Key& key) {
    const auto it = slots_.find(Sought{*pool_, key});
    EntryPtr entry(pool_->At(it->handle), {pool_});
    slots_.erase(it);
    ShrinkIfSparse();
    return entry;
  }

  // The bytes of the entry at `from`, which is one of the table's, are now at
  // `to`.
  void Moved(const Entry& from, const Entry& to) {
    const auto it =
        slots_.find(Known{TableHash(Key(from.key())), pool_->HandleOf(from)});
    it->handle = pool_->HandleOf(to);
  }

  // Visits, in order of their hash, at least `count` entries whose hash is at
  // least `from` (fewer only at the end), and all entries of equal hash
  // together. Returns the hash to go on from; past the last one:
  // kScanEnd. Growth and shrinking do not change an entry's hash, hence the
  // promise of keys::Scan. O(table size), in O(count) memory.
  // REQUIRES: count > 0
  static constexpr uint64_t kScanEnd = uint64_t{1} << kHashBits;
  template <typename Visitor>
  uint64_t Scan(uint64_t from, size_t count, Visitor&& visit) const {
    std::vector<Hashed> found;
    uint64_t next = kScanEnd;
    // Twice as many, and then only the better half: each cut makes the next
    // one rarer, and most slots are passed over with one comparison.
    const size_t room = count > SIZE_MAX / 2 ? SIZE_MAX : 2 * count;
    size_t limit = room;
    for (const Slot& slot : slots_) {
      if (slot.hash() < from || slot.hash() >= next) continue;
      found.emplace_back(slot.hash(), pool_->At(slot.handle));
      if (found.size() < limit) continue;
      next = KeepFirst(count, &found);
      limit = std::max(room, 2 * found.size());
    }
    if (found.size() > count) next = KeepFirst(count, &found);
    // Entries are anywhere in memory: several are fetched while one is visited.
    constexpr size_t kAhead = 8;
    for (size_t i = 0; i < found.size(); ++i) {
      if (i + kAhead < found.size()) {
        const char* ahead =
            reinterpret_cast<const char*>(found[i + kAhead].second);
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + 64);
      }
      visit(*found[i].second);
    }
    return next;
  }

  // Visits entries, in no order, while visit() returns true.
  template <typename Visitor>
  void VisitWhile(Visitor&& visit) const {
    for (const Slot& slot : slots_) {
      if (!visit(*pool_->At(slot.handle))) return;
    }
  }

  // Visits every entry, in no order.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    for (const Slot& slot : slots_) visit(*pool_->At(slot.handle));
  }

 private:
  static uint32_t TableHash(const Key& key) {
    return static_cast<uint32_t>(key.hash) & ((1 << kHashBits) - 1);
  }

  // Of more than `count`, keeps the first by hash, and those whose hash equals
  // the last of these. Returns the hash behind it.
  using Hashed = std::pair<uint32_t, const Entry*>;
  static uint64_t KeepFirst(size_t count, std::vector<Hashed>* found) {
    const auto end = found->begin() + count;
    std::nth_element(found->begin(), end, found->end());
    const uint32_t last = std::max_element(found->begin(), end)->first;
    const auto rest = std::partition(
        end, found->end(),
        [last](const Hashed& item) { return item.first == last; });
    found->erase(rest, found->end());
    return uint64_t{last} + 1;
  }

  // A key, and where to look at the entries that may have it.
  struct Sought {
    const EntryPool& pool;
    const Key& key;
  };
  // A key of which only the hash is compared: its entry is not read.
  struct HashOnly {
    uint32_t hash;
  };
  // An entry whose key is known to be in the table.
  struct Known {
    uint32_t hash;
    EntryPool::Handle handle;
  };

  // Seven of the bits become Abseil's control byte, the rest the first slot to
  // look at: multiplied, so that they spread over tables of more slots, too.
  static size_t Spread(uint32_t hash) {
    constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;
    return (hash & 0x7F) | (hash >> 7) * kOdd << 7;
  }

  struct Hash {
    using is_transparent = void;
    size_t operator()(const HashOnly& key) const { return Spread(key.hash); }
    size_t operator()(const Known& entry) const { return Spread(entry.hash); }
    size_t operator()(const Sought& sought) const {
      return Spread(TableHash(sought.key));
    }
    size_t operator()(const Slot& slot) const { return Spread(slot.hash()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Slot& slot, const Sought& sought) const {
      return slot.hash() == TableHash(sought.key) &&
             sought.pool.At(slot.handle)->key() == sought.key.bytes;
    }
    bool operator()(const Slot& slot, const HashOnly& key) const {
      return slot.hash() == key.hash;
    }
    bool operator()(const Slot& slot, const Known& entry) const {
      return slot.handle == entry.handle;
    }
    bool operator()(const Slot& a, const Slot& b) const {
      return a.handle == b.handle;
    }
  };

  // A table that lost most of its entries gives memory back. Rare: it becomes
  // half full, which needs many erasures, or insertions, before the next
  // resize. rehash(0), since rehash(n) only ever grows.
  void ShrinkIfSparse() {
    constexpr size_t kSmall = 127;
    if (slots_.capacity() > kSmall && slots_.size() < slots_.capacity() / 8) {
      slots_.rehash(0);
    }
  }

  EntryPool* pool_;
  absl::flat_hash_set<Slot, Hash, Equal, ArrayAllocator<Slot>> slots_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_ENTRY_TABLE_H_
