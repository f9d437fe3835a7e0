#ifndef FASTKV_TCP_GATEWAY_COMMAND_LATENCY_MONITOR_H_
#define FASTKV_TCP_GATEWAY_COMMAND_LATENCY_MONITOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/mutex.h"
#include "store/base/time.h"

namespace kv::gateway {

// LatencyMonitor: when things took longer than a threshold, by kind of thing,
// for LATENCY. Off unless the threshold is set.
//
// Threads    safe.
class LatencyMonitor {
 public:
  struct Sample {
    int64_t unix_seconds;
    int64_t latency_ms;
  };
  struct Event {
    std::string name;
    std::deque<Sample> samples;  // the oldest first, one a second at most
    int64_t max_ms = 0;          // of all time
  };

  // As many samples of each event as Redis keeps.
  static constexpr size_t kMaxSamples = 160;

  // 0: off.
  int64_t threshold_ms() const {
    return threshold_ms_.load(std::memory_order_relaxed);
  }
  void set_threshold_ms(int64_t value) { threshold_ms_.store(value); }
  bool IsSlow(int64_t latency_ms) const {
    const int64_t threshold = threshold_ms();
    return threshold > 0 && latency_ms >= threshold;
  }

  void Add(absl::string_view event, int64_t latency_ms, store::TimeMs now);

  std::vector<Event> Events() const;
  // Forgets the named events, or all; returns how many.
  size_t Reset(absl::Span<const absl::string_view> names);

 private:
  std::atomic<int64_t> threshold_ms_{0};
  mutable store::Mutex mutex_;
  std::map<std::string, Event, std::less<>> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_LATENCY_MONITOR_H_
