#ifndef FASTKV_STORE_BASE_CLOCK_H_
#define FASTKV_STORE_BASE_CLOCK_H_

#include <time.h>

#include <cstdint>

#include "store/base/time.h"

namespace kv::store {

// The wall clock. For the edges that admit work (event loops, RPC queues, the
// sweeper); nothing below them reads it.
inline TimeMs WallTimeMs() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return TimeMs{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

// A clock that is never set, for durations.
inline int64_t SteadyNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
inline int64_t SteadyMs() { return SteadyNs() / 1'000'000; }

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_CLOCK_H_
