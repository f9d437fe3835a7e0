#include "store/durable/keyspace_walker.h"

#include <algorithm>

#include "store/base/mutex.h"
#include "store/durable/record.h"
#include "store/entry_table.h"

namespace kv::store {
namespace {

using Kind = Effect::Kind;

// Keys that are longer are not encoded while the shard is held.
constexpr size_t kLongKeyBytes = 64 << 10;

// Of the members of a set, in one record. More than a flat set has.
constexpr size_t kPieceMemberBytes = 64 << 10;

}  // namespace

absl::optional<uint32_t> KeyspaceWalker::Next(LogBuffer* buffer) {
  if (!strings_.empty()) {
    EncodePiece(strings_.front(), buffer);
    if (strings_.front().left == 0) strings_.pop_front();
    return 1;
  }
  if (!sets_.empty()) {
    if (EncodeMembers(sets_.front(), buffer)) return 1;
    sets_.pop_front();
    return 0;
  }
  if (shard_ == keyspace_.shards()) return absl::nullopt;
  return ScanShard(buffer);
}

size_t KeyspaceWalker::ScanEntries(size_t table_size) const {
  const size_t most =
      std::max(limits_.max_scan_entries, table_size / limits_.max_scans);
  return std::max(std::min(limits_.scan_bytes / entry_bytes_, most),
                  limits_.min_scan_entries);
}

uint32_t KeyspaceWalker::ScanShard(LogBuffer* buffer) {
  encoded_ = 0;
  const size_t before = buffer->size();
  Shard& shard = keyspace_.shard(shard_);
  MutexLock lock(shard.mutex);
  if (place_ >= shard.databases()) {
    ++shard_;
    place_ = 0;
    return 0;
  }
  const Database& database = shard.database(place_);
  common_.place = common_.db = static_cast<uint8_t>(place_);
  const size_t count = ScanEntries(database.table.size());
  hash_ = database.table.Scan(hash_, count, [&](const Entry& entry) {
    EncodeEntry(entry, database.heap.DeadlineOf(entry), buffer);
  });
  if (hash_ == EntryTable::kScanEnd) {
    hash_ = 0;
    ++place_;
  }
  if (encoded_ > 0) {
    const size_t bytes = (buffer->size() - before) / encoded_;
    entry_bytes_ = std::max<size_t>((3 * entry_bytes_ + bytes) / 4, 1);
  }
  return encoded_;
}

void KeyspaceWalker::EncodeEntry(const Entry& entry, TimeMs deadline,
                                 LogBuffer* buffer) {
  const absl::string_view key = entry.key();
  const bool is_string = entry.type() == ValueType::kString;
  if (is_string &&
      (key.size() > kLongKeyBytes || entry.string().blob != nullptr)) {
    const StringValue value = entry.string();
    BlobRef blob = value.blob != nullptr
                       ? BlobRef(value.blob)
                       : BlobRef::Adopt(Blob::New(value.bytes));
    strings_.push_back({std::string(key), common_.place, deadline,
                        entry.version(), std::move(blob), value.bytes.size()});
    return;
  }
  if (!is_string &&
      (key.size() > kLongKeyBytes || !entry.sorted_set().is_flat())) {
    sets_.push_back({.key = std::string(key), .place = common_.place});
    return;
  }
  common_.key = key;
  effects_.clear();
  if (is_string) {
    Effect& effect = effects_.emplace_back(common_);
    effect.kind = Kind::kPutString;
    effect.value = entry.string().bytes;
    effect.deadline = deadline;
  } else {
    AddMembers(entry.sorted_set(), 0, entry.sorted_set().size());
    AddDeadline(deadline);
  }
  ++encoded_;
  Encode(entry.version(), buffer);
}

void KeyspaceWalker::EncodePiece(LargeString& string, LogBuffer* buffer) {
  common_.key = string.key;
  common_.place = common_.db = string.place;
  effects_.clear();
  const absl::string_view bytes = string.blob.view();
  const size_t size = std::min(string.left, limits_.piece_bytes);
  Effect& effect = effects_.emplace_back(common_);
  effect.value = bytes.substr(string.left - size, size);
  if (size == bytes.size()) {
    effect.kind = Kind::kPutString;
    effect.deadline = string.deadline;
  } else {
    effect.kind = Kind::kSplice;
    effect.offset = string.left - size;
    AddDeadline(string.deadline);
  }
  string.left -= size;
  Encode(string.version, buffer);
}

bool KeyspaceWalker::EncodeMembers(LargeSet& set, LogBuffer* buffer) {
  const Key key(set.key);
  Shard& shard = keyspace_.shard(keyspace_.ShardIndexOf(key));
  MutexLock lock(shard.mutex);
  const Database& database = shard.database(set.place);
  const EntryTable::Position found = database.table.Find(key);
  if (!found) return false;
  const Entry& entry = *found.entry();
  if (entry.type() != ValueType::kSortedSet) return false;
  const SortedSet& members = entry.sorted_set();
  size_t rank = 0;
  if (set.begun) {
    rank = members.RankOfPair(set.score, set.member);
    if (rank < members.size() && members.At(rank).member == set.member) ++rank;
  }
  if (rank >= members.size()) return false;
  common_.key = set.key;
  common_.place = common_.db = set.place;
  effects_.clear();
  const size_t count = AddMembers(members, rank, limits_.piece_members);
  const SortedSet::Item last = members.At(rank + count - 1);
  set.begun = true;
  set.score = last.score;
  set.member.assign(last.member.data(), last.member.size());
  AddDeadline(database.heap.DeadlineOf(entry));
  Encode(entry.version(), buffer);
  return true;
}

size_t KeyspaceWalker::AddMembers(const SortedSet& set, size_t rank,
                                  size_t count) {
  size_t added = 0;
  size_t bytes = 0;
  set.Visit(rank, count, false, [&](absl::string_view member, double score) {
    if (bytes >= kPieceMemberBytes) return;
    Effect& effect = effects_.emplace_back(common_);
    effect.kind = Kind::kZPut;
    effect.value = member;
    effect.score = score;
    bytes += member.size();
    ++added;
  });
  return added;
}

void KeyspaceWalker::AddDeadline(TimeMs deadline) {
  if (deadline == kNoDeadline) return;
  Effect& effect = effects_.emplace_back(common_);
  effect.kind = Kind::kSetDeadline;
  effect.deadline = deadline;
}

void KeyspaceWalker::Encode(uint64_t version, LogBuffer* buffer) {
  EncodeRecord(version, effects_, buffer);
}

}  // namespace kv::store
