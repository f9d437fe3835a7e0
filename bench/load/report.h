#ifndef FASTKV_BENCH_LOAD_REPORT_H_
#define FASTKV_BENCH_LOAD_REPORT_H_

#include <string>

#include "absl/types/optional.h"
#include "bench/load/run.h"
#include "bench/load/server_usage.h"

namespace kv::bench {

// One measurement: what was asked for, and what came of it.
struct Report {
  std::string workload;
  std::string protocol;
  RunOptions options;
  RunResult result;
  // The server's CPU time during the run, and its memory at the end.
  absl::optional<ServerUsage> usage;
};

// One line for people.
std::string ToLine(const Report& report);

// One line of JSON: an object with the same figures, named with their units.
std::string ToJson(const Report& report);

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_REPORT_H_
