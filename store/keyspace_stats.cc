#include "store/keyspace_stats.h"

#include <algorithm>

#include "store/shard_lock.h"

namespace kv::store {
namespace {

// Looked at in each shard's heap, spread evenly over it.
constexpr size_t kSamples = 4;

// About what all times to live of a heap add up to.
double SumOfTtl(const TtlHeap<Entry, EntryPool>& heap, TimeMs now) {
  const size_t samples = std::min(heap.size(), kSamples);
  double sum = 0;
  for (size_t i = 0; i < samples; ++i) {
    const TimeMs deadline = heap.deadline_at(i * heap.size() / samples);
    sum += static_cast<double>(std::max<TimeMs>(deadline - now, 0));
  }
  return samples == 0 ? 0 : sum / samples * heap.size();
}

}  // namespace

std::array<DatabaseStats, kDatabases> DescribeDatabases(
    Keyspace& keyspace, TimeMs now, const Transaction* within) {
  std::array<DatabaseStats, kDatabases> stats;
  std::array<double, kDatabases> sum_of_ttl = {};
  for (int i = 0; i < keyspace.shards(); ++i) {
    Shard& shard = keyspace.shard(i);
    ShardLock lock(shard, within);
    shard.mutex.AssertHeld();
    for (int db = 0; db < kDatabases; ++db) {
      const uint8_t place = keyspace.database_map().PlaceOf(db);
      if (place >= shard.databases()) continue;
      const Database& database = shard.database(place);
      stats[db].keys += database.table.size();
      stats[db].expires += database.heap.size();
      sum_of_ttl[db] += SumOfTtl(database.heap, now);
    }
  }
  for (int db = 0; db < kDatabases; ++db) {
    if (stats[db].expires == 0) continue;
    stats[db].average_ttl_ms =
        static_cast<int64_t>(sum_of_ttl[db] / stats[db].expires);
  }
  return stats;
}

}  // namespace kv::store
