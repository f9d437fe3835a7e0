#include "store/engine.h"

#include <algorithm>
#include <chrono>

#include "store/base/clock.h"
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
    stopping_ = true;
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
  while (!stopping_) {
    lock.unlock();
    Sweep(WallTimeMs());
    const bool idle = keyspace_.NextDeadline() == kNoDeadline;
    lock.lock();
    stop_requested_.wait_for(
        lock,
        std::chrono::milliseconds(idle ? kIdleIntervalMs : kBusyIntervalMs),
        [this] { return stopping_; });
  }
}

void Engine::Sweep(TimeMs now) {
  for (int i = 0; i < keyspace_.shards(); ++i) {
    const TimeMs earliest = keyspace_.NextDeadlineOf(i);
    if (earliest > now) continue;
    size_t erased = 0;
    size_t batch = 0;
    do {
      Transaction txn(keyspace_, now,
                      Transaction::ShardIndex{static_cast<uint32_t>(i)});
      batch = txn.EraseExpired(kBatch);
      erased += batch;
    } while (batch == kBatch);
    if (erased == 0) continue;
    expired_.fetch_add(erased, std::memory_order_relaxed);
    const int64_t lag = now - earliest;
    last_lag_ms_.store(lag, std::memory_order_relaxed);
    if (lag > max_lag_ms_.load(std::memory_order_relaxed)) {
      max_lag_ms_.store(lag, std::memory_order_relaxed);
    }
  }
}

}  // namespace kv::store
