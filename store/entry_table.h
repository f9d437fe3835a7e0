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

namespace kv::store {

// EntryTable: the entries of one database in one shard, by key.
//
// An absl::flat_hash_set of (hash, pointer): Abseil's 7-bit control bytes find
// candidates, the 32 hash bits beside the pointer rule out nearly all wrong
// ones before an entry is touched, and growing touches no entry at all.
//
// Owns       its entries.
// Threads    compatible; the shard's mutex guards it.
// Cost       O(1); growth moves 12 bytes per entry.
class EntryTable {
 public:
  // Where an entry's pointer stands. Invalidated by insertion and erasure.
  class Slot {
   public:
    Entry* entry() const { return entry_; }
    // Const, since it is no part of the set's key: hash and name stay.
    void set_entry(Entry* entry) const { entry_ = entry; }

   private:
    friend class EntryTable;
    // By value: nothing may refer to a field, which has no alignment.
    uint32_t hash() const { return hash_; }
    Slot(uint32_t hash, Entry* entry) : hash_(hash), entry_(entry) {}
    uint32_t hash_;
    mutable Entry* entry_;
  } __attribute__((packed));

  EntryTable() = default;
  EntryTable(EntryTable&& other) noexcept = default;
  EntryTable& operator=(EntryTable&& other) noexcept {
    std::swap(slots_, other.slots_);
    return *this;
  }
  ~EntryTable() {
    for (const Slot& slot : slots_) Entry::Delete(slot.entry());
  }

  size_t size() const { return slots_.size(); }
  // Slots that there is memory for.
  size_t capacity() const { return slots_.capacity(); }

  // The key's slot, or null.
  const Slot* Find(const Key& key) const {
    const auto it = slots_.find(key);
    return it == slots_.end() ? nullptr : &*it;
  }

  // Start to fetch what Find will read: first where the key's slot should be,
  // then, once that has arrived, the entry. For batches of keys.
  void PrefetchSlot(const Key& key) const { slots_.prefetch(key); }
  void PrefetchEntry(const Key& key) const {
    const auto it = slots_.find(HashOnly{TableHash(key)});
    if (it != slots_.end()) __builtin_prefetch(it->entry());
  }

  // The key's slot; if there was none, a new one whose entry is null and must
  // be set before the next call.
  const Slot* FindOrInsert(const Key& key) {
    return &*slots_.lazy_emplace(key, [&key](const auto& construct) {
      construct(Slot(TableHash(key), nullptr));
    });
  }

  // Gives up the entry of a key. REQUIRES: Find(key) != nullptr
  EntryPtr Extract(const Key& key) {
    const auto it = slots_.find(key);
    EntryPtr entry(it->entry());
    slots_.erase(it);
    ShrinkIfSparse();
    return entry;
  }

  // Visits, in order of their hash, at least `count` entries whose hash is at
  // least `from` (fewer only at the end), and all entries of equal hash
  // together. Returns the hash to go on from; past the last one:
  // kScanEnd. Growth and shrinking do not change an entry's hash, hence the
  // promise of keys::Scan. O(table size). REQUIRES: count > 0
  static constexpr uint64_t kScanEnd = uint64_t{1} << 32;
  template <typename Visitor>
  uint64_t Scan(uint64_t from, size_t count, Visitor&& visit) const {
    std::vector<std::pair<uint32_t, const Entry*>> found;
    for (const Slot& slot : slots_) {
      if (slot.hash() >= from) found.emplace_back(slot.hash(), slot.entry());
    }
    uint64_t next = kScanEnd;
    if (count < found.size()) {
      // The first `count`, then those whose hash equals the last of these.
      auto end = found.begin() + count;
      std::nth_element(found.begin(), end, found.end());
      const uint32_t last = std::max_element(found.begin(), end)->first;
      auto rest = std::partition(end, found.end(), [last](const auto& item) {
        return item.first == last;
      });
      found.erase(rest, found.end());
      next = uint64_t{last} + 1;
    }
    for (const auto& [hash, entry] : found) visit(*entry);
    return next;
  }

  // Visits entries, in no order, while visit() returns true.
  template <typename Visitor>
  void VisitWhile(Visitor&& visit) const {
    for (const Slot& slot : slots_) {
      if (!visit(*slot.entry())) return;
    }
  }

  // Visits every entry, in no order.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    for (const Slot& slot : slots_) visit(*slot.entry());
  }

 private:
  static uint32_t TableHash(const Key& key) {
    return static_cast<uint32_t>(key.hash);
  }

  // A key of which only the hash is compared: its entry is not read.
  struct HashOnly {
    uint32_t hash;
  };

  struct Hash {
    using is_transparent = void;
    size_t operator()(const HashOnly& key) const { return key.hash; }
    size_t operator()(const Key& key) const { return TableHash(key); }
    size_t operator()(const Slot& slot) const { return slot.hash(); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Slot& slot, const Key& key) const {
      return slot.hash() == TableHash(key) && slot.entry()->key() == key.bytes;
    }
    bool operator()(const Slot& slot, const HashOnly& key) const {
      return slot.hash() == key.hash;
    }
    bool operator()(const Slot& a, const Slot& b) const {
      return a.entry() == b.entry();
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

  absl::flat_hash_set<Slot, Hash, Equal> slots_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_ENTRY_TABLE_H_
