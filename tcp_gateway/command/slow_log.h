#ifndef FASTKV_TCP_GATEWAY_COMMAND_SLOW_LOG_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SLOW_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/mutex.h"
#include "store/base/time.h"

namespace kv::gateway {

// SlowLog: the last commands that took long, for SLOWLOG.
//
// Owns       shortened copies of their arguments.
// Threads    safe.
class SlowLog {
 public:
  struct Entry {
    int64_t id;
    int64_t unix_seconds;
    int64_t duration_us;
    std::vector<std::string> args;
    std::string peer;
    std::string client_name;
  };

  static constexpr int64_t kDefaultThresholdUs = 10'000;
  static constexpr int64_t kDefaultMaxLength = 128;

  // What takes longer is kept; negative: nothing.
  int64_t threshold_us() const {
    return threshold_us_.load(std::memory_order_relaxed);
  }
  void set_threshold_us(int64_t value) { threshold_us_.store(value); }
  bool IsSlow(int64_t duration_us) const {
    const int64_t threshold = threshold_us();
    return threshold >= 0 && duration_us >= threshold;
  }

  int64_t max_length() const;
  void set_max_length(int64_t value);

  void Add(absl::Span<const absl::string_view> args, int64_t duration_us,
           store::TimeMs now, absl::string_view peer,
           absl::string_view client_name);

  // The newest first, at most `count`.
  std::vector<Entry> Newest(size_t count) const;
  size_t size() const;
  void Clear();

 private:
  void Trim() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<int64_t> threshold_us_{kDefaultThresholdUs};
  mutable store::Mutex mutex_;
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the newest in front
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t max_length_ ABSL_GUARDED_BY(mutex_) = kDefaultMaxLength;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SLOW_LOG_H_
