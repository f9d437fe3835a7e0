#ifndef FASTKV_BENCH_LOAD_RUN_H_
#define FASTKV_BENCH_LOAD_RUN_H_

#include <csignal>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "bench/load/latency_histogram.h"

namespace kv::bench {

// How a driver sends a list of prepared requests: over and over, each
// connection beginning at a place of its own.
struct RunOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  int threads = 1;
  int connections = 50;
  // Requests that a connection has under way at once.
  int pipeline = 1;
  // The run ends after so many requests, or, if 0, after so many seconds.
  uint64_t requests = 0;
  double seconds = 5;
  // Requests per second, sent on a schedule of equal distances whether or not
  // replies keep up; a latency counts from when its request was due, so that a
  // server that stalls cannot hide the requests it held up (no coordinated
  // omission). 0: the next requests leave when the last were answered.
  double rate = 0;
  // Once this is not 0, the run ends at the next reply or signal, over
  // gRPC within a second. May be null.
  const volatile std::sig_atomic_t* stop = nullptr;

  bool stopped() const { return stop != nullptr && *stop != 0; }
};

struct RunResult {
  LatencyHistogram latency;  // one entry for each reply
  uint64_t errors = 0;       // of the replies, those that are errors
  std::string first_error;
  double seconds = 0;
};

// Called by a driver right before its first request and right after its last
// reply, with connections open: to read the server's resource usage.
struct RunHooks {
  absl::FunctionRef<void()> started;
  absl::FunctionRef<void()> ended;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_RUN_H_
