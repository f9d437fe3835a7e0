#include "store/engine.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/memory/memory.h"
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

KeyspaceOptions WithReclaimer(KeyspaceOptions options, Reclaimer* reclaimer) {
  options.reclaimer = reclaimer;
  return options;
}

}  // namespace

Engine::Engine(const EngineOptions& options, WithoutSweep)
    : keyspace_(WithReclaimer(options.keyspace, &reclaimer_)) {}

Engine::Engine(const EngineOptions& options) : Engine(options, WithoutSweep()) {
  StartSweep();
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(
    const EngineOptions& options, const DurabilityOptions& durability) {
  auto directory =
      DataDirectory::Open(*durability.log.files, durability.log.directory);
  if (!directory.ok()) return directory.status();
  auto engine = absl::WrapUnique(new Engine(options, WithoutSweep()));
  engine->durability_ = durability;
  engine->directory_ = *std::move(directory);
  engine->gate_ = std::make_unique<CommitGate>(CommitGate::State::kLoading);
  return engine;
}

absl::Status Engine::Load() {
  load_meter_.Begin();
  RecoveryOptions options = durability_.recovery;
  options.go_on = [this](const RecoveryProgress& progress) {
    load_meter_.Note(progress);
    const auto& go_on = durability_.recovery.go_on;
    return !go_on || go_on(progress);
  };
  auto recovery = Recover(*directory_, keyspace_, options);
  if (!recovery.ok()) return recovery.status();
  recovery_ = *std::move(recovery);
  auto log =
      Log::Start(durability_.log, recovery_.log.next_position, gate_.get());
  if (!log.ok()) return log.status();
  log_ = *std::move(log);
  effects_.Start(log_.get());
  snapshotter_ = std::make_unique<Snapshotter>(
      keyspace_, *log_, *directory_, recovery_, durability_.snapshots);
  gate_->Open();
  // Not before: an entry that has expired by now may turn out to have been
  // changed before it had.
  StartSweep();
  return absl::OkStatus();
}

void Engine::StartSweep() {
  sweeper_ = std::thread([this] { RunSweeps(); });
}

Engine::~Engine() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_.store(true, std::memory_order_relaxed);
  }
  stop_requested_.notify_one();
  if (sweeper_.joinable()) sweeper_.join();
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
