#include "store/keyspace.h"

#include <algorithm>

#include "absl/base/internal/raw_logging.h"
#include "absl/numeric/bits.h"

namespace kv::store {
namespace {

int ShardBits(int shards) {
  ABSL_RAW_CHECK(shards >= 1 && shards <= 65536 &&
                     absl::has_single_bit(static_cast<unsigned>(shards)),
                 "shards must be a power of two from 1 to 65536");
  return absl::countr_zero(static_cast<unsigned>(shards));
}

}  // namespace

Keyspace::Keyspace(const KeyspaceOptions& options)
    : shard_bits_(ShardBits(options.shards)),
      sink_(options.sink),
      shards_(std::make_unique<Shard[]>(options.shards)),
      next_deadlines_(std::make_unique<std::atomic<TimeMs>[]>(options.shards)) {
  for (int i = 0; i < options.shards; ++i) next_deadlines_[i] = kNoDeadline;
}

// In three passes, since each address stands in what the pass before fetched:
// the shard, the slot, the entry.
void Keyspace::Prefetch(absl::Span<const Key> keys) {
  for (const Key& key : keys) {
    __builtin_prefetch(&shards_[ShardIndexOf(key)], 1);
  }
  const auto each_table = [&](auto prefetch) {
    for (const Key& key : keys) {
      Shard& shard = shards_[ShardIndexOf(key)];
      if (!shard.mutex.TryLock()) continue;
      const uint8_t place = database_map_.PlaceOf(key.db);
      if (place < shard.databases()) {
        prefetch(shard.database(place).table, key);
      }
      shard.mutex.Unlock();
    }
  };
  each_table(
      [](const EntryTable& table, const Key& key) { table.PrefetchSlot(key); });
  each_table([](const EntryTable& table, const Key& key) {
    table.PrefetchEntry(key);
  });
}

TimeMs Keyspace::NextDeadline() const {
  TimeMs next = kNoDeadline;
  for (int i = 0; i < shards(); ++i) next = std::min(next, NextDeadlineOf(i));
  return next;
}

}  // namespace kv::store
