#ifndef FASTKV_STORE_TRANSACTION_H_
#define FASTKV_STORE_TRANSACTION_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/base/time.h"
#include "store/byte_range.h"
#include "store/database_map.h"
#include "store/effect/durable_mark.h"
#include "store/effect/effect.h"
#include "store/effect/event.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/sorted_set.h"
#include "store/undo_log.h"

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

  // What a transaction of this number has left is applied again: before anyone
  // else uses the keyspace, and without a clock, since what has expired by now
  // may have been changed before it had. No sink hears of it: it is not new.
  struct Replay {
    uint64_t sequence;
  };
  Transaction(Keyspace& keyspace, Replay replay, const Key& key);
  Transaction(Keyspace& keyspace, Replay replay, ShardIndex shard);

  // Hands the effects to the sink, frees what was removed, and unlocks. What
  // takes long to free is freed after that, or by the keyspace's reclaimer.
  ~Transaction() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    // Most have changed nothing, or a string where it is, for nobody to know.
    if (trail_.has_value()) {
      Finish();
      return;
    }
    for (const uint32_t index : shards_) {
      if (sink_ != nullptr) DurableMark::See(keyspace_.shard(index).mark());
      Unlock(index);
    }
  }

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  TimeMs now() const { return now_; }
  Keyspace& keyspace() const { return keyspace_; }

  // The number of this transaction's changes; 0 while it has made none.
  uint64_t sequence() const { return sequence_; }
  // The version that entries have which it changed; 0 likewise.
  uint64_t version() const { return sequence_ & Entry::kVersionMask; }

  // --- All or nothing, for operations that may fail when others are done.

  // Keeps what Rollback needs, from now on. Strings that it did not make are
  // then no longer changed in place but replaced, which copies what EditString
  // leaves as it is. REQUIRES: nothing has changed yet.
  void EnableRollback();

  // Undoes every change so far: all entries, databases and their numbers are as
  // they were, with values, deadlines and versions, and no effect leaves.
  // Entries found before must be found anew. A sorted set may keep the
  // representation that it grew into, and the number that sequence() was is not
  // used again. Changes may follow, and another Rollback.
  // REQUIRES: EnableRollback() was called.
  void Rollback();

  // --- Reading. REQUIRES, here and below: the key's shard is locked by this.

  // The entry, or null if there is none or its deadline has passed. Valid
  // until the entry is changed or the transaction ends.
  const Entry* Find(const Key& key) const {
    const Database& database = DatabaseOf(key);
    const EntryTable::Position slot = database.table.Find(key);
    if (!slot) return nullptr;
    const Entry* entry = slot.entry();
    return DeadlineOf(key, *entry) <= now_ ? nullptr : entry;
  }

  // When the entry expires; kNoDeadline if never.
  TimeMs DeadlineOf(const Key& key, const Entry& entry) const {
    return entry.has_deadline() ? DatabaseOf(key).heap.DeadlineOf(entry)
                                : kNoDeadline;
  }

  // --- Changing.

  // Makes `key` hold the string, whatever it held before. A deadline that is
  // not after now() removes the key instead.
  void PutString(const Key& key, absl::string_view value, TimeMs deadline);

  // As PutString, but a long value is not copied: the entry refers to the blob,
  // which the caller must not write to any more.
  void PutBlob(const Key& key, Blob* value, TimeMs deadline);

  // Makes `key` hold a string of `size` bytes without a deadline, whatever it
  // held before. `write` fills all of them; what it reads may be the values of
  // this or other keys, which are still as they were. For values that are
  // computed, which would have to be copied otherwise.
  // REQUIRES: size <= kMaxValueBytes.
  void BuildString(const Key& key, size_t size,
                   absl::FunctionRef<void(char*)> write);

  // Changes the string at `key` in place: resizes it to `size` bytes (bytes it
  // gains are zero), then lets `edit` write to those in `edited`. A key that is
  // absent begins as the empty string without deadline; an existing deadline
  // stays. REQUIRES: the key is absent or holds a string; size <=
  // kMaxValueBytes.
  void EditString(const Key& key, size_t size,
                  absl::FunctionRef<void(char*)> edit,
                  Extent edited = {0, kMaxValueBytes});

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

  // Marks the entry, if there is one, as changed by this transaction although
  // it stays as it is, and records no effect. For replay, which may find done
  // what made the entry's version.
  void Touch(const Key& key);

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

  Database& DatabaseOf(const Key& key) const {
    const uint32_t index = keyspace_.ShardIndexOf(key);
    assert(std::binary_search(shards_.begin(), shards_.end(), index));
    Shard& shard = keyspace_.shard(index);
    shard.mutex.AssertHeld();
    return shard.database(PlaceOf(key.db));
  }
  uint8_t PlaceOf(uint8_t db) const {
    return keyspace_.database_map().PlaceOf(db);
  }
  // The key's slot if it has an entry whose deadline has not passed; one whose
  // deadline has passed is removed.
  EntryTable::Position FindForUpdate(Database& database, const Key& key);
  // Puts `fresh` where `slot`, which is the key's, holds an older entry or
  // none.
  void Place(Database& database, const Key& key, EntryTable::Position slot,
             Entry* fresh);
  static Entry::Deadline RoomFor(TimeMs deadline) {
    return deadline == kNoDeadline ? Entry::Deadline::kNever
                                   : Entry::Deadline::kPossible;
  }
  // Puts an entry with the same value, which can have a deadline, in the place
  // of one that cannot.
  void MakeRoomForDeadline(Database& database, const Key& key,
                           EntryTable::Position slot);
  // Whether the bytes of a string may be written where they are.
  bool MayOverwrite(const Entry& entry) const {
    return undo_ == nullptr || undo_->Made(entry);
  }
  // Makes `fresh` the entry at `key`, and records all that it holds.
  void PutEntry(const Key& key, Entry* fresh, TimeMs deadline);
  void RecordMembers(const Key& key, const SortedSet& set, bool created);
  void Remove(Database& database, const Key& key,
              Event event = Event::kDefault);
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
  // Records that of a string only the `edited` bytes have changed.
  void RecordSplice(const Key& key, const Entry& entry, Extent edited);
  void Unlock(uint32_t index) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    Shard& shard = keyspace_.shard(index);
    if (sequence_ != 0) {
      keyspace_.PublishNextDeadline(index, shard.next_deadline());
    }
    shard.mutex.Unlock();
  }
  // The destructor's work where there is a trail.
  void Finish();
  // Tells the sink, and the thread how durable its replies must be.
  void Publish();
  void LockAll();

  Keyspace& keyspace_;
  const TimeMs now_;
  EffectSink* sink_ = nullptr;  // as of when the shards were locked
  Event event_ = Event::kDefault;
  uint64_t sequence_ = 0;
  // Indexes of the locked shards, ascending.
  absl::InlinedVector<uint32_t, 4> shards_;
  // What changes leave behind, made with the first that leaves anything.
  struct Trail {
    absl::InlinedVector<Effect, 2> effects;
    // Bytes of effects that stand in an entry which may yet change.
    std::forward_list<std::string> kept;
    std::forward_list<BlobRef> kept_blobs;
    // What was removed: effects may point into it.
    RemovedEntries removed;
    std::forward_list<Database> cleared;
  };
  Trail& trail() {
    if (!trail_.has_value()) trail_.emplace();
    return *trail_;
  }
  absl::optional<Trail> trail_;
  std::unique_ptr<UndoLog> undo_;  // null: no Rollback
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
