#include "tcp_gateway/command/config_parameters.h"

#include <cstdint>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/base/limits.h"
#include "store/base/number.h"
#include "tcp_gateway/notifications/event_classes.h"

namespace kv::gateway {
namespace {

// What is true of every server.
template <const char* const& kText>
std::string Constant(const ServerContext&) {
  return kText;
}

int64_t ParsedNumber(absl::string_view value) {
  int64_t number = 0;
  (void)store::ParseInt64(value, &number);
  return number;
}

template <int64_t kMin, int64_t kMax = std::numeric_limits<int64_t>::max()>
std::string CheckNumber(const ServerContext&, absl::string_view value) {
  int64_t number = 0;
  if (!store::ParseInt64(value, &number)) {
    return "argument couldn't be parsed into an integer";
  }
  if (number < kMin || number > kMax) {
    return absl::StrCat("argument must be between ", kMin, " and ", kMax,
                        " inclusive");
  }
  return "";
}

constexpr char kImmutable[] = "can't set immutable config";

std::string CheckMaxClients(const ServerContext& server,
                            absl::string_view value) {
  if (!server.set_max_clients) return kImmutable;
  const std::string why = CheckNumber<1>(server, value);
  return why.empty() ? server.check_max_clients(ParsedNumber(value)) : why;
}

std::string CheckTimeout(const ServerContext& server, absl::string_view value) {
  if (!server.set_idle_timeout) return kImmutable;
  return CheckNumber<0, std::numeric_limits<int32_t>::max()>(server, value);
}

std::string CheckPassword(const ServerContext& server,
                          absl::string_view value) {
  if (value.size() > Password::kMaxBytes) return "password too long";
  return value.empty() ? "" : server.password_objection;
}

std::string CheckEventClasses(const ServerContext&, absl::string_view value) {
  if (ParseEventClasses(value).has_value()) return "";
  return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
}

const char* const kEmpty = "";
const char* const kZero = "0";
const char* const kNoEviction = "noeviction";

using S = const ServerContext&;
using V = absl::string_view;

// In the order of their names.
constexpr ConfigParameter kParameters[] = {
    {"appendonly",
     [](S s) -> std::string { return s.engine.durable() ? "yes" : "no"; },
     nullptr, nullptr},
    {"bind", [](S s) { return s.DescribeProcess().bind; }, nullptr, nullptr},
    {"databases", [](S) { return absl::StrCat(store::kDatabases); }, nullptr,
     nullptr},
    {"io-threads",
     [](S s) { return absl::StrCat(s.DescribeProcess().workers); }, nullptr,
     nullptr},
    {"latency-monitor-threshold",
     [](S s) { return absl::StrCat(s.latency.threshold_ms()); }, CheckNumber<0>,
     [](ServerContext& s, V v) {
       s.latency.set_threshold_ms(ParsedNumber(v));
     }},
    {"maxclients",
     [](S s) { return absl::StrCat(s.DescribeProcess().max_clients); },
     CheckMaxClients,
     [](ServerContext& s, V v) { s.set_max_clients(ParsedNumber(v)); }},
    {"maxmemory", Constant<kZero>, nullptr, nullptr},
    {"maxmemory-policy", Constant<kNoEviction>, nullptr, nullptr},
    {"notify-keyspace-events",
     [](S s) { return FormatEventClasses(s.keyspace_events.classes()); },
     CheckEventClasses,
     [](ServerContext& s, V v) {
       s.keyspace_events.SetClasses(*ParseEventClasses(v));
     }},
    {"port", [](S s) { return absl::StrCat(s.DescribeProcess().tcp_port); },
     nullptr, nullptr},
    {"proto-max-bulk-len",
     [](S) { return absl::StrCat(store::kMaxValueBytes); }, nullptr, nullptr},
    {"requirepass", [](S s) { return s.password.text(); }, CheckPassword,
     [](ServerContext& s, V v) { s.password.Set(v); }},
    {"save", Constant<kEmpty>, nullptr, nullptr},
    {"slowlog-log-slower-than",
     [](S s) { return absl::StrCat(s.slow_log.threshold_us()); },
     CheckNumber<-1>,
     [](ServerContext& s, V v) {
       s.slow_log.set_threshold_us(ParsedNumber(v));
     }},
    {"slowlog-max-len",
     [](S s) { return absl::StrCat(s.slow_log.max_length()); }, CheckNumber<0>,
     [](ServerContext& s, V v) { s.slow_log.set_max_length(ParsedNumber(v)); }},
    {"timeout",
     [](S s) { return absl::StrCat(s.DescribeProcess().idle_timeout_s); },
     CheckTimeout,
     [](ServerContext& s, V v) { s.set_idle_timeout(ParsedNumber(v)); }},
};

}  // namespace

absl::Span<const ConfigParameter> ConfigParameters() { return kParameters; }

const ConfigParameter* FindConfigParameter(absl::string_view name) {
  for (const ConfigParameter& parameter : kParameters) {
    if (absl::EqualsIgnoreCase(parameter.name, name)) return &parameter;
  }
  return nullptr;
}

}  // namespace kv::gateway
