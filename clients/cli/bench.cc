#include "clients/cli/bench.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clients/cli/progress.h"

namespace kv::cli {

// What one thread works on, and what came of it.
struct BenchWorker {
  const BenchOptions* options = nullptr;
  std::unique_ptr<fastkv::Client> client;
  int64_t first = 0;  // its operations are first, first + 1, ...
  int64_t operations = 0;
  kv::bench::LatencyHistogram latency;
  absl::Status status;

  // Every key of the range is used, in an order without a pattern that a cache
  // would like.
  std::string Key(int64_t i) const {
    const uint64_t mixed =
        static_cast<uint64_t>(first + i) * 0x9e3779b97f4a7c15;
    return absl::StrCat("bench:", (mixed >> 20) % options->keys);
  }
  std::string Value() const { return std::string(options->value_bytes, 'v'); }
};

namespace {

// Calls `call` for operations i, i + step, ... and records how long each took.
template <typename Call>
absl::Status TimeCalls(BenchWorker& worker, int64_t step, Call call) {
  for (int64_t i = 0; i < worker.operations; i += step) {
    const absl::Time start = absl::Now();
    const absl::Status status = call(i, std::min(step, worker.operations - i));
    if (!status.ok()) return status;
    worker.latency.Record(absl::ToInt64Nanoseconds(absl::Now() - start));
  }
  return absl::OkStatus();
}

absl::Status RunGet(BenchWorker& worker) {
  return TimeCalls(worker, 1, [&](int64_t i, int64_t) {
    return worker.client->Call(fastkv::Get(worker.Key(i))).status();
  });
}

absl::Status RunSet(BenchWorker& worker) {
  const std::string value = worker.Value();
  return TimeCalls(worker, 1, [&](int64_t i, int64_t) {
    return worker.client->Call(fastkv::Set(worker.Key(i), value)).status();
  });
}

absl::Status RunBatchGet(BenchWorker& worker) {
  return TimeCalls(worker, worker.options->batch,
                   [&](int64_t i, int64_t count) {
                     fastkv::v1::BatchGetRequest request;
                     for (int64_t k = 0; k < count; ++k)
                       request.add_keys(worker.Key(i + k));
                     return worker.client->Call(std::move(request)).status();
                   });
}

absl::Status RunBatchSet(BenchWorker& worker) {
  const std::string value = worker.Value();
  return TimeCalls(worker, worker.options->batch,
                   [&](int64_t i, int64_t count) {
                     fastkv::v1::BatchSetRequest request;
                     for (int64_t k = 0; k < count; ++k) {
                       fastkv::v1::BatchSetEntry* entry = request.add_entries();
                       entry->set_key(worker.Key(i + k));
                       entry->set_value(value);
                     }
                     return worker.client->Call(std::move(request)).status();
                   });
}

// `make(i)` makes the i-th request.
template <typename Make>
absl::Status RunPipeline(BenchWorker& worker, Make make) {
  absl::Status first_error;
  fastkv::PipelineOptions options;
  options.batch_operations = worker.options->batch;
  options.max_in_flight = 4 * options.batch_operations;
  const auto pipeline = worker.client->OpenPipeline(options);
  for (int64_t i = 0; i < worker.operations; ++i) {
    const absl::Time start = absl::Now();
    const absl::Status submitted = pipeline->Submit(
        make(i), [&worker, &first_error, start](auto response) {
          worker.latency.Record(absl::ToInt64Nanoseconds(absl::Now() - start));
          first_error.Update(response.status());
        });
    if (!submitted.ok()) return submitted;
  }
  const absl::Status finished = pipeline->Finish();
  return finished.ok() ? first_error : finished;
}

absl::Status RunPipelineGet(BenchWorker& worker) {
  return RunPipeline(worker,
                     [&](int64_t i) { return fastkv::Get(worker.Key(i)); });
}

absl::Status RunPipelineSet(BenchWorker& worker) {
  const std::string value = worker.Value();
  return RunPipeline(
      worker, [&](int64_t i) { return fastkv::Set(worker.Key(i), value); });
}

// Writes come before the reads that find what they wrote.
constexpr BenchMode kModes[] = {
    {"unary-set", RunSet},
    {"unary-get", RunGet},
    {"batch-set", RunBatchSet},
    {"batch-get", RunBatchGet},
    {"pipeline-set", RunPipelineSet},
    {"pipeline-get", RunPipelineGet},
};

double Rate(const BenchResult& result) {
  return static_cast<double>(result.operations) /
         absl::ToDoubleSeconds(result.elapsed);
}

double QuantileUs(const BenchResult& result, double quantile) {
  return static_cast<double>(result.latency.Quantile(quantile)) / 1e3;
}

absl::Status ConnectAll(const BenchOptions& options,
                        std::vector<BenchWorker>* workers) {
  int64_t next = 0;
  for (size_t i = 0; i < workers->size(); ++i) {
    BenchWorker& worker = (*workers)[i];
    worker.options = &options;
    worker.first = next;
    next = options.operations * static_cast<int64_t>(i + 1) /
           static_cast<int64_t>(workers->size());
    worker.operations = next - worker.first;
    auto client = fastkv::Client::Connect(options.client);
    if (!client.ok()) return client.status();
    worker.client = *std::move(client);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const BenchMode> BenchModes() { return kModes; }

absl::StatusOr<BenchResult> RunBenchMode(const BenchMode& mode,
                                         const BenchOptions& given) {
  BenchOptions options = given;
  options.client.own_connection = true;
  std::vector<BenchWorker> workers(static_cast<size_t>(options.threads));
  const absl::Status connected = ConnectAll(options, &workers);
  if (!connected.ok()) return connected;

  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (BenchWorker& worker : workers) {
    threads.emplace_back([&] { worker.status = mode.run(worker); });
  }
  for (std::thread& thread : threads) thread.join();

  BenchResult result;
  result.mode = mode.name;
  result.operations = options.operations;
  result.elapsed = absl::Now() - start;
  for (const BenchWorker& worker : workers) {
    if (!worker.status.ok()) return worker.status;
    result.latency.Merge(worker.latency);
  }
  return result;
}

std::string BenchHeader() {
  return absl::StrFormat("%-13s %12s %10s %10s %10s %10s %10s\n", "mode",
                         "operations/s", "p50 us", "p90 us", "p99 us",
                         "p99.9 us", "max us");
}

std::string BenchLine(const BenchResult& result) {
  return absl::StrFormat("%-13s %12s %10.1f %10.1f %10.1f %10.1f %10.1f\n",
                         result.mode,
                         WithCommas(static_cast<int64_t>(Rate(result))),
                         QuantileUs(result, 0.5), QuantileUs(result, 0.9),
                         QuantileUs(result, 0.99), QuantileUs(result, 0.999),
                         static_cast<double>(result.latency.max()) / 1e3);
}

std::string BenchJson(const BenchResult& result) {
  return absl::StrFormat(
      R"({"mode":"%s","operations":%d,"seconds":%.6f,"operations_per_second":)"
      R"(%.1f,"p50_us":%.1f,"p90_us":%.1f,"p99_us":%.1f,"p999_us":%.1f,)"
      R"("max_us":%.1f})"
      "\n",
      result.mode, result.operations, absl::ToDoubleSeconds(result.elapsed),
      Rate(result), QuantileUs(result, 0.5), QuantileUs(result, 0.9),
      QuantileUs(result, 0.99), QuantileUs(result, 0.999),
      static_cast<double>(result.latency.max()) / 1e3);
}

}  // namespace kv::cli
