#include "store/transaction.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

#include "store/effect/durable_mark.h"
#include "store/reclaimer.h"

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

Transaction::Transaction(Keyspace& keyspace, Replay replay, const Key& key)
    : Transaction(keyspace, std::numeric_limits<TimeMs>::min(), key) {
  sequence_ = replay.sequence;
  sink_ = nullptr;
}

Transaction::Transaction(Keyspace& keyspace, Replay replay, ShardIndex shard)
    : Transaction(keyspace, std::numeric_limits<TimeMs>::min(), shard) {
  sequence_ = replay.sequence;
  sink_ = nullptr;
}

void Transaction::LockAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  for (const uint32_t index : shards_) keyspace_.shard(index).mutex.Lock();
  sink_ = keyspace_.sink();
}

void Transaction::Finish() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (sink_ != nullptr) Publish();
  // What is in the pools goes with the locks, the rest takes time.
  std::vector<Entry::Value> values;
  for (EntryPtr& entry : trail_->removed) {
    if (entry == nullptr) continue;  // put back by Rollback
    if (entry->has_outside_value()) values.push_back(entry->ReleaseValue());
  }
  const bool tidy_up = !trail_->removed.empty();
  trail_->removed.clear();
  for (const uint32_t index : shards_) {
    if (tidy_up) keyspace_.shard(index).TidyUp();
    Unlock(index);
  }
  if (Reclaimer* reclaimer = keyspace_.reclaimer()) {
    for (Entry::Value& value : values) {
      if (value.sorted_set().size() < Reclaimer::kLargeSet) continue;
      reclaimer->Take(std::move(value.sorted_set()));
    }
    if (!trail_->cleared.empty()) reclaimer->Take(std::move(trail_->cleared));
  }
}

void Transaction::EnableRollback() {
  assert(sequence_ == 0);
  undo_ = std::make_unique<UndoLog>();
}

void Transaction::Rollback() {
  undo_->Undo(keyspace_, &trail().removed);
  trail().effects.clear();
  sequence_ = 0;
}

void Transaction::Publish() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (trail_->effects.empty()) {
    for (const uint32_t index : shards_) {
      DurableMark::See(keyspace_.shard(index).mark());
    }
    return;
  }
  sink_->Append(sequence_, trail_->effects);
  // Where a log listens, what it wrote last is the newest position of all.
  const uint64_t position = DurableMark::Current().written;
  for (const uint32_t index : shards_) {
    keyspace_.shard(index).set_mark(position);
  }
}

void Transaction::PutString(const Key& key, absl::string_view value,
                            TimeMs deadline) {
  if (deadline <= now_) {
    Erase(key);
    return;
  }
  Database& database = DatabaseOf(key);
  const EntryTable::Position slot = database.table.FindOrInsert(key);
  Entry* entry = slot.entry();
  const bool created = entry == nullptr;
  const Entry::Deadline room = RoomFor(deadline);
  char* bytes = entry != nullptr && entry->type() == ValueType::kString &&
                        entry->deadline() >= room && MayOverwrite(*entry)
                    ? entry->OverwriteInPlace(value.size())
                    : nullptr;
  if (bytes == nullptr) {
    entry = Entry::NewString(*database.pool, key.bytes, value, room);
    Place(database, key, slot, entry);
  } else if (!value.empty()) {
    std::memcpy(bytes, value.data(), value.size());
  }
  database.SetDeadline(entry, deadline);
  Stamp(entry);
  if (sink_ == nullptr) return;
  Blob* blob = entry->string().blob;
  // The entry may be edited before the sink takes its reference.
  if (blob != nullptr) trail().kept_blobs.emplace_front(blob);
  Record({.kind = Effect::Kind::kPutString,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes,
          .value = value,
          .blob = blob,
          .created = created});
}

void Transaction::PutBlob(const Key& key, Blob* value, TimeMs deadline) {
  if (deadline <= now_) {
    Erase(key);
    return;
  }
  PutEntry(key,
           Entry::NewString(*DatabaseOf(key).pool, key.bytes, value,
                            RoomFor(deadline)),
           deadline);
}

void Transaction::BuildString(const Key& key, size_t size,
                              absl::FunctionRef<void(char*)> write) {
  Database& database = DatabaseOf(key);
  Entry* fresh = Entry::NewString(*database.pool, key.bytes, size);
  write(fresh->OverwriteInPlace(size));
  const EntryTable::Position slot = database.table.FindOrInsert(key);
  const bool created = slot.entry() == nullptr;
  Place(database, key, slot, fresh);
  database.SetDeadline(fresh, kNoDeadline);
  Stamp(fresh);
  RecordString(key, *fresh, kNoDeadline, created);
}

void Transaction::EditString(const Key& key, size_t size,
                             absl::FunctionRef<void(char*)> edit,
                             Extent edited) {
  Database& database = DatabaseOf(key);
  EntryTable::Position slot = FindForUpdate(database, key);
  Entry* entry = slot ? slot.entry() : nullptr;
  const bool created = entry == nullptr;
  const size_t old_size = created ? 0 : entry->string().bytes.size();
  char* bytes = entry != nullptr && MayOverwrite(*entry)
                    ? entry->ResizeInPlace(size)
                    : nullptr;
  if (bytes == nullptr) {
    Entry* fresh = Entry::NewString(
        *database.pool, key.bytes, size,
        entry == nullptr ? Entry::Deadline::kNever : entry->deadline());
    bytes = fresh->OverwriteInPlace(size);
    if (entry != nullptr) {
      const absl::string_view old = entry->string().bytes;
      std::memcpy(bytes, old.data(), std::min(size, old.size()));
    } else {
      slot = database.table.FindOrInsert(key);
    }
    Place(database, key, slot, fresh);
    entry = fresh;
  }
  if (size > old_size) std::memset(bytes + old_size, 0, size - old_size);
  edit(bytes);
  Stamp(entry);
  edited.end = std::min<uint64_t>(edited.end, size);
  // A splice says nothing of bytes outside of it, and cannot make it shorter.
  if (!created && edited.size() < size && size >= old_size &&
      (size == old_size || edited.end == size)) {
    return RecordSplice(key, *entry, edited);
  }
  RecordString(key, *entry, database.heap.DeadlineOf(*entry), created);
}

bool Transaction::Erase(const Key& key) {
  Database& database = DatabaseOf(key);
  if (!FindForUpdate(database, key)) return false;
  Remove(database, key);
  return true;
}

bool Transaction::Move(const Key& from, const Key& to) {
  Database& source = DatabaseOf(from);
  const EntryTable::Position slot = FindForUpdate(source, from);
  if (!slot) return false;
  Entry* entry = slot.entry();
  const TimeMs deadline = source.heap.DeadlineOf(*entry);
  // Of a string that may have to come back, the entry keeps its own: copied if
  // it is short, else shared. Only a sorted set is given back.
  const bool share =
      entry->type() == ValueType::kString && !MayOverwrite(*entry);
  EntryPool& pool = *DatabaseOf(to).pool;
  Entry* fresh =
      share ? Entry::NewCopyOf(pool, to.bytes, *entry, RoomFor(deadline))
            : Entry::NewFromValueOf(pool, to.bytes, entry, RoomFor(deadline));
  Remove(source, from);
  PutEntry(to, fresh, deadline);
  if (undo_ != nullptr && !share) undo_->MovedValue(entry, fresh);
  return true;
}

bool Transaction::Copy(const Key& from, const Key& to) {
  const Entry* entry = Find(from);
  if (entry == nullptr) return false;
  const TimeMs deadline = DeadlineOf(from, *entry);
  PutEntry(to,
           Entry::NewCopyOf(*DatabaseOf(to).pool, to.bytes, *entry,
                            RoomFor(deadline)),
           deadline);
  return true;
}

bool Transaction::SetDeadline(const Key& key, TimeMs deadline) {
  Database& database = DatabaseOf(key);
  const EntryTable::Position slot = FindForUpdate(database, key);
  if (!slot) return false;
  if (deadline <= now_) {
    Remove(database, key);
    return true;
  }
  if (slot.entry()->deadline() < RoomFor(deadline)) {
    MakeRoomForDeadline(database, key, slot);
  } else if (undo_ != nullptr) {
    undo_->WillExpire(database, slot.entry());
  }
  database.SetDeadline(slot.entry(), deadline);
  Stamp(slot.entry());
  Record({.kind = Effect::Kind::kSetDeadline,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes});
  return true;
}

Upserted Transaction::PutMember(const Key& key, absl::string_view member,
                                double score) {
  Database& database = DatabaseOf(key);
  EntryTable::Position slot = FindForUpdate(database, key);
  const bool created = !slot;
  if (created) {
    slot = database.table.FindOrInsert(key);
    Place(database, key, slot, Entry::NewSortedSet(*database.pool, key.bytes));
  }
  SortedSet& set = slot.entry()->mutable_sorted_set();
  if (undo_ != nullptr) {
    undo_->WillChangeMember(slot.entry(), member, set.Score(member));
  }
  const Upserted result = set.Upsert(member, score);
  if (result == Upserted::kUnchanged) return result;
  Stamp(slot.entry());
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
  const EntryTable::Position slot = FindForUpdate(database, key);
  if (!slot) return false;
  SortedSet& set = slot.entry()->mutable_sorted_set();
  if (undo_ != nullptr) {
    undo_->WillChangeMember(slot.entry(), member, set.Score(member));
  }
  if (!set.Erase(member)) return false;
  Stamp(slot.entry());
  Record({.kind = Effect::Kind::kZErase,
          .db = key.db,
          .key = key.bytes,
          .value = member});
  if (set.size() == 0) Remove(database, key);
  return true;
}

size_t Transaction::EraseRanks(const Key& key, size_t first, size_t count) {
  Database& database = DatabaseOf(key);
  const EntryTable::Position slot = FindForUpdate(database, key);
  if (!slot) return 0;
  SortedSet& set = slot.entry()->mutable_sorted_set();
  const size_t size = set.size();
  if (first >= size || count == 0) return 0;
  if (first == 0 && count >= size) {
    // The effect of the key says it all, and the members are freed after the
    // locks.
    Remove(database, key);
    return size;
  }
  Entry* entry = slot.entry();
  const size_t erased =
      set.EraseRange(first, count, [&](absl::string_view member, double score) {
        if (sink_ == nullptr && undo_ == nullptr) return;
        const absl::string_view kept = Keep(member);
        if (undo_ != nullptr) undo_->WillChangeMember(entry, kept, score);
        Record({.kind = Effect::Kind::kZErase,
                .db = key.db,
                .key = key.bytes,
                .value = kept});
      });
  Stamp(entry);
  return erased;
}

void Transaction::Touch(const Key& key) {
  const EntryTable::Position slot = DatabaseOf(key).table.Find(key);
  if (slot) Stamp(slot.entry());
}

void Transaction::PutSortedSet(const Key& key, SortedSet set, TimeMs deadline) {
  if (set.size() == 0 || deadline <= now_) {
    Erase(key);
    return;
  }
  PutEntry(key,
           Entry::NewSortedSet(*DatabaseOf(key).pool, key.bytes, std::move(set),
                               RoomFor(deadline)),
           deadline);
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
      trail().cleared.emplace_front();
      std::swap(trail().cleared.front(), database);
      if (undo_ != nullptr) undo_->Cleared(database, &trail().cleared.front());
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
  if (undo_ != nullptr) undo_->WillMapDatabases(keyspace_.database_map());
  keyspace_.set_database_map(map);
  Stamp(nullptr);
  if (sink_ == nullptr) return;
  trail().kept.emplace_front(map.bytes());
  Record({.kind = Effect::Kind::kMapDatabases, .value = trail().kept.front()});
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

EntryTable::Position Transaction::FindForUpdate(Database& database,
                                                const Key& key) {
  const EntryTable::Position slot = database.table.Find(key);
  if (!slot) return {};
  if (database.heap.DeadlineOf(*slot.entry()) > now_) return slot;
  Remove(database, key, Event::kExpired);
  return {};
}

void Transaction::Place(Database& database, const Key& key,
                        EntryTable::Position slot, Entry* fresh) {
  Entry* old = slot.entry();
  if (undo_ != nullptr) {
    undo_->WillPlace(database, key, old, trail().removed.size(), fresh);
  }
  if (old != nullptr) {
    if (fresh->deadline() == Entry::Deadline::kPossible) {
      database.heap.Replace(old, fresh);
    } else {
      database.heap.Remove(old);
    }
    trail().removed.push_back(EntryPtr(old, {database.pool.get()}));
  }
  slot.set_entry(fresh);
}

void Transaction::MakeRoomForDeadline(Database& database, const Key& key,
                                      EntryTable::Position slot) {
  Entry* old = slot.entry();
  // As in Move: a string that may have to come back keeps its value.
  const bool share = old->type() == ValueType::kString && !MayOverwrite(*old);
  constexpr auto kRoom = Entry::Deadline::kPossible;
  EntryPool& pool = *database.pool;
  Entry* fresh = share ? Entry::NewCopyOf(pool, old->key(), *old, kRoom)
                       : Entry::NewFromValueOf(pool, old->key(), old, kRoom);
  Place(database, key, slot, fresh);
  if (undo_ != nullptr && !share) undo_->MovedValue(old, fresh);
}

void Transaction::PutEntry(const Key& key, Entry* fresh, TimeMs deadline) {
  Database& database = DatabaseOf(key);
  const EntryTable::Position slot = database.table.FindOrInsert(key);
  const bool replaces = slot.entry() != nullptr;
  Place(database, key, slot, fresh);
  database.SetDeadline(fresh, deadline);
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
  std::string& kept = trail().kept.emplace_front();
  kept.reserve(size);
  auto& effects = trail().effects;
  effects.reserve(effects.size() + set.size() + 1);
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
  trail().removed.push_back(database.table.Extract(key));
  Entry* entry = trail().removed.back().get();
  if (undo_ != nullptr) {
    undo_->WillRemove(database, key, entry, trail().removed.size() - 1);
  }
  database.heap.Remove(entry);
  Stamp(entry);
  // The key as the entry holds it: the caller's view may end with the entry.
  Record({.kind = Effect::Kind::kErase,
          .db = key.db,
          .key = entry->key(),
          .event = event});
}

void Transaction::Stamp(Entry* entry) {
  if (sequence_ == 0) sequence_ = keyspace_.NextSequence();
  if (entry != nullptr) entry->set_version(sequence_);
}

void Transaction::Record(const Effect& effect) {
  if (sink_ == nullptr) return;
  Effect& recorded = trail().effects.emplace_back(effect);
  recorded.place = PlaceOf(effect.db);
  if (effect.event == Event::kDefault) recorded.event = event_;
}

// Into chunks: one allocation for many members.
absl::string_view Transaction::Keep(absl::string_view bytes) {
  constexpr size_t kChunkBytes = 1024;
  std::forward_list<std::string>& kept = trail().kept;
  if (kept.empty() ||
      kept.front().capacity() - kept.front().size() < bytes.size()) {
    kept.emplace_front().reserve(std::max(kChunkBytes, bytes.size()));
  }
  std::string& chunk = kept.front();
  const size_t begin = chunk.size();
  chunk.append(bytes.data(), bytes.size());  // within its capacity
  return absl::string_view(chunk).substr(begin);
}

void Transaction::RecordString(const Key& key, const Entry& entry,
                               TimeMs deadline, bool created) {
  if (sink_ == nullptr) return;
  const StringValue value = entry.string();
  // A blob of which there is another reference is not written to.
  if (value.blob != nullptr) trail().kept_blobs.emplace_front(value.blob);
  Record({.kind = Effect::Kind::kPutString,
          .db = key.db,
          .deadline = deadline,
          .key = key.bytes,
          .value = value.blob != nullptr ? value.bytes : Keep(value.bytes),
          .blob = value.blob,
          .created = created});
}

void Transaction::RecordSplice(const Key& key, const Entry& entry,
                               Extent edited) {
  if (sink_ == nullptr) return;
  const absl::string_view bytes = entry.string().bytes;
  Record({.kind = Effect::Kind::kSplice,
          .db = key.db,
          .key = key.bytes,
          .value = Keep(bytes.substr(edited.begin, edited.size())),
          .offset = edited.begin});
}

}  // namespace kv::store
