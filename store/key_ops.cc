#include "store/key_ops.h"

#include <algorithm>

#include "store/shard_lock.h"

namespace kv::store::keys {
namespace {

bool Valid(const ExpireOptions& options) {
  if (options.only_absent) {
    return !options.only_existing && !options.greater && !options.less;
  }
  return !(options.greater && options.less);
}

bool Unconditional(const ExpireOptions& options) {
  return !options.only_absent && !options.only_existing && !options.greater &&
         !options.less;
}

// Whether the options let `deadline` replace `current`.
bool Allowed(const ExpireOptions& options, TimeMs current, TimeMs deadline) {
  if (options.only_absent) return current == kNoDeadline;
  return !(options.only_existing && current == kNoDeadline) &&
         !(options.greater && deadline <= current) &&
         !(options.less && deadline >= current);
}

bool Same(const Key& a, const Key& b) {
  return a.db == b.db && a.bytes == b.bytes;
}

TransferOutcome CheckTransfer(const Transaction& txn, const Key& from,
                              const Key& to, bool replace) {
  if (txn.Find(from) == nullptr) return TransferOutcome::kNoSuchKey;
  if (!replace && txn.Find(to) != nullptr) {
    return TransferOutcome::kDestinationExists;
  }
  return TransferOutcome::kDone;
}

}  // namespace

absl::optional<Metadata> Describe(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return absl::nullopt;
  return Metadata{entry->type(), entry->version(), txn.DeadlineOf(key, *entry)};
}

bool Exists(const Transaction& txn, const Key& key) {
  return txn.Find(key) != nullptr;
}

EraseOutcome Erase(Transaction& txn, const Key& key,
                   const Condition& condition) {
  if (condition.kind == Condition::Kind::kNone) {
    const bool erased = txn.Erase(key);
    return {erased, erased};
  }
  const Entry* entry = txn.Find(key);
  const bool existed = entry != nullptr;
  if (!existed || !Holds(condition, entry)) return {false, existed};
  return {txn.Erase(key), existed};
}

OpResult<bool> Expire(Transaction& txn, const Key& key, TimeMs deadline,
                      const ExpireOptions& options) {
  if (!Valid(options)) return OpStatus::kBadOptions;
  if (!Unconditional(options)) {
    const Entry* entry = txn.Find(key);
    if (entry == nullptr ||
        !Allowed(options, txn.DeadlineOf(key, *entry), deadline)) {
      return false;
    }
  }
  return txn.SetDeadline(key, deadline);
}

bool Persist(Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr || !entry->has_deadline()) return false;
  return txn.SetDeadline(key, kNoDeadline);
}

TransferOutcome Move(Transaction& txn, const Key& from, const Key& to,
                     bool replace) {
  const TransferOutcome outcome = CheckTransfer(txn, from, to, replace);
  const NamedEvent named(txn, from.db == to.db ? Event::kRename : Event::kMove);
  if (outcome == TransferOutcome::kDone && !Same(from, to)) txn.Move(from, to);
  return outcome;
}

TransferOutcome Copy(Transaction& txn, const Key& from, const Key& to,
                     bool replace) {
  const TransferOutcome outcome = CheckTransfer(txn, from, to, replace);
  const NamedEvent named(txn, Event::kCopy);
  if (outcome == TransferOutcome::kDone && !Same(from, to)) txn.Copy(from, to);
  return outcome;
}

size_t Size(Keyspace& keyspace, uint8_t db, const Transaction* within) {
  size_t size = 0;
  for (int i = 0; i < keyspace.shards(); ++i) {
    Shard& shard = keyspace.shard(i);
    ShardLock lock(shard, within);
    shard.mutex.AssertHeld();
    const uint8_t place = keyspace.database_map().PlaceOf(db);
    if (place < shard.databases()) size += shard.database(place).table.size();
  }
  return size;
}

// A cursor is a shard's index above a hash of the table: the next place to look
// at.
uint64_t Scan(Keyspace& keyspace, TimeMs now, uint8_t db, uint64_t cursor,
              size_t count, absl::FunctionRef<void(const ScannedKey&)> visit,
              const Transaction* within) {
  count = std::max<size_t>(count, 1);
  constexpr int kHashBits = EntryTable::kHashBits;
  uint64_t index = cursor >> kHashBits;
  uint64_t hash = cursor & (EntryTable::kScanEnd - 1);
  size_t visited = 0;
  for (; index < static_cast<uint64_t>(keyspace.shards()); ++index, hash = 0) {
    Shard& shard = keyspace.shard(index);
    ShardLock lock(shard, within);
    shard.mutex.AssertHeld();
    const uint8_t place = keyspace.database_map().PlaceOf(db);
    if (place >= shard.databases()) continue;
    const Database& database = shard.database(place);
    const uint64_t next =
        database.table.Scan(hash, count - visited, [&](const Entry& entry) {
          ++visited;
          const TimeMs deadline = database.heap.DeadlineOf(entry);
          if (deadline <= now) return;
          visit(
              {entry.key(), {entry.type(), entry.version(), deadline}, entry});
        });
    if (next != EntryTable::kScanEnd) return index << kHashBits | next;
    if (visited >= count) {
      return index + 1 < static_cast<uint64_t>(keyspace.shards())
                 ? (index + 1) << kHashBits
                 : 0;
    }
  }
  return 0;
}

absl::optional<std::string> RandomKey(Keyspace& keyspace, TimeMs now,
                                      uint8_t db, uint64_t random,
                                      const Transaction* within) {
  const size_t size = Size(keyspace, db, within);
  if (size == 0) return absl::nullopt;
  size_t skip = random % size;
  absl::optional<std::string> found;
  // A second round, for the case that all from there on have expired.
  for (int i = 0; i < 2 * keyspace.shards() && !found.has_value(); ++i) {
    Shard& shard = keyspace.shard(i % keyspace.shards());
    ShardLock lock(shard, within);
    shard.mutex.AssertHeld();
    const uint8_t place = keyspace.database_map().PlaceOf(db);
    if (place >= shard.databases()) continue;
    const Database& database = shard.database(place);
    if (skip >= database.table.size()) {
      skip -= database.table.size();
      continue;
    }
    database.table.VisitWhile([&](const Entry& entry) {
      if (skip > 0) {
        --skip;
      } else if (database.heap.DeadlineOf(entry) > now) {
        found.emplace(entry.key());
      }
      return !found.has_value();
    });
  }
  return found;
}

}  // namespace kv::store::keys
