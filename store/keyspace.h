#ifndef FASTKV_STORE_KEYSPACE_H_
#define FASTKV_STORE_KEYSPACE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/database_map.h"
#include "store/effect/effect.h"
#include "store/shard.h"

namespace kv::store {

class Reclaimer;

struct KeyspaceOptions {
  // A power of two from 1 to 65536. Many, so that growing one shard's table is
  // a short pause even when there are very many keys.
  int shards = 1024;
  // Takes every change; null for none. Borrowed.
  EffectSink* sink = nullptr;
  // Frees large values; null: whoever removes them does. Borrowed.
  Reclaimer* reclaimer = nullptr;
};

// Keyspace: all entries, in shards. Operations reach it through Transaction.
//
// Owns       the shards.
// Threads    safe: each shard has its mutex, the rest is constant or atomic.
class Keyspace {
 public:
  explicit Keyspace(const KeyspaceOptions& options);

  int shards() const { return 1 << shard_bits_; }
  Shard& shard(uint32_t index) { return shards_[index]; }
  uint32_t ShardIndexOf(const Key& key) const {
    // Two shifts: a shift by 64 would be undefined for a single shard.
    return static_cast<uint32_t>(key.hash >> 1 >> (63 - shard_bits_));
  }

  // Fetches what operations on these keys will read, so that the cache misses
  // of a batch happen at the same time and not one after another. Locks some
  // shards at a time, for about a microsecond, waiting for none: what another
  // thread has locked is left out.
  // REQUIRES: the caller holds no shard.
  void Prefetch(absl::Span<const Key> keys);

  // Which place in each shard holds a database. Read under any shard's lock,
  // changed under all of them.
  const DatabaseMap& database_map() const { return database_map_; }
  void set_database_map(const DatabaseMap& map) { database_map_ = map; }

  // Who takes the changes; null while nobody does, so that they need not be
  // recorded. Changed by the EffectHub, at any time: a transaction asks once,
  // after it has locked its shards.
  EffectSink* sink() const { return sink_.load(std::memory_order_acquire); }
  void set_sink(EffectSink* sink) {
    sink_.store(sink, std::memory_order_release);
  }

  Reclaimer* reclaimer() const { return reclaimer_; }

  // The sequence number of the next transaction that changes something. Taken
  // while its shards are locked, so that each shard sees them ascend.
  uint64_t NextSequence() {
    return sequence_.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  // As if numbers up to this one had been taken. REQUIRES: nobody else uses the
  // keyspace.
  void set_sequence(uint64_t sequence) { sequence_ = sequence; }
  // The last number taken.
  uint64_t sequence() const {
    return sequence_.load(std::memory_order_relaxed);
  }

  // The earliest deadline of a shard, as of the last transaction that changed
  // it. May be read without its lock: the sweep looks here first.
  TimeMs NextDeadlineOf(uint32_t shard) const {
    return next_deadlines_[shard].load(std::memory_order_relaxed);
  }
  // REQUIRES: the shard is locked.
  void PublishNextDeadline(uint32_t shard, TimeMs deadline) {
    if (NextDeadlineOf(shard) != deadline) {
      next_deadlines_[shard].store(deadline, std::memory_order_relaxed);
    }
  }
  // The earliest deadline of all.
  TimeMs NextDeadline() const;

 private:
  void PrefetchTogether(absl::Span<const Key> keys);

  const int shard_bits_;
  std::atomic<EffectSink*> sink_;
  Reclaimer* const reclaimer_;
  DatabaseMap database_map_;
  const std::unique_ptr<Shard[]> shards_;
  // Beside each other, not in the shards: the sweep reads them all.
  const std::unique_ptr<std::atomic<TimeMs>[]> next_deadlines_;
  alignas(64) std::atomic<uint64_t> sequence_{0};
};

}  // namespace kv::store

#endif  // FASTKV_STORE_KEYSPACE_H_
