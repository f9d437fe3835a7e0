#include "tcp_gateway/command/info.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "store/durable/load_meter.h"
#include "store/durable/log.h"
#include "store/durable/recovery.h"
#include "store/durable/snapshotter.h"
#include "store/keyspace_stats.h"
#include "tcp_gateway/command/client_list.h"
#include "tcp_gateway/command/client_session.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/process_memory.h"

namespace kv::gateway {
namespace {

// Where the values of one INFO come from; gathered once.
struct Sources {
  const ServerContext& server;
  store::TimeMs now;
  const store::Transaction* within;
  ProcessInfo process;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + time.tv_usec * 1e-6;
}

void Line(std::string* out, absl::string_view name,
          const absl::AlphaNum& value) {
  absl::StrAppend(out, name, ":", value, "\r\n");
}

void Server(const Sources& from, std::string* out) {
  const int64_t uptime = (from.now - from.server.started_ms) / 1000;
  Line(out, "redis_version", kRedisVersion);
  Line(out, "fastkv_version", from.process.version);
  Line(out, "redis_mode", "standalone");
  Line(out, "arch_bits", 8 * sizeof(void*));
  Line(out, "process_id", getpid());
  Line(out, "tcp_port", from.process.tcp_port);
  Line(out, "grpc_port", from.process.grpc_port);
  Line(out, "io_threads", from.process.workers);
  Line(out, "server_time_usec", from.now * 1000);
  Line(out, "uptime_in_seconds", uptime);
  Line(out, "uptime_in_days", uptime / (24 * 60 * 60));
}

void Clients(const Sources& from, std::string* out) {
  int64_t blocked = 0, listening = 0;
  from.server.clients.ForEach([&](const ClientSession& client) {
    blocked += (client.marks() & kBlocked) != 0;
    listening += TypeOf(client) == ClientType::kPubSub;
  });
  Line(out, "connected_clients", from.process.connected_clients);
  Line(out, "cluster_connections", 0);
  Line(out, "maxclients", from.process.max_clients);
  Line(out, "blocked_clients", blocked);
  Line(out, "pubsub_clients", listening);
}

std::string Human(int64_t bytes) {
  return absl::StrFormat("%.2fM", static_cast<double>(bytes) / (1 << 20));
}

// Of the process, as the kernel sees it: there is no other account of it.
void Memory(const Sources&, std::string* out) {
  const ProcessMemory memory = ReadProcessMemory();
  Line(out, "used_memory", memory.resident_bytes);
  Line(out, "used_memory_human", Human(memory.resident_bytes));
  Line(out, "used_memory_rss", memory.resident_bytes);
  Line(out, "used_memory_rss_human", Human(memory.resident_bytes));
  Line(out, "used_memory_peak", memory.peak_bytes);
  Line(out, "used_memory_peak_human", Human(memory.peak_bytes));
  Line(out, "total_system_memory", memory.machine_bytes);
  Line(out, "total_system_memory_human", Human(memory.machine_bytes));
  Line(out, "maxmemory", 0);
  Line(out, "maxmemory_human", "0B");
  Line(out, "maxmemory_policy", "noeviction");
}

absl::string_view FsyncName(store::FsyncPolicy policy) {
  switch (policy) {
    case store::FsyncPolicy::kAlways:
      return "always";
    case store::FsyncPolicy::kEverySec:
      return "everysec";
    case store::FsyncPolicy::kNo:
      return "no";
  }
  return "";
}

void Snapshots(const Sources& from, std::string* out) {
  const store::Snapshotter* snapshotter = from.server.engine.snapshotter();
  const store::SnapshotterStats stats =
      snapshotter == nullptr ? store::SnapshotterStats() : snapshotter->stats();
  const bool ok = stats.last_status.ok();
  Line(out, "rdb_changes_since_last_save",
       snapshotter == nullptr ? from.server.engine.keyspace().sequence()
                              : stats.changes);
  Line(out, "rdb_bgsave_in_progress", stats.in_progress ? 1 : 0);
  Line(out, "rdb_last_save_time", from.server.LastSaveMs() / 1000);
  Line(out, "rdb_last_bgsave_status", ok ? "ok" : "err");
  Line(out, "rdb_last_bgsave_time_sec",
       stats.last_duration_ms < 0 ? -1 : stats.last_duration_ms / 1000);
  Line(out, "rdb_current_bgsave_time_sec",
       stats.in_progress ? (from.now - stats.begun_ms) / 1000 : -1);
  Line(out, "rdb_saves", stats.taken);
  Line(out, "snapshot_records_written", stats.progress.records);
  Line(out, "snapshot_records_expected", stats.progress.entries);
  Line(out, "snapshot_last_bytes", stats.last_bytes);
  // What rewrites the log is a snapshot.
  Line(out, "aof_enabled", from.server.engine.durable() ? 1 : 0);
  Line(out, "aof_rewrite_in_progress", stats.in_progress ? 1 : 0);
  Line(out, "aof_last_bgrewrite_status", ok ? "ok" : "err");
  if (snapshotter != nullptr) Line(out, "aof_current_size", stats.log_bytes);
}

// What is said of a load that is under way.
void Loading(const Sources& from, std::string* out) {
  const store::LoadProgress load = from.server.engine.load_progress();
  const double part = load.bytes_total == 0
                          ? 0
                          : static_cast<double>(load.bytes_read) /
                                static_cast<double>(load.bytes_total);
  Line(out, "loading_start_time", load.started_ms / 1000);
  Line(out, "loading_total_bytes", load.bytes_total);
  Line(out, "loading_loaded_bytes", load.bytes_read);
  Line(out, "loading_loaded_perc", absl::StrFormat("%.2f", 100 * part));
  Line(out, "loading_eta_seconds", (load.remaining_ms + 999) / 1000);
}

void Persistence(const Sources& from, std::string* out) {
  // Once: it may end meanwhile.
  const bool loading = from.server.engine.loading();
  Line(out, "loading", loading ? 1 : 0);
  Line(out, "async_loading", 0);
  Snapshots(from, out);
  if (loading) return Loading(from, out);
  const store::Log* log = from.server.engine.log();
  if (log == nullptr) return;
  const store::LogStats stats = log->stats();
  const store::Recovery& loaded = from.server.engine.recovery();
  Line(out, "aof_last_write_status", stats.status.ok() ? "ok" : "err");
  Line(out, "aof_buffer_length", stats.buffered_bytes);
  Line(out, "log_fsync", FsyncName(log->fsync()));
  Line(out, "log_last_position", stats.last_position);
  Line(out, "log_written_position", stats.written_position);
  Line(out, "log_durable_position", stats.durable_position);
  Line(out, "log_groups", stats.groups);
  Line(out, "log_syncs", stats.syncs);
  Line(out, "log_last_sync_usec", stats.last_sync_us);
  Line(out, "log_max_sync_usec", stats.max_sync_us);
  Line(out, "log_loaded_records", loaded.log.records);
  Line(out, "snapshot_loaded_records", loaded.snapshot.records);
}

void Stats(const Sources& from, std::string* out) {
  const store::SweepStats sweep = from.server.engine.sweep_stats();
  uint64_t errors = 0;
  for (const auto& [code, count] : from.server.stats.Errors()) errors += count;
  const TrafficTotals traffic =
      from.server.traffic_baseline.Since(from.process.totals);
  Line(out, "total_connections_received", traffic.connections_received);
  Line(out, "total_commands_processed", traffic.commands_processed);
  Line(out, "total_net_input_bytes", traffic.input_bytes);
  Line(out, "total_net_output_bytes", traffic.output_bytes);
  Line(out, "rejected_connections", traffic.connections_rejected);
  Line(out, "dropped_connections", traffic.connections_dropped);
  Line(out, "expired_keys", sweep.expired);
  Line(out, "expire_lag_ms", sweep.last_lag_ms);
  Line(out, "expire_lag_max_ms", sweep.max_lag_ms);
  Line(out, "evicted_keys", 0);
  Line(out, "total_error_replies", errors);
}

void Replication(const Sources&, std::string* out) {
  Line(out, "role", "master");
  Line(out, "connected_slaves", 0);
}

void Cpu(const Sources&, std::string* out) {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  Line(out, "used_cpu_sys", absl::StrFormat("%.6f", Seconds(usage.ru_stime)));
  Line(out, "used_cpu_user", absl::StrFormat("%.6f", Seconds(usage.ru_utime)));
}

void CommandStatistics(const Sources& from, std::string* out) {
  const std::vector<CommandTotals> totals = from.server.stats.Totals();
  for (size_t i = 0; i < CommandCount(); ++i) {
    const CommandTotals& row = totals[i];
    if (row.calls + row.rejected == 0) continue;
    const double us = static_cast<double>(row.total_ns) / 1000;
    absl::StrAppendFormat(
        out,
        "cmdstat_%s:calls=%d,usec=%.0f,usec_per_call=%.2f,rejected_calls=%d,"
        "failed_calls=%d\r\n",
        CommandAt(i).name, row.calls, us,
        row.calls == 0 ? 0 : us / static_cast<double>(row.calls), row.rejected,
        row.failed);
  }
}

void ErrorStatistics(const Sources& from, std::string* out) {
  for (const auto& [code, count] : from.server.stats.Errors()) {
    Line(out, absl::StrCat("errorstat_", code), absl::StrCat("count=", count));
  }
}

// The upper bound of the bucket in which a quantile lies.
int64_t QuantileUs(const CommandTotals& row, double quantile) {
  const double wanted = quantile * static_cast<double>(row.calls);
  uint64_t so_far = 0;
  for (size_t i = 0; i < CommandTotals::kBuckets; ++i) {
    so_far += row.buckets[i];
    if (static_cast<double>(so_far) >= wanted) return int64_t{1} << i;
  }
  return int64_t{1} << CommandTotals::kBuckets;
}

void LatencyStatistics(const Sources& from, std::string* out) {
  const std::vector<CommandTotals> totals = from.server.stats.Totals();
  for (size_t i = 0; i < CommandCount(); ++i) {
    const CommandTotals& row = totals[i];
    if (row.calls == 0) continue;
    absl::StrAppendFormat(
        out,
        "latency_percentiles_usec_%s:p50=%d.000,p99=%d.000,p99.9=%d.000\r\n",
        CommandAt(i).name, QuantileUs(row, 0.5), QuantileUs(row, 0.99),
        QuantileUs(row, 0.999));
  }
}

void Cluster(const Sources&, std::string* out) {
  Line(out, "cluster_enabled", 0);
}

void KeyspaceSection(const Sources& from, std::string* out) {
  if (from.server.engine.loading()) return;
  const auto databases = store::DescribeDatabases(from.server.engine.keyspace(),
                                                  from.now, from.within);
  for (size_t db = 0; db < databases.size(); ++db) {
    const store::DatabaseStats& stats = databases[db];
    if (stats.keys == 0) continue;
    Line(out, absl::StrCat("db", db),
         absl::StrCat("keys=", stats.keys, ",expires=", stats.expires,
                      ",avg_ttl=", stats.average_ttl_ms));
  }
}

struct Section {
  absl::string_view name;
  void (*render)(const Sources&, std::string*);
  bool is_default;  // shown without being asked for
};

constexpr Section kSections[] = {
    {"Server", Server, true},
    {"Clients", Clients, true},
    {"Memory", Memory, true},
    {"Persistence", Persistence, true},
    {"Stats", Stats, true},
    {"Replication", Replication, true},
    {"CPU", Cpu, true},
    {"Commandstats", CommandStatistics, false},
    {"Errorstats", ErrorStatistics, true},
    {"Latencystats", LatencyStatistics, false},
    {"Cluster", Cluster, true},
    {"Keyspace", KeyspaceSection, true},
};

bool Wanted(const Section& section, absl::Span<const absl::string_view> names) {
  if (names.empty()) return section.is_default;
  return std::any_of(names.begin(), names.end(), [&](absl::string_view name) {
    return absl::EqualsIgnoreCase(name, section.name) ||
           absl::EqualsIgnoreCase(name, "all") ||
           absl::EqualsIgnoreCase(name, "everything") ||
           (section.is_default && absl::EqualsIgnoreCase(name, "default"));
  });
}

}  // namespace

std::string RenderInfo(const ServerContext& server, store::TimeMs now,
                       absl::Span<const absl::string_view> sections,
                       const store::Transaction* within) {
  const Sources from{server, now, within, server.DescribeProcess()};
  std::string text;
  for (const Section& section : kSections) {
    if (!Wanted(section, sections)) continue;
    if (!text.empty()) absl::StrAppend(&text, "\r\n");
    absl::StrAppend(&text, "# ", section.name, "\r\n");
    section.render(from, &text);
  }
  return text;
}

}  // namespace kv::gateway
