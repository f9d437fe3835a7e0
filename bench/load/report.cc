#include "bench/load/report.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace kv::bench {

namespace {

double Micros(double nanoseconds) { return nanoseconds / 1000; }

double QuantileUs(const Report& report, double quantile) {
  return Micros(static_cast<double>(report.result.latency.Quantile(quantile)));
}

double PerSecond(const Report& report) {
  return report.result.latency.count() / report.result.seconds;
}

double CpuUsPerRequest(const Report& report) {
  const uint64_t count = std::max<uint64_t>(report.result.latency.count(), 1);
  return Micros(static_cast<double>(report.usage->cpu_ns)) / count;
}

double CpuCores(const Report& report) {
  return report.usage->cpu_ns / 1e9 / report.result.seconds;
}

}  // namespace

std::string ToLine(const Report& report) {
  const LatencyHistogram& latency = report.result.latency;
  std::string line = absl::StrFormat(
      "%s %s %dx%d: %.0f requests/s, latency us avg %.1f p50 %.1f p99 %.1f "
      "p99.9 %.1f max %.1f",
      report.protocol, report.workload, report.options.connections,
      report.options.pipeline, PerSecond(report), Micros(latency.Mean()),
      QuantileUs(report, 0.5), QuantileUs(report, 0.99),
      QuantileUs(report, 0.999), Micros(static_cast<double>(latency.max())));
  if (report.usage.has_value()) {
    absl::StrAppendFormat(
        &line, ", server CPU %.3f us/request (%.2f cores), RSS %.1f MiB",
        CpuUsPerRequest(report), CpuCores(report),
        report.usage->resident_bytes / 1048576.0);
  }
  if (report.result.errors > 0) {
    absl::StrAppend(&line, ", ", report.result.errors,
                    " ERRORS: ", report.result.first_error);
  }
  return line;
}

std::string ToJson(const Report& report) {
  const LatencyHistogram& latency = report.result.latency;
  std::vector<std::string> fields = {
      // Names of ours, which need no escaping.
      absl::StrFormat("\"workload\":\"%s\"", report.workload),
      absl::StrFormat("\"protocol\":\"%s\"", report.protocol),
  };
  const auto add = [&fields](const char* name, double value) {
    fields.push_back(absl::StrFormat("\"%s\":%.17g", name, value));
  };
  add("connections", report.options.connections);
  add("pipeline", report.options.pipeline);
  add("threads", report.options.threads);
  add("rate", report.options.rate);
  add("seconds", report.result.seconds);
  add("requests", static_cast<double>(latency.count()));
  add("errors", static_cast<double>(report.result.errors));
  add("requests_per_second", PerSecond(report));
  add("latency_us_avg", Micros(latency.Mean()));
  for (const auto& [name, quantile] :
       std::vector<std::pair<const char*, double>>{
           {"latency_us_p50", 0.5},
           {"latency_us_p90", 0.9},
           {"latency_us_p99", 0.99},
           {"latency_us_p999", 0.999},
           {"latency_us_p9999", 0.9999}}) {
    add(name, QuantileUs(report, quantile));
  }
  add("latency_us_max", Micros(static_cast<double>(latency.max())));
  if (report.usage.has_value()) {
    add("server_cpu_us_per_request", CpuUsPerRequest(report));
    add("server_cpu_cores", CpuCores(report));
    add("server_resident_bytes",
        static_cast<double>(report.usage->resident_bytes));
  }
  return absl::StrCat("{", absl::StrJoin(fields, ","), "}");
}

}  // namespace kv::bench
