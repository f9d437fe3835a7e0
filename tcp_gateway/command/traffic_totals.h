#ifndef FASTKV_TCP_GATEWAY_COMMAND_TRAFFIC_TOTALS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_TRAFFIC_TOTALS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "store/base/mutex.h"

namespace kv::gateway {

// What the port has done since it was opened.
struct TrafficTotals {
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;
  uint64_t connections_dropped = 0;
  uint64_t commands_processed = 0;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
};

// TrafficBaseline: where the totals stood when the statistics were reset. The
// totals themselves only ever grow: their writers know of no reset.
//
// Threads    safe.
class TrafficBaseline {
 public:
  void Set(const TrafficTotals& totals) {
    store::MutexLock lock(mutex_);
    baseline_ = totals;
  }

  // What has been added since.
  TrafficTotals Since(const TrafficTotals& totals) const {
    store::MutexLock lock(mutex_);
    return {
        totals.connections_received - baseline_.connections_received,
        totals.connections_rejected - baseline_.connections_rejected,
        totals.connections_dropped - baseline_.connections_dropped,
        totals.commands_processed - baseline_.commands_processed,
        totals.input_bytes - baseline_.input_bytes,
        totals.output_bytes - baseline_.output_bytes,
    };
  }

 private:
  mutable store::Mutex mutex_;
  TrafficTotals baseline_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_TRAFFIC_TOTALS_H_
