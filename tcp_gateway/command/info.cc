#include "tcp_gateway/command/info.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "store/keyspace_stats.h"
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
  int64_t blocked = 0;
  from.server.clients.ForEach([&](const ClientSession& client) {
    blocked += (client.marks() & kBlocked) != 0;
  });
  Line(out, "connected_clients", from.process.connected_clients);
  Line(out, "cluster_connections", 0);
  Line(out, "maxclients", from.process.max_clients);
  Line(out, "blocked_clients", blocked);
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

void Persistence(const Sources& from, std::string* out) {
  Line(out, "loading", 0);
  Line(out, "rdb_changes_since_last_save",
       from.server.engine.keyspace().sequence());
  Line(out, "rdb_bgsave_in_progress", 0);
  Line(out, "rdb_last_save_time", from.server.started_ms / 1000);
  Line(out, "aof_enabled", 0);
  Line(out, "aof_rewrite_in_progress", 0);
}

void Stats(const Sources& from, std::string* out) {
  const store::SweepStats sweep = from.server.engine.sweep_stats();
  uint64_t errors = 0;
  for (const auto& [code, count] : from.server.stats.Errors()) errors += count;
  Line(out, "total_connections_received", from.process.connections_received);
  Line(out, "total_commands_processed", from.process.commands_processed);
  Line(out, "total_net_input_bytes", from.process.input_bytes);
  Line(out, "total_net_output_bytes", from.process.output_bytes);
  Line(out, "rejected_connections", from.process.connections_rejected);
  Line(out, "dropped_connections", from.process.connections_dropped);
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
