// fastkv_load: puts one named workload on a server, through the text protocol,
// RESP (so also on Redis and its kin), memcached's text protocol or gRPC, and
// prints what it measured.

#include <sys/types.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "bench/load/encoding.h"
#include "bench/load/grpc_driver.h"
#include "bench/load/report.h"
#include "bench/load/request_ring.h"
#include "bench/load/run.h"
#include "bench/load/server_usage.h"
#include "bench/load/tcp_driver.h"
#include "bench/load/workload.h"

ABSL_FLAG(std::string, protocol, "text", "text, resp, memcached or grpc");
ABSL_FLAG(std::string, workload, "get", "one of the words above");
ABSL_FLAG(std::string, host, "127.0.0.1", "the server's IPv4 address");
ABSL_FLAG(int, port, 0, "the server's port; 0: 1234, or 50051 for gRPC");
ABSL_FLAG(int, threads, 1, "threads of this program");
ABSL_FLAG(int, connections, 50, "connections");
ABSL_FLAG(int, pipeline, 1, "requests under way at once on each connection");
ABSL_FLAG(double, seconds, 5,
          "how long to run; SIGTERM ends a run sooner, with its report");
ABSL_FLAG(uint64_t, requests, 0, "run for so many requests, not for a time");
ABSL_FLAG(
    double, rate, 0,
    "requests per second, on a schedule, with latencies counted from when "
    "each was due; 0: as fast as replies come");
ABSL_FLAG(uint64_t, keys, 100000,
          "keys, or members of all sorted sets together");
ABSL_FLAG(uint64_t, sets, 100, "sorted sets");
ABSL_FLAG(uint64_t, key_size, 16, "bytes of a key, at least");
ABSL_FLAG(uint64_t, value_size, 64, "bytes of a value");
ABSL_FLAG(int64_t, ttl, 100000, "seconds, of the strings of setex");
ABSL_FLAG(
    int64_t, expire_time_ms, 0,
    "milliseconds since the Unix epoch: when the strings of setex begin to "
    "expire, which takes a second; 0: each has its --ttl");
ABSL_FLAG(int64_t, range_start, -1,
          "zrange and zmembers start at this rank, or less than 1,000 behind; "
          "-1: anywhere");
ABSL_FLAG(bool, fill_by_set, false,
          "fill one sorted set after the other, not all in turn");
ABSL_FLAG(uint64_t, seed, 1, "of the random requests");
ABSL_FLAG(bool, fill, true, "first write what the workload reads");
ABSL_FLAG(int, server_pid, 0,
          "the server's process: report its CPU time and memory");
ABSL_FLAG(bool, json, false, "print JSON");

namespace kv::bench {
namespace {

// The requests of a run are made beforehand and sent again and again: several
// for each key, or, of many keys, at least as many as there are keys, so that
// caches do not come to know half of them. Within what the memory below holds.
constexpr uint64_t kPreparedPerKey = 5;
constexpr uint64_t kMinPrepared = 20000;
constexpr uint64_t kPreparedForFewKeys = 500000;
constexpr uint64_t kMaxPrepared = 2000000;
constexpr size_t kMaxPreparedBytes = 256 << 20;
// The requests that fill the server are made and sent in pieces of this many.
constexpr uint64_t kFillRequests = 20000;
constexpr int kFillConnections = 4;
constexpr int kFillPipeline = 50;

std::string Usage() {
  std::string usage =
      "Puts load on a server and prints requests per second, latency, and, "
      "with --server_pid, the server's CPU time per request.\n\nWorkloads:\n";
  for (const WorkloadInfo& workload : Workloads()) {
    absl::StrAppend(&usage, "  ", workload.name,
                    std::string(10 - workload.name.size(), ' '),
                    workload.meaning, "\n");
  }
  return usage;
}

uint64_t PreparedCount(uint64_t keys) {
  keys = std::min(keys, kMaxPrepared);
  return std::max({std::min(keys * kPreparedPerKey, kPreparedForFewKeys), keys,
                   kMinPrepared});
}

volatile std::sig_atomic_t stop_signalled = 0;

void OnStopSignal(int) { stop_signalled = 1; }

RunOptions OptionsFromFlags() {
  RunOptions options;
  options.host = absl::GetFlag(FLAGS_host);
  options.port = absl::GetFlag(FLAGS_port);
  if (options.port == 0) {
    options.port = absl::GetFlag(FLAGS_protocol) == "grpc" ? 50051 : 1234;
  }
  options.connections = std::max(absl::GetFlag(FLAGS_connections), 1);
  options.threads =
      std::clamp(absl::GetFlag(FLAGS_threads), 1, options.connections);
  options.pipeline = std::max(absl::GetFlag(FLAGS_pipeline), 1);
  options.requests = absl::GetFlag(FLAGS_requests);
  options.seconds = absl::GetFlag(FLAGS_seconds);
  options.rate = absl::GetFlag(FLAGS_rate);
  options.stop = &stop_signalled;
  return options;
}

bool Append(const std::string& protocol, const Operation& operation,
            std::string* out) {
  if (protocol == "memcached") return AppendMemcached(operation, out);
  (protocol == "resp" ? AppendResp : AppendText)(operation, out);
  return true;
}

// Prepares up to `count` operations of `next` for the protocol and runs them.
absl::StatusOr<RunResult> Run(const std::string& protocol,
                              const RunOptions& options, uint64_t count,
                              absl::FunctionRef<Operation(uint64_t)> next,
                              const RunHooks& hooks) {
  if (protocol == "grpc") {
    std::vector<GrpcRequest> requests;
    size_t bytes = 0;
    while (requests.size() < count && bytes < kMaxPreparedBytes) {
      requests.push_back(MakeGrpcRequest(next(requests.size())));
      bytes += requests.back().message.Length();
    }
    return RunGrpc(options, requests, hooks);
  }
  RequestRing ring;
  bool known = true;
  while (ring.size() < count && ring.size_bytes() < kMaxPreparedBytes &&
         known) {
    ring.Add([&](std::string* out) {
      known = Append(protocol, next(ring.size()), out);
    });
  }
  if (!known) {
    return absl::InvalidArgumentError(
        absl::StrCat(protocol, " has no such requests"));
  }
  return RunTcp(options, ring, hooks);
}

absl::Status Fill(const std::string& protocol, RunOptions options,
                  const Workload& workload) {
  options.threads = 1;
  options.connections = kFillConnections;
  options.pipeline = kFillPipeline;
  options.rate = 0;
  for (uint64_t done = 0; done < workload.fill_size();) {
    options.requests = std::min(kFillRequests, workload.fill_size() - done);
    const absl::StatusOr<RunResult> result =
        Run(protocol, options, options.requests,
            [&](uint64_t i) { return workload.Fill(done + i); },
            {.started = [] {}, .ended = [] {}});
    if (!result.ok()) return result.status();
    if (result->errors > 0) {
      return absl::InternalError(
          absl::StrCat("while filling: ", result->first_error));
    }
    if (options.stopped()) return absl::CancelledError("stopped while filling");
    done += options.requests;
  }
  return absl::OkStatus();
}

absl::StatusOr<Report> Measure() {
  Report report;
  report.protocol = absl::GetFlag(FLAGS_protocol);
  report.workload = absl::GetFlag(FLAGS_workload);
  report.options = OptionsFromFlags();
  if (report.protocol != "text" && report.protocol != "resp" &&
      report.protocol != "memcached" && report.protocol != "grpc") {
    return absl::InvalidArgumentError(
        "--protocol is text, resp, memcached or grpc");
  }
  absl::optional<Workload> workload =
      Workload::Find(report.workload,
                     {.keys = std::max<uint64_t>(absl::GetFlag(FLAGS_keys), 1),
                      .sets = std::max<uint64_t>(absl::GetFlag(FLAGS_sets), 1),
                      .key_size = absl::GetFlag(FLAGS_key_size),
                      .value_size = absl::GetFlag(FLAGS_value_size),
                      .ttl_s = absl::GetFlag(FLAGS_ttl),
                      .expire_time_ms = absl::GetFlag(FLAGS_expire_time_ms),
                      .range_start = absl::GetFlag(FLAGS_range_start),
                      .fill_by_set = absl::GetFlag(FLAGS_fill_by_set),
                      .seed = absl::GetFlag(FLAGS_seed)});
  if (!workload.has_value() ||
      (report.protocol == "grpc" && report.workload == "ping")) {
    return absl::InvalidArgumentError(
        absl::StrCat("no workload ", report.workload, " here; see --help"));
  }
  if (absl::GetFlag(FLAGS_fill)) {
    if (absl::Status filled = Fill(report.protocol, report.options, *workload);
        !filled.ok()) {
      return filled;
    }
  }

  const pid_t pid = absl::GetFlag(FLAGS_server_pid);
  absl::StatusOr<ServerUsage> before = ServerUsage();
  absl::StatusOr<ServerUsage> after = ServerUsage();
  const uint64_t prepared =
      report.options.requests > 0
          ? std::min(report.options.requests, kMaxPrepared)
          : PreparedCount(absl::GetFlag(FLAGS_keys));
  absl::StatusOr<RunResult> result =
      Run(report.protocol, report.options, prepared,
          [&](uint64_t) { return workload->Next(); },
          {.started =
               [&] {
                 if (pid > 0) before = ReadServerUsage(pid);
               },
           .ended =
               [&] {
                 if (pid > 0) after = ReadServerUsage(pid);
               }});
  if (!result.ok()) return result.status();
  report.result = *std::move(result);
  if (pid > 0) {
    if (!before.ok()) return before.status();
    if (!after.ok()) return after.status();
    report.usage = *after;
    report.usage->cpu_ns -= before->cpu_ns;
  }
  return report;
}

int Main() {
  const absl::StatusOr<Report> report = Measure();
  if (!report.ok()) {
    std::cerr << "fastkv_load: " << report.status().message() << std::endl;
    return 1;
  }
  std::cout << (absl::GetFlag(FLAGS_json) ? ToJson(*report) : ToLine(*report))
            << std::endl;
  return report->result.errors == 0 ? 0 : 1;
}

}  // namespace
}  // namespace kv::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(kv::bench::Usage());
  absl::ParseCommandLine(argc, argv);
  std::signal(SIGTERM, kv::bench::OnStopSignal);
  return kv::bench::Main();
}
