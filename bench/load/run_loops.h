#ifndef FASTKV_BENCH_LOAD_RUN_LOOPS_H_
#define FASTKV_BENCH_LOAD_RUN_LOOPS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/load/run.h"
#include "bench/load/schedule.h"

namespace kv::bench {

// Deals the connections out to `options.threads` loops and runs these, each in
// a thread. `Requests` is the list to send; it has a size(). A Loop has:
//
//   Loop(const RunOptions&, const Requests&)
//   absl::Status Add(first, limit): opens a connection, which will send `limit`
//       requests from place `first` of the list on
//   void Run(start_ns, end_ns): until all are answered, or end_ns
//   absl::Status status() const: what went wrong in Run
//   void AddTo(RunResult*) const
template <typename Loop, typename Requests>
absl::StatusOr<RunResult> RunLoops(const RunOptions& options,
                                   const Requests& requests,
                                   const RunHooks& hooks) {
  std::vector<std::unique_ptr<Loop>> loops;
  for (int t = 0; t < options.threads; ++t) {
    loops.push_back(std::make_unique<Loop>(options, requests));
  }
  uint64_t first = 0;
  for (int c = 0; c < options.connections; ++c) {
    uint64_t limit = std::numeric_limits<uint64_t>::max();
    uint64_t stride = requests.size() / options.connections;
    if (options.requests > 0) {
      // Shares that add up to all requests and lie end to end in the list.
      limit = options.requests / options.connections +
              (c < static_cast<int>(options.requests % options.connections));
      stride = limit;
    }
    absl::Status status = loops[c % options.threads]->Add(first, limit);
    if (!status.ok()) return status;
    first += stride;
  }

  hooks.started();
  const int64_t start = NowNs();
  const int64_t end = options.requests > 0
                          ? std::numeric_limits<int64_t>::max()
                          : start + static_cast<int64_t>(options.seconds * 1e9);
  std::vector<std::thread> threads;
  for (size_t t = 1; t < loops.size(); ++t) {
    threads.emplace_back([&, t] { loops[t]->Run(start, end); });
  }
  loops[0]->Run(start, end);
  for (std::thread& thread : threads) thread.join();
  RunResult result;
  result.seconds = (NowNs() - start) / 1e9;
  hooks.ended();

  for (const auto& loop : loops) {
    if (!loop->status().ok()) return loop->status();
    loop->AddTo(&result);
  }
  return result;
}

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_RUN_LOOPS_H_
