#ifndef FASTKV_STORE_UNDO_LOG_H_
#define FASTKV_STORE_UNDO_LOG_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/database_map.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/shard.h"

namespace kv::store {

// What a transaction removed, in the order in which it did.
using RemovedEntries = absl::InlinedVector<EntryPtr, 1>;

// UndoLog: what it takes to undo the changes of a transaction so far.
//
// An entry that was replaced or removed is put back: it is among the removed
// ones, which live as long as the transaction, so nothing is copied. Members of
// a sorted set are put back one by one, so what is kept depends on how many
// changed and not on how many there are. An entry that the transaction made
// goes as a whole, so nothing is kept about changes to it.
//
// For that to be right, the transaction, while it has a log, does not write
// into a string that it did not make, but puts another one in its place.
//
// Borrows    databases, entries, and the bytes of members, until Undo or its
//            destruction.
// Threads    belongs to its transaction's thread.
// Cost       O(1) for each change, and the same again to undo it (O(log n) for
//            members and deadlines).
class UndoLog {
 public:
  // Whether the transaction made the entry, value and all.
  bool Made(const Entry& entry) const { return made_.contains(&entry); }

  // Each of these is called before the change, unless it says otherwise.

  // `fresh` will stand at `key`, in place of nothing (null) or of `old`, which
  // will be number `removed` of the removed entries.
  void WillPlace(Database& database, const Key& key, Entry* old, size_t removed,
                 Entry* fresh);
  // `entry` will go from `key`, and be number `removed` of the removed entries.
  void WillRemove(Database& database, const Key& key, Entry* entry,
                  size_t removed);
  // `from` was removed, and `to` was placed with the value that it had; called
  // after both.
  void MovedValue(Entry* from, Entry* to);
  // The entry will get another deadline.
  void WillExpire(Database& database, Entry* entry);
  // The member will have another score or none. `score`: what it has, if it is
  // there. It must outlive the log.
  void WillChangeMember(Entry* entry, absl::string_view member,
                        absl::optional<double> score);
  // All entries of the database have moved to `cleared`.
  void Cleared(Database& database, Database* cleared);
  void WillMapDatabases(const DatabaseMap& map);

  // Undoes everything, the last change first, and forgets it. What the
  // transaction had removed leaves `removed`; what it had made comes there.
  void Undo(Keyspace& keyspace, RemovedEntries* removed);

 private:
  struct Change {
    enum class Kind : uint8_t {
      kEntry,     // `key` held `entry`, now removed_[index]; null: nothing
      kValue,     // `other` took over the value of `entry`
      kDeadline,  // `entry` had `deadline`
      kMembers,   // members_[index...] of the set `entry`
      kClear,     // `database` was what is in `cleared`
      kMap,       // the databases had the map maps_.back()
    };
    Kind kind;
    Database* database = nullptr;
    Entry* entry = nullptr;
    uint64_t version = 0;
    TimeMs deadline = kNoDeadline;
    size_t index = 0;
    Key key;
    Entry* other = nullptr;
    Database* cleared = nullptr;
  };
  // A member as it was. Not an optional, since there may be very many.
  struct MemberChange {
    absl::string_view member;
    double score;  // NaN: it was not there
  };

  void UndoEntry(const Change& change, RemovedEntries* removed);
  void UndoMembers(const Change& change);

  std::vector<Change> changes_;
  std::vector<MemberChange> members_;
  std::vector<DatabaseMap> maps_;
  absl::flat_hash_set<const Entry*> made_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_UNDO_LOG_H_
