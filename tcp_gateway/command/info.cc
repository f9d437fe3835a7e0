#include "tcp_gateway/command/info.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "store/base/limits.h"
#include "store/key_ops.h"

namespace kv::gateway {
namespace {

// Where the values of one INFO come from; gathered once.
struct Sources {
  const ServerContext& server;
  store::TimeMs now;
  const store::Transaction* within;
  ProcessInfo process;
};

int64_t ResidentBytes() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * sysconf(_SC_PAGESIZE);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + time.tv_usec * 1e-6;
}

void Line(std::string* out, absl::string_view name,
          const absl::AlphaNum& value) {
  absl::StrAppend(out, name, ":", value, "\r\n");
}

void Server(const Sources& from, std::string* out) {
  const int64_t uptime = (from.now - from.server.started_ms) / 1000;
  Line(out, "fastkv_version", from.process.version);
  Line(out, "process_id", getpid());
  Line(out, "tcp_port", from.process.tcp_port);
  Line(out, "grpc_port", from.process.grpc_port);
  Line(out, "uptime_in_seconds", uptime);
  Line(out, "uptime_in_days", uptime / (24 * 60 * 60));
}

void Clients(const Sources& from, std::string* out) {
  Line(out, "connected_clients", from.process.connected_clients);
  Line(out, "maxclients", from.process.max_clients);
}

void Memory(const Sources&, std::string* out) {
  const int64_t resident = ResidentBytes();
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  Line(out, "used_memory_rss", resident);
  Line(out, "used_memory_rss_human",
       absl::StrFormat("%.2fM", static_cast<double>(resident) / (1 << 20)));
  Line(out, "used_memory_rss_peak", int64_t{usage.ru_maxrss} * 1024);
}

void Stats(const Sources& from, std::string* out) {
  const store::SweepStats sweep = from.server.engine.sweep_stats();
  Line(out, "total_connections_received", from.process.connections_received);
  Line(out, "rejected_connections", from.process.connections_rejected);
  Line(out, "total_commands_processed", from.process.commands_processed);
  Line(out, "total_net_input_bytes", from.process.input_bytes);
  Line(out, "total_net_output_bytes", from.process.output_bytes);
  Line(out, "expired_keys", sweep.expired);
  Line(out, "expire_lag_ms", sweep.last_lag_ms);
  Line(out, "expire_lag_max_ms", sweep.max_lag_ms);
}

void Cpu(const Sources&, std::string* out) {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  Line(out, "used_cpu_sys", absl::StrFormat("%.6f", Seconds(usage.ru_stime)));
  Line(out, "used_cpu_user", absl::StrFormat("%.6f", Seconds(usage.ru_utime)));
}

void KeyspaceSection(const Sources& from, std::string* out) {
  for (int db = 0; db < store::kDatabases; ++db) {
    const size_t keys =
        store::keys::Size(from.server.engine.keyspace(), db, from.within);
    if (keys > 0)
      Line(out, absl::StrCat("db", db), absl::StrCat("keys=", keys));
  }
}

struct Section {
  absl::string_view name;
  void (*render)(const Sources&, std::string*);
};

constexpr Section kSections[] = {
    {"Server", Server}, {"Clients", Clients}, {"Memory", Memory},
    {"Stats", Stats},   {"CPU", Cpu},         {"Keyspace", KeyspaceSection},
};

bool Wanted(absl::string_view section,
            absl::Span<const absl::string_view> names) {
  if (names.empty()) return true;
  return std::any_of(names.begin(), names.end(), [=](absl::string_view name) {
    return absl::EqualsIgnoreCase(name, section) ||
           absl::EqualsIgnoreCase(name, "all") ||
           absl::EqualsIgnoreCase(name, "default") ||
           absl::EqualsIgnoreCase(name, "everything");
  });
}

}  // namespace

std::string RenderInfo(const ServerContext& server, store::TimeMs now,
                       absl::Span<const absl::string_view> sections,
                       const store::Transaction* within) {
  Sources from{server, now, within,
               server.process_info ? server.process_info() : ProcessInfo()};
  std::string text;
  for (const Section& section : kSections) {
    if (!Wanted(section.name, sections)) continue;
    if (!text.empty()) absl::StrAppend(&text, "\r\n");
    absl::StrAppend(&text, "# ", section.name, "\r\n");
    section.render(from, &text);
  }
  return text;
}

}  // namespace kv::gateway
