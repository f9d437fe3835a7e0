#include "store/keyspace.h"

#include <algorithm>

#include "absl/base/internal/raw_logging.h"
#include "absl/container/inlined_vector.h"
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
      reclaimer_(options.reclaimer),
      shards_(std::make_unique<Shard[]>(options.shards)),
      next_deadlines_(std::make_unique<std::atomic<TimeMs>[]>(options.shards)) {
  for (int i = 0; i < options.shards; ++i) next_deadlines_[i] = kNoDeadline;
}

// In passes, since each address stands in what the pass before fetched: the
// shard, the slot, the entry. Some shards are locked at once, because a locked
// instruction waits for all loads before it: one for each key would have the
// misses happen one after another.
void Keyspace::Prefetch(absl::Span<const Key> keys) {
  // Few, so that nobody else waits long.
  constexpr size_t kAtOnce = 16;
  for (const Key& key : keys) {
    const char* shard =
        reinterpret_cast<const char*>(&shards_[ShardIndexOf(key)]);
    __builtin_prefetch(shard, 1);
    __builtin_prefetch(shard + 64, 1);
  }
  for (; keys.size() > kAtOnce; keys.remove_prefix(kAtOnce)) {
    PrefetchTogether(keys.subspan(0, kAtOnce));
  }
  PrefetchTogether(keys);
}

void Keyspace::PrefetchTogether(absl::Span<const Key> keys)
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  struct Locked {
    Shard* shard;
    const EntryTable* table;
    const Key* key;
  };
  absl::InlinedVector<Locked, 16> locked;
  for (const Key& key : keys) {
    Shard& shard = shards_[ShardIndexOf(key)];
    // Otherwise another thread's, or this one's for an earlier key.
    if (!shard.mutex.TryLock()) continue;
    const uint8_t place = database_map_.PlaceOf(key.db);
    locked.push_back(
        {&shard,
         place < shard.databases() ? &shard.database(place).table : nullptr,
         &key});
  }
  for (const Locked& item : locked) {
    if (item.table != nullptr) item.table->PrefetchSlot(*item.key);
  }
  for (const Locked& item : locked) {
    if (item.table != nullptr) item.table->PrefetchEntry(*item.key);
  }
  for (const Locked& item : locked) item.shard->mutex.Unlock();
}

TimeMs Keyspace::NextDeadline() const {
  TimeMs next = kNoDeadline;
  for (int i = 0; i < shards(); ++i) next = std::min(next, NextDeadlineOf(i));
  return next;
}

}  // namespace kv::store
