#ifndef FASTKV_CLIENTS_CLI_BENCH_H_
#define FASTKV_CLIENTS_CLI_BENCH_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "bench/load/latency_histogram.h"
#include "clients/cpp/client.h"

// Load from this client, to see what an installation does. To compare servers,
// use bench/load, whose own cost is smaller.
namespace kv::cli {

struct BenchOptions {
  fastkv::ClientOptions client;
  int64_t operations = 100000;
  int threads = 4;
  int batch = 64;
  int64_t keys = 10000;
  int64_t value_bytes = 64;
};

struct BenchWorker;

// A way to get operations done: single calls, batches or a pipeline.
struct BenchMode {
  absl::string_view name;
  absl::Status (*run)(BenchWorker& worker);
};
absl::Span<const BenchMode> BenchModes();

struct BenchResult {
  absl::string_view mode;
  int64_t operations = 0;
  absl::Duration elapsed;
  // Of a call: a single one, a whole batch, or an operation in a pipeline from
  // when it was submitted.
  kv::bench::LatencyHistogram latency;
};

// Runs a mode on all threads at once; the keys are bench:0, bench:1, ...
absl::StatusOr<BenchResult> RunBenchMode(const BenchMode& mode,
                                         const BenchOptions& options);

// A table for people, and an object of JSON.
std::string BenchHeader();
std::string BenchLine(const BenchResult& result);
std::string BenchJson(const BenchResult& result);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_BENCH_H_
