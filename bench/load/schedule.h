#ifndef FASTKV_BENCH_LOAD_SCHEDULE_H_
#define FASTKV_BENCH_LOAD_SCHEDULE_H_

#include <cstdint>
#include <ctime>

namespace kv::bench {

inline int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

// Schedule: when the requests of one thread are due, at a fixed rate. They go
// to the thread's connections in turn, so that each connection can tell from
// the number of a reply when its request was due.
class Schedule {
 public:
  // `share` of all connections is this thread's; `rate` is that of all.
  Schedule(int64_t start_ns, double rate, int connections, double share)
      : start_ns_(start_ns),
        interval_ns_(1e9 / (rate * share)),
        connections_(connections) {}

  // When the thread's request number `i`, counted from 0, is due.
  int64_t DueNs(uint64_t i) const {
    return start_ns_ + static_cast<int64_t>(i * interval_ns_);
  }
  // When request number `i` of the thread's connection `c` is due.
  int64_t DueNs(int c, uint64_t i) const { return DueNs(i * connections_ + c); }
  // The connection that the thread's request number `i` goes to.
  int ConnectionOf(uint64_t i) const {
    return static_cast<int>(i % connections_);
  }

 private:
  int64_t start_ns_;
  double interval_ns_;
  int connections_;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_SCHEDULE_H_
