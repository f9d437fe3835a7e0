#ifndef FASTKV_STORE_TRANSACTION_H_
#define FASTKV_STORE_TRANSACTION_H_

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/database_map.h"
#include "store/effect/effect.h"
#include "store/effect/event.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/sorted_set.h"

namespace kv::store {

// Transaction: the shards of some keys, locked, with the time and the changes
// made so far. Operations run inside one; every command, RPC, multi-key call
// and MULTI/EXEC is one. What happens between construction and destruction is
// atomic for everybody else.
//
// It is also the only door through which an entry can change: each mutator
// applies the change, stamps the entry with the transaction's sequence number
// and records the effect, so that no change can leave unrecorded.
//
// Owns       the locks of its shards, and what it removed, until destruction.
// Borrows    the keyspace; the bytes of keys and values passed to mutators,
//            until destruction.
// Threads    belongs to the thread that made it. Nothing else may be locked
//            meanwhile that another thread holds while it waits for a shard.
// Locks      shards are locked in ascending order of their index, all at once;
//            a transaction never adds a shard later.
class Transaction {
 public:
  // Locks the shard of one key: the hot path.
  Transaction(Keyspace& keyspace, TimeMs now, const Key& key);
  // Locks the shards of all keys; an empty span locks none.
  Transaction(Keyspace& keyspace, TimeMs now, absl::Span<const Key> keys);
  // Locks every shard.
  struct AllShards {};
  Transaction(Keyspace& keyspace, TimeMs now, AllShards);
  // Locks one shard by its index.
  struct ShardIndex {
    uint32_t value;
  };
  Transaction(Keyspace& keyspace, TimeMs now, ShardIndex shard);

  // Hands the effects to the sink, then unlocks, then frees what was removed.
  ~Transaction();

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  TimeMs now() const { return now_; }
  Keyspace& keyspace() const { return keyspace_; }

  // The number of this transaction's changes; 0 while it has made none.
  uint64_t sequence() const { return sequence_; }

  // --- Reading. REQUIRES, here and below: the key's shard is locked by this.

  // The entry, or null if there is none or its deadline has passed. Valid
  // until the entry is changed or the transaction ends.
  const Entry* Find(const Key& key) const;

  // When the entry expires; kNoDeadline if never.
  TimeMs DeadlineOf(const Key& key, const Entry& entry) const;

  // --- Changing.

  // Makes `key` hold the string, whatever it held before. A deadline that is
  // not after now() removes the key instead.
  void PutString(const Key& key, absl::string_view value, TimeMs deadline);

  // Makes `key` hold a string of `size` bytes without a deadline, whatever it
  // held before. `write` fills all of them; what it reads may be the values of
  // this or other keys, which are still as they were. For values that are
  // computed, which would have to be copied otherwise.
  // REQUIRES: size <= kMaxValueBytes.
  void BuildString(const Key& key, size_t size,
                   absl::FunctionRef<void(char*)> write);

  // Changes the string at `key` in place: resizes it to `size` bytes (bytes it
  // gains are zero), then lets `edit` write to them. A key that is absent
  // begins as the empty string without deadline; an existing deadline stays.
  // REQUIRES: the key is absent or holds a string; size <= kMaxValueBytes.
  void EditString(const Key& key, size_t size,
                  absl::FunctionRef<void(char*)> edit);

  // Removes the key; false if there was none.
  bool Erase(const Key& key);

  // Makes `to` hold what `from` holds, with its deadline, whatever `to` held
  // before, and removes `from`. The value moves: O(1), except that its effects,
  // where there is a sink, tell all members of a sorted set. False: no such key
  // `from`. REQUIRES: they are different keys.
  bool Move(const Key& from, const Key& to);
  // The same, but `from` stays as it is. O(1) for strings, O(n) for sorted
  // sets.
  bool Copy(const Key& from, const Key& to);

  // Sets or (kNoDeadline) removes the deadline; one that is not after now()
  // removes the key. False if there is no such key.
  bool SetDeadline(const Key& key, TimeMs deadline);

  // Puts a member into the sorted set at `key`, which is made if absent.
  // REQUIRES: the key is absent or holds a sorted set; score is not NaN.
  Upserted PutMember(const Key& key, absl::string_view member, double score);

  // Removes a member; a set that loses its last member is removed as well.
  // False if there was no such member. REQUIRES: as PutMember.
  bool EraseMember(const Key& key, absl::string_view member);

  // Removes the members of `count` ranks from `first`, as far as they exist,
  // and returns how many; a set that loses its last member is removed as well.
  // REQUIRES: the key is absent or holds a sorted set.
  size_t EraseRanks(const Key& key, size_t first, size_t count);

  // Makes `key` hold the sorted set, whatever it held before. An empty set, or
  // a deadline that is not after now(), removes the key instead.
  void PutSortedSet(const Key& key, SortedSet set,
                    TimeMs deadline = kNoDeadline);

  // Removes all entries of a database. REQUIRES: all shards are locked.
  void Clear(uint8_t db);

  // Exchanges the numbers of two databases, and so all their entries; O(1).
  // REQUIRES: all shards are locked.
  void SwapDatabases(uint8_t a, uint8_t b);

  // Gives the databases these places. REQUIRES: all shards are locked.
  void MapDatabases(const DatabaseMap& map);

  // Removes up to `limit` entries of the locked shards whose deadline has
  // passed, and returns how many.
  size_t EraseExpired(size_t limit);

 private:
  friend class NamedEvent;

  Database& DatabaseOf(const Key& key) const;
  uint8_t PlaceOf(uint8_t db) const {
    return keyspace_.database_map().PlaceOf(db);
  }
  // The key's slot if it has an entry whose deadline has not passed; one whose
  // deadline has passed is removed.
  const EntryTable::Slot* FindForUpdate(Database& database, const Key& key);
  // Puts `fresh` where `slot` holds an older entry or none.
  void Place(Database& database, const EntryTable::Slot* slot, Entry* fresh);
  // Makes `fresh` the entry at `key`, and records all that it holds.
  void PutEntry(const Key& key, Entry* fresh, TimeMs deadline);
  void RecordMembers(const Key& key, const SortedSet& set, bool created);
  void Remove(Database& database, const Key& key,
              Event event = Event::kDefault);
  void Expire(Database& database, Entry* entry, TimeMs deadline);
  // Marks an entry as changed by this transaction, which takes its sequence
  // number with its first change.
  void Stamp(Entry* entry);
  void Record(const Effect& effect);
  // A copy of the bytes that lives as long as the effects.
  absl::string_view Keep(absl::string_view bytes);
  // Records what a string is now. Since the entry may change again, the bytes
  // are copied; a blob is held instead, which keeps it from being written to.
  void RecordString(const Key& key, const Entry& entry, TimeMs deadline,
                    bool created);
  void LockAll();

  Keyspace& keyspace_;
  const TimeMs now_;
  EffectSink* sink_ = nullptr;  // as of when the shards were locked
  Event event_ = Event::kDefault;
  uint64_t sequence_ = 0;
  // Indexes of the locked shards, ascending.
  absl::InlinedVector<uint32_t, 4> shards_;
  absl::InlinedVector<Effect, 2> effects_;
  // Bytes of effects that stand in an entry which may yet change.
  std::forward_list<std::string> kept_;
  std::forward_list<BlobRef> kept_blobs_;
  // What was removed: effects may point into it, and freeing takes time, so it
  // is freed after the locks.
  absl::InlinedVector<EntryPtr, 1> removed_;
  std::forward_list<Database> cleared_;
};

// NamedEvent: what the changes of a transaction are called while it exists, to
// clients that are told of them. Costs a byte written, whether anybody is told
// or not.
class NamedEvent {
 public:
  NamedEvent(Transaction& txn, Event event) : txn_(txn) { txn.event_ = event; }
  ~NamedEvent() { txn_.event_ = Event::kDefault; }
  NamedEvent(const NamedEvent&) = delete;
  NamedEvent& operator=(const NamedEvent&) = delete;

 private:
  Transaction& txn_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_TRANSACTION_H_
