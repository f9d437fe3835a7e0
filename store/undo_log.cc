#include "store/undo_log.h"

#include <cmath>
#include <limits>
#include <utility>

namespace kv::store {

void UndoLog::WillPlace(Database& database, const Key& key, Entry* old,
                        size_t removed, Entry* fresh) {
  if (old != nullptr) {
    WillRemove(database, key, old, removed);
  } else {
    changes_.push_back(
        {.kind = Change::Kind::kEntry, .database = &database, .key = key});
    // The caller's view may end before the entry does.
    changes_.back().key.bytes = fresh->key();
  }
  made_.insert(fresh);
}

void UndoLog::WillRemove(Database& database, const Key& key, Entry* entry,
                         size_t removed) {
  // What was there before it was made is known.
  if (Made(*entry)) return;
  changes_.push_back({.kind = Change::Kind::kEntry,
                      .database = &database,
                      .entry = entry,
                      .version = entry->version(),
                      .deadline = database.heap.DeadlineOf(*entry),
                      .index = removed,
                      .key = key});
  changes_.back().key.bytes = entry->key();
}

void UndoLog::MovedValue(Entry* from, Entry* to) {
  if (Made(*from)) return;
  made_.erase(to);
  changes_.push_back(
      {.kind = Change::Kind::kValue, .entry = from, .other = to});
}

void UndoLog::WillExpire(Database& database, Entry* entry) {
  if (Made(*entry)) return;
  changes_.push_back({.kind = Change::Kind::kDeadline,
                      .database = &database,
                      .entry = entry,
                      .version = entry->version(),
                      .deadline = database.heap.DeadlineOf(*entry)});
}

void UndoLog::WillChangeMember(Entry* entry, absl::string_view member,
                               absl::optional<double> score) {
  if (Made(*entry)) return;
  if (changes_.empty() || changes_.back().kind != Change::Kind::kMembers ||
      changes_.back().entry != entry) {
    changes_.push_back({.kind = Change::Kind::kMembers,
                        .entry = entry,
                        .version = entry->version(),
                        .index = members_.size()});
  }
  constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
  members_.push_back({member, score.value_or(kAbsent)});
}

void UndoLog::Cleared(Database& database, Database* cleared) {
  changes_.push_back({.kind = Change::Kind::kClear,
                      .database = &database,
                      .cleared = cleared});
}

void UndoLog::WillMapDatabases(const DatabaseMap& map) {
  changes_.push_back({.kind = Change::Kind::kMap});
  maps_.push_back(map);
}

void UndoLog::Undo(Keyspace& keyspace, RemovedEntries* removed) {
  for (; !changes_.empty(); changes_.pop_back()) {
    const Change& change = changes_.back();
    switch (change.kind) {
      case Change::Kind::kEntry:
        UndoEntry(change, removed);
        break;
      case Change::Kind::kValue:
        change.other->GiveValueBackTo(change.entry);
        break;
      case Change::Kind::kDeadline:
        change.database->SetDeadline(change.entry, change.deadline);
        change.entry->set_version(change.version);
        break;
      case Change::Kind::kMembers:
        UndoMembers(change);
        break;
      case Change::Kind::kClear:
        // Whatever came into it since then has been undone.
        std::swap(*change.database, *change.cleared);
        break;
      case Change::Kind::kMap:
        keyspace.set_database_map(maps_.back());
        maps_.pop_back();
        break;
    }
  }
  made_.clear();
}

void UndoLog::UndoEntry(const Change& change, RemovedEntries* removed) {
  Database& database = *change.database;
  if (const EntryTable::Position found = database.table.Find(change.key)) {
    database.heap.Remove(found.entry());
    removed->push_back(database.table.Extract(change.key));
  }
  if (change.entry == nullptr) return;
  database.table.FindOrInsert(change.key)
      .set_entry((*removed)[change.index].release());
  database.SetDeadline(change.entry, change.deadline);
  change.entry->set_version(change.version);
}

void UndoLog::UndoMembers(const Change& change) {
  SortedSet& set = change.entry->mutable_sorted_set();
  for (; members_.size() > change.index; members_.pop_back()) {
    const auto& [member, score] = members_.back();
    if (std::isnan(score)) {
      set.Erase(member);
    } else {
      set.Upsert(member, score);
    }
  }
  change.entry->set_version(change.version);
}

}  // namespace kv::store
