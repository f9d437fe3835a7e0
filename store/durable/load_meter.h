#ifndef FASTKV_STORE_DURABLE_LOAD_METER_H_
#define FASTKV_STORE_DURABLE_LOAD_METER_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "store/base/clock.h"
#include "store/base/time.h"
#include "store/durable/recovery.h"

namespace kv::store {

// How far the loading is, for those who ask meanwhile.
struct LoadProgress {
  TimeMs started_ms = 0;  // 0: it has not begun
  uint64_t bytes_read = 0;
  uint64_t bytes_total = 0;  // 0: not known yet
  // At the pace so far; a second while there is none.
  int64_t remaining_ms = 1000;
};

// LoadMeter: what the thread that loads notes, and any may read.
class LoadMeter {
 public:
  void Begin() {
    began_steady_ms_ = SteadyMs();
    started_ms_.store(WallTimeMs(), std::memory_order_release);
  }
  // REQUIRES: Begin() was called.
  void Note(const RecoveryProgress& progress) {
    bytes_total_.store(progress.bytes_total, std::memory_order_relaxed);
    bytes_read_.store(progress.bytes_read, std::memory_order_release);
  }

  LoadProgress Read() const {
    LoadProgress progress;
    progress.bytes_read = bytes_read_.load(std::memory_order_acquire);
    progress.bytes_total = bytes_total_.load(std::memory_order_relaxed);
    progress.started_ms = started_ms_.load(std::memory_order_acquire);
    if (progress.started_ms == 0 || progress.bytes_read == 0) return progress;
    const auto elapsed_ms = static_cast<double>(SteadyMs() - began_steady_ms_);
    // A damaged snapshot is passed over, and something else loaded instead.
    const auto left = static_cast<double>(
        progress.bytes_total -
        std::min(progress.bytes_read, progress.bytes_total));
    progress.remaining_ms = static_cast<int64_t>(
        elapsed_ms * left / static_cast<double>(progress.bytes_read));
    return progress;
  }

 private:
  int64_t began_steady_ms_ = 0;  // constant once started_ms_ is set
  std::atomic<TimeMs> started_ms_{0};
  std::atomic<uint64_t> bytes_read_{0};
  std::atomic<uint64_t> bytes_total_{0};
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_LOAD_METER_H_
