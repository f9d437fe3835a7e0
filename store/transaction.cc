#include "store/transaction.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace kv::store {

Transaction::Transaction(Keyspace& keyspace, TimeMs now, const Key& key)
    : Transaction(keyspace, now, ShardIndex{keyspace.ShardIndexOf(key)}) {}

Transaction::Transaction(Keyspace& keyspace, TimeMs now, ShardIndex shard)
    : keyspace_(keyspace), now_(now), shards_{shard.value} {
  LockAll();
}

Transaction::Transaction(Keyspace& keyspace, TimeMs now,
                         absl::Span<const Key> keys)
    : keyspace_(keyspace), now_(now) {
  shards_.reserve(keys.size());
  for (const Key& key : keys) shards_.push_back(keyspace.ShardIndexOf(key));
  std::sort(shards_.begin(), shards_.end());
  shards_.erase(std::unique(shards_.begin(), shards_.end()), shards_.end());
  LockAll();
}

Transaction::Transaction(Keyspace& keyspace, TimeMs now, AllShards)
    : keyspace_(keyspace), now_(now) {
  shards_.resize(keyspace.shards());
  for (uint32_t i = 0; i < shards_.size(); ++i) shards_[i] = i;
  LockAll();
}

void Transaction::LockAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  for (const uint32_t index : shards_) keyspace_.shard(index).mutex.Lock();
  sink_ = keyspace_.sink();
}

Transaction::~Transaction() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (!effects_.empty()) sink_->Append(sequence_, effects_);
  for (const uint32_t index : shards_) {
    Shard& shard = keyspace_.shard(index);
    if (sequence_ != 0) {
      keyspace_.PublishNextDeadline(index, shard.next_deadline());
    }
    shard.mutex.Unlock();
  }
}

const Entry* Transaction::Find(const Key& key) const {
  const Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = database.table.Find(key);
  if (slot == nullptr) return nullptr;
  const Entry* entry = slot->entry();
  return database.heap.DeadlineOf(*entry) <= now_ ? nullptr : entry;
}

TimeMs Transaction::DeadlineOf(const Key& key, const Entry& entry) const {
  return DatabaseOf(key).heap.DeadlineOf(entry);
}

void Transaction::PutString(const Key& key, absl::string_view value,
                            TimeMs deadline) {
  if (deadline <= now_) {
    Erase(key);
    return;
  }
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = database.table.FindOrInsert(key);
  Entry* entry = slot->entry();
  const bool created = entry == nullptr;
  char* bytes = entry != nullptr && entry->type() == ValueType::kString
                    ? entry->OverwriteInPlace(value.size())
                    : nullptr;
  if (bytes == nullptr) {
    entry = Entry::NewString(key.bytes, value);
    Place(database, slot, entry);
  } else if (!value.empty()) {
    std::memcpy(bytes, value.data(), value.size());
  }
  Expire(database, entry, deadline);
  Stamp(entry);
  Record({.kind = Effect::Kind::kPutString,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes,
          .value = value,
          .created = created});
}

void Transaction::BuildString(const Key& key, size_t size,
                              absl::FunctionRef<void(char*)> write) {
  Entry* fresh = Entry::NewString(key.bytes, size);
  write(fresh->OverwriteInPlace(size));
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = database.table.FindOrInsert(key);
  const bool created = slot->entry() == nullptr;
  Place(database, slot, fresh);
  Expire(database, fresh, kNoDeadline);
  Stamp(fresh);
  RecordString(key, *fresh, kNoDeadline, created);
}

void Transaction::EditString(const Key& key, size_t size,
                             absl::FunctionRef<void(char*)> edit) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = FindForUpdate(database, key);
  Entry* entry = slot == nullptr ? nullptr : slot->entry();
  const bool created = entry == nullptr;
  const size_t old_size = created ? 0 : entry->string().bytes.size();
  char* bytes = entry == nullptr ? nullptr : entry->ResizeInPlace(size);
  if (bytes == nullptr) {
    Entry* fresh = Entry::NewString(key.bytes, size);
    bytes = fresh->OverwriteInPlace(size);
    if (entry != nullptr) {
      const absl::string_view old = entry->string().bytes;
      std::memcpy(bytes, old.data(), std::min(size, old.size()));
    } else {
      slot = database.table.FindOrInsert(key);
    }
    Place(database, slot, fresh);
    entry = fresh;
  }
  if (size > old_size) std::memset(bytes + old_size, 0, size - old_size);
  edit(bytes);
  Stamp(entry);
  RecordString(key, *entry, database.heap.DeadlineOf(*entry), created);
}

bool Transaction::Erase(const Key& key) {
  Database& database = DatabaseOf(key);
  if (FindForUpdate(database, key) == nullptr) return false;
  Remove(database, key);
  return true;
}

bool Transaction::Move(const Key& from, const Key& to) {
  Database& source = DatabaseOf(from);
  const EntryTable::Slot* slot = FindForUpdate(source, from);
  if (slot == nullptr) return false;
  Entry* entry = slot->entry();
  const TimeMs deadline = source.heap.DeadlineOf(*entry);
  Entry* fresh = Entry::NewFromValueOf(to.bytes, entry);
  Remove(source, from);
  PutEntry(to, fresh, deadline);
  return true;
}

bool Transaction::Copy(const Key& from, const Key& to) {
  const Entry* entry = Find(from);
  if (entry == nullptr) return false;
  PutEntry(to, Entry::NewCopyOf(to.bytes, *entry), DeadlineOf(from, *entry));
  return true;
}

bool Transaction::SetDeadline(const Key& key, TimeMs deadline) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = FindForUpdate(database, key);
  if (slot == nullptr) return false;
  if (deadline <= now_) {
    Remove(database, key);
    return true;
  }
  Expire(database, slot->entry(), deadline);
  Stamp(slot->entry());
  Record({.kind = Effect::Kind::kSetDeadline,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes});
  return true;
}

Upserted Transaction::PutMember(const Key& key, absl::string_view member,
                                double score) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = FindForUpdate(database, key);
  const bool created = slot == nullptr;
  if (created) {
    slot = database.table.FindOrInsert(key);
    slot->set_entry(Entry::NewSortedSet(key.bytes));
  }
  const Upserted result =
      slot->entry()->mutable_sorted_set().Upsert(member, score);
  if (result == Upserted::kUnchanged) return result;
  Stamp(slot->entry());
  Record({.kind = Effect::Kind::kZPut,
          .db = key.db,
          .score = score,
          .key = key.bytes,
          .value = member,
          .created = created});
  return result;
}

bool Transaction::EraseMember(const Key& key, absl::string_view member) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = FindForUpdate(database, key);
  if (slot == nullptr) return false;
  SortedSet& set = slot->entry()->mutable_sorted_set();
  if (!set.Erase(member)) return false;
  Stamp(slot->entry());
  Record({.kind = Effect::Kind::kZErase,
          .db = key.db,
          .key = key.bytes,
          .value = member});
  if (set.size() == 0) Remove(database, key);
  return true;
}

size_t Transaction::EraseRanks(const Key& key, size_t first, size_t count) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = FindForUpdate(database, key);
  if (slot == nullptr) return 0;
  SortedSet& set = slot->entry()->mutable_sorted_set();
  const size_t size = set.size();
  if (first >= size || count == 0) return 0;
  if (first == 0 && count >= size) {
    // The effect of the key says it all, and the members are freed after the
    // locks.
    Remove(database, key);
    return size;
  }
  Stamp(slot->entry());
  return set.EraseRange(first, count,
                        [this, &key](absl::string_view member, double) {
                          if (sink_ == nullptr) return;
                          Record({.kind = Effect::Kind::kZErase,
                                  .db = key.db,
                                  .key = key.bytes,
                                  .value = Keep(member)});
                        });
}

void Transaction::PutSortedSet(const Key& key, SortedSet set, TimeMs deadline) {
  if (set.size() == 0 || deadline <= now_) {
    Erase(key);
    return;
  }
  PutEntry(key, Entry::NewSortedSet(key.bytes, std::move(set)), deadline);
}

void Transaction::Clear(uint8_t db) {
  const uint8_t place = PlaceOf(db);
  for (const uint32_t index : shards_) {
    Shard& shard = keyspace_.shard(index);
    shard.mutex.AssertHeld();
    // One that was never used need not be made now.
    if (place >= shard.databases()) continue;
    Database& database = shard.database(place);
    if (database.table.size() > 0) {
      cleared_.emplace_front();
      std::swap(cleared_.front(), database);
    }
  }
  Stamp(nullptr);
  Record({.kind = Effect::Kind::kClear, .db = db});
}

void Transaction::SwapDatabases(uint8_t a, uint8_t b) {
  DatabaseMap map = keyspace_.database_map();
  map.Exchange(a, b);
  MapDatabases(map);
}

void Transaction::MapDatabases(const DatabaseMap& map) {
  assert(shards_.size() == static_cast<size_t>(keyspace_.shards()));
  keyspace_.set_database_map(map);
  Stamp(nullptr);
  if (sink_ == nullptr) return;
  kept_.emplace_front(map.bytes());
  Record({.kind = Effect::Kind::kMapDatabases, .value = kept_.front()});
}

size_t Transaction::EraseExpired(size_t limit) {
  size_t erased = 0;
  for (const uint32_t index : shards_) {
    Shard& shard = keyspace_.shard(index);
    shard.mutex.AssertHeld();
    for (int place = 0; place < shard.databases(); ++place) {
      Database& database = shard.database(place);
      while (erased < limit && database.heap.next_deadline() <= now_) {
        const uint8_t db = keyspace_.database_map().NumberOf(place);
        Remove(database, Key(database.heap.top()->key(), db), Event::kExpired);
        ++erased;
      }
    }
  }
  return erased;
}

Database& Transaction::DatabaseOf(const Key& key) const {
  const uint32_t index = keyspace_.ShardIndexOf(key);
  assert(std::binary_search(shards_.begin(), shards_.end(), index));
  Shard& shard = keyspace_.shard(index);
  shard.mutex.AssertHeld();
  return shard.database(PlaceOf(key.db));
}

const EntryTable::Slot* Transaction::FindForUpdate(Database& database,
                                                   const Key& key) {
  const EntryTable::Slot* slot = database.table.Find(key);
  if (slot == nullptr) return nullptr;
  if (database.heap.DeadlineOf(*slot->entry()) > now_) return slot;
  Remove(database, key, Event::kExpired);
  return nullptr;
}

void Transaction::Place(Database& database, const EntryTable::Slot* slot,
                        Entry* fresh) {
  if (Entry* old = slot->entry(); old != nullptr) {
    database.heap.Replace(old, fresh);
    removed_.emplace_back(old);
  }
  slot->set_entry(fresh);
}

void Transaction::PutEntry(const Key& key, Entry* fresh, TimeMs deadline) {
  Database& database = DatabaseOf(key);
  const EntryTable::Slot* slot = database.table.FindOrInsert(key);
  const bool replaces = slot->entry() != nullptr;
  Place(database, slot, fresh);
  Expire(database, fresh, deadline);
  Stamp(fresh);
  if (fresh->type() == ValueType::kString) {
    return RecordString(key, *fresh, deadline, !replaces);
  }
  if (sink_ == nullptr) return;
  // Members are put one by one, so what was there before must go first.
  if (replaces) {
    Record({.kind = Effect::Kind::kErase, .db = key.db, .key = key.bytes});
  }
  RecordMembers(key, fresh->sorted_set(), !replaces);
  if (deadline == kNoDeadline) return;
  Record({.kind = Effect::Kind::kSetDeadline,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes});
}

void Transaction::RecordMembers(const Key& key, const SortedSet& set,
                                bool created) {
  size_t size = 0;
  set.Visit(0, set.size(), false, [&size](absl::string_view member, double) {
    size += member.size();
  });
  // All in one string, which does not move while it grows.
  std::string& kept = kept_.emplace_front();
  kept.reserve(size);
  effects_.reserve(effects_.size() + set.size() + 1);
  set.Visit(0, set.size(), false, [&](absl::string_view member, double score) {
    const char* begin = kept.data() + kept.size();
    kept.append(member.data(), member.size());
    Record({.kind = Effect::Kind::kZPut,
            .db = key.db,
            .score = score,
            .key = key.bytes,
            .value = {begin, member.size()},
            .created = std::exchange(created, false)});
  });
}

void Transaction::Remove(Database& database, const Key& key, Event event) {
  removed_.push_back(database.table.Extract(key));
  Entry* entry = removed_.back().get();
  database.heap.Remove(entry);
  Stamp(entry);
  // The key as the entry holds it: the caller's view may end with the entry.
  Record({.kind = Effect::Kind::kErase,
          .db = key.db,
          .key = entry->key(),
          .event = event});
}

void Transaction::Expire(Database& database, Entry* entry, TimeMs deadline) {
  if (deadline != kNoDeadline) {
    database.heap.Set(entry, deadline);
  } else {
    database.heap.Remove(entry);
  }
}

void Transaction::Stamp(Entry* entry) {
  if (sequence_ == 0) sequence_ = keyspace_.NextSequence();
  if (entry != nullptr) entry->set_version(sequence_);
}

void Transaction::Record(const Effect& effect) {
  if (sink_ == nullptr) return;
  effects_.push_back(effect);
  effects_.back().place = PlaceOf(effect.db);
  if (effect.event == Event::kDefault) effects_.back().event = event_;
}

// Into chunks: one allocation for many members.
absl::string_view Transaction::Keep(absl::string_view bytes) {
  constexpr size_t kChunkBytes = 1024;
  if (kept_.empty() ||
      kept_.front().capacity() - kept_.front().size() < bytes.size()) {
    kept_.emplace_front().reserve(std::max(kChunkBytes, bytes.size()));
  }
  std::string& chunk = kept_.front();
  const size_t begin = chunk.size();
  chunk.append(bytes.data(), bytes.size());  // within its capacity
  return absl::string_view(chunk).substr(begin);
}

void Transaction::RecordString(const Key& key, const Entry& entry,
                               TimeMs deadline, bool created) {
  if (sink_ == nullptr) return;
  const StringValue value = entry.string();
  // A blob of which there is another reference is not written to.
  if (value.blob != nullptr) kept_blobs_.emplace_front(value.blob);
  Record({.kind = Effect::Kind::kPutString,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes,
          .value = value.blob != nullptr ? value.bytes : Keep(value.bytes),
          .created = created});
}

}  // namespace kv::store
