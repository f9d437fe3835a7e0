#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_STATS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_STATS_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// What is known of the calls of one command, or of all loops together.
struct CommandTotals {
  // Bucket i counts calls that took less than 2^i microseconds, and not less
  // than half of that; the last one all longer calls.
  static constexpr size_t kBuckets = 24;

  uint64_t calls = 0;
  uint64_t rejected = 0;  // not executed
  uint64_t failed = 0;    // executed, answered with an error
  uint64_t total_ns = 0;
  std::array<uint64_t, kBuckets> buckets = {};
};

// The counters of one thread, written by it alone and read by any.
class LoopStats {
 public:
  // So many calls that took `ns` each.
  void AddCalls(size_t command, uint32_t calls, int64_t ns, uint32_t failed) {
    Counters& counters = counters_[command];
    Bump(counters.buckets[BucketOf(ns)], calls);
    Bump(counters.total_ns, calls * static_cast<uint64_t>(ns));
    if (failed > 0) Bump(counters.failed, failed);
  }
  void AddRejected(size_t command) { Bump(counters_[command].rejected, 1); }
  void AddErrors(absl::string_view code, uint64_t count);

 private:
  friend class CommandStats;

  using Cell = std::atomic<uint64_t>;
  struct Counters {
    Cell rejected{0};
    Cell failed{0};
    Cell total_ns{0};
    std::array<Cell, CommandTotals::kBuckets> buckets = {};
  };

  static size_t BucketOf(int64_t ns) {
    const size_t bucket = std::bit_width(static_cast<uint64_t>(ns) / 1000);
    return bucket < CommandTotals::kBuckets ? bucket
                                            : CommandTotals::kBuckets - 1;
  }
  // There is one writer: no locked instruction is needed.
  static void Bump(Cell& cell, uint64_t by) {
    cell.store(cell.load(std::memory_order_relaxed) + by,
               std::memory_order_relaxed);
  }

  // By command index. Memory is taken for those that are called.
  const std::unique_ptr<Counters[]> counters_ =
      std::make_unique<Counters[]>(kMaxCommands);
  mutable store::Mutex mutex_;  // hardly ever contended
  absl::flat_hash_map<std::string, uint64_t> errors_ ABSL_GUARDED_BY(mutex_);
};

// CommandStats: how often each command was called, and how long it took.
//
// Owns       the counters of each thread.
// Threads    safe. Counting takes no lock: see Local().
class CommandStats {
 public:
  CommandStats();
  CommandStats(const CommandStats&) = delete;
  CommandStats& operator=(const CommandStats&) = delete;

  // The counters of the calling thread.
  LoopStats& Local();

  // Since the start, or the last Reset(); by command index.
  std::vector<CommandTotals> Totals() const;
  std::map<std::string, uint64_t> Errors() const;
  void Reset();

 private:
  std::vector<CommandTotals> Sum() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::map<std::string, uint64_t> SumErrors() const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t instance_;
  mutable store::Mutex mutex_;
  std::map<std::thread::id, std::unique_ptr<LoopStats>> loops_
      ABSL_GUARDED_BY(mutex_);
  // What Reset() hides: counters have one writer, which this is not.
  std::vector<CommandTotals> hidden_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> hidden_errors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_STATS_H_
