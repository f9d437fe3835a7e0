#include "store/engine.h"

#include <algorithm>
#include <chrono>

#include "store/base/clock.h"
#include "store/base/time.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

// The sweep looks this often for expired entries, and less often while no
// entry has a deadline at all; a look costs about a microsecond.
constexpr int64_t kBusyIntervalMs = 5;
constexpr int64_t kIdleIntervalMs = 50;

// Entries removed in one hold of a shard's lock: some tens of microseconds.
constexpr size_t kBatch = 128;

}  // namespace

Engine::Engine(const EngineOptions& options)
    : keyspace_(options.keyspace), sweeper_([this] { RunSweeps(); }) {}

Engine::~Engine() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_.store(true, std::memory_order_relaxed);
  }
  stop_requested_.notify_one();
  sweeper_.join();
}

SweepStats Engine::sweep_stats() const {
  return {expired_.load(std::memory_order_relaxed),
          last_lag_ms_.load(std::memory_order_relaxed),
          max_lag_ms_.load(std::memory_order_relaxed)};
}

void Engine::RunSweeps() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_.load(std::memory_order_relaxed)) {
    lock.unlock();
    Sweep(WallTimeMs());
    const bool idle = keyspace_.NextDeadline() == kNoDeadline;
    lock.lock();
    stop_requested_.wait_for(
        lock,
        std::chrono::milliseconds(idle ? kIdleIntervalMs : kBusyIntervalMs),
        [this] { return stopping_.load(std::memory_order_relaxed); });
  }
}

void Engine::Sweep(TimeMs now) {
  TimeMs oldest = kNoDeadline;
  for (int i = 0; i < keyspace_.shards(); ++i) {
    const TimeMs earliest = keyspace_.NextDeadlineOf(i);
    if (earliest <= now && SweepShard(i, now) > 0) {
      oldest = std::min(oldest, earliest);
    }
  }
  if (oldest == kNoDeadline) return;
  const int64_t lag = now - oldest;
  last_lag_ms_.store(lag, std::memory_order_relaxed);
  if (lag > max_lag_ms_.load(std::memory_order_relaxed)) {
    max_lag_ms_.store(lag, std::memory_order_relaxed);
  }
}

size_t Engine::SweepShard(uint32_t shard, TimeMs now) {
  size_t erased = 0;
  size_t batch = kBatch;
  // A destructor need not wait for millions of entries to go one by one.
  while (batch == kBatch && !stopping_.load(std::memory_order_relaxed)) {
    Transaction txn(keyspace_, now, Transaction::ShardIndex{shard});
    batch = txn.EraseExpired(kBatch);
    erased += batch;
  }
  expired_.fetch_add(erased, std::memory_order_relaxed);
  return erased;
}

}  // namespace kv::store
