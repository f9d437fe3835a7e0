#include "store/key_ops.h"

#include <algorithm>

namespace kv::store::keys {

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

bool Expire(Transaction& txn, const Key& key, TimeMs deadline,
            ExpireCondition condition) {
  if (condition != ExpireCondition::kAlways) {
    const Entry* entry = txn.Find(key);
    if (entry == nullptr) return false;
    const TimeMs current = txn.DeadlineOf(key, *entry);
    switch (condition) {
      case ExpireCondition::kAlways:
        break;
      case ExpireCondition::kIfNone:
        if (current != kNoDeadline) return false;
        break;
      case ExpireCondition::kIfSome:
        if (current == kNoDeadline) return false;
        break;
      case ExpireCondition::kIfGreater:
        if (deadline <= current) return false;
        break;
      case ExpireCondition::kIfLess:
        if (deadline >= current) return false;
        break;
    }
  }
  return txn.SetDeadline(key, deadline);
}

bool Persist(Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr || !entry->has_deadline()) return false;
  return txn.SetDeadline(key, kNoDeadline);
}

size_t Size(Keyspace& keyspace, uint8_t db) {
  size_t size = 0;
  for (int i = 0; i < keyspace.shards(); ++i) {
    Shard& shard = keyspace.shard(i);
    MutexLock lock(shard.mutex);
    if (db < shard.databases()) size += shard.database(db).table.size();
  }
  return size;
}

void Clear(Keyspace& keyspace, TimeMs now, uint8_t db) {
  Transaction(keyspace, now, Transaction::AllShards()).Clear(db);
}

// A cursor is a shard's index above a 32-bit hash: the next place to look at.
uint64_t Scan(Keyspace& keyspace, TimeMs now, uint8_t db, uint64_t cursor,
              size_t count, absl::FunctionRef<void(const ScannedKey&)> visit) {
  count = std::max<size_t>(count, 1);
  constexpr int kHashBits = 32;
  uint64_t index = cursor >> kHashBits;
  uint64_t hash = cursor & (EntryTable::kScanEnd - 1);
  size_t visited = 0;
  for (; index < static_cast<uint64_t>(keyspace.shards()); ++index, hash = 0) {
    Shard& shard = keyspace.shard(index);
    MutexLock lock(shard.mutex);
    if (db >= shard.databases()) continue;
    const Database& database = shard.database(db);
    const uint64_t next =
        database.table.Scan(hash, count - visited, [&](const Entry& entry) {
          ++visited;
          const TimeMs deadline = database.heap.DeadlineOf(entry);
          if (deadline <= now) return;
          visit({entry.key(), {entry.type(), entry.version(), deadline}});
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

}  // namespace kv::store::keys
