#include "tcp_gateway/command/flag_names.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/served_while_loading.h"

namespace kv::gateway {
namespace {

// What Redis allows or forbids without a rule that a row could tell.
constexpr absl::string_view kNotInScripts[] = {
    "acl|cat", "acl|whoami", "bzpopmax", "bzpopmin", "role", "wait", "waitaof",
};
constexpr absl::string_view kKeysInOptions[] = {"sort", "sort_ro"};
constexpr absl::string_view kSaves[] = {"bgrewriteaof", "bgsave", "save"};

bool IsIn(const Command& command, absl::Span<const absl::string_view> names) {
  return absl::c_linear_search(names, command.name);
}

bool Has(const Command& command, uint32_t flag) {
  return (command.flags & flag) != 0;
}

bool IsHelp(const Command& command) {
  return absl::EndsWith(command.name, "|help");
}

// What is about the connection or the server's operation is not for scripts.
bool IsKeptFromScripts(const Command& command) {
  if (command.handler == nullptr || IsHelp(command)) return false;
  if (absl::StartsWith(command.name, "slowlog|")) return false;
  return Has(command, kAdmin | kNoAuth) ||
         (Has(command, kPubSub) && Has(command, kWhileSubscribed)) ||
         command.group == CommandGroup::kTransactions ||
         absl::StartsWith(command.name, "client|") ||
         IsIn(command, kNotInScripts);
}

// What a client needs to get out of a transaction or to log in is served while
// a script runs for too long.
bool IsServedWhileBusy(const Command& command) {
  return Has(command, kNoAuth) || command.name == "shutdown" ||
         (command.group == CommandGroup::kTransactions && Has(command, kFast));
}

}  // namespace

std::vector<absl::string_view> FlagNamesOf(const Command& command) {
  std::vector<absl::string_view> names;
  const auto add_if = [&](bool condition, absl::string_view name) {
    if (condition) names.push_back(name);
  };
  add_if(Has(command, kWrite), "write");
  add_if(Has(command, kReadOnly), "readonly");
  add_if(Has(command, kDenyOom), "denyoom");
  add_if(Has(command, kAdmin), "admin");
  add_if(Has(command, kPubSub), "pubsub");
  add_if(IsKeptFromScripts(command), "noscript");
  add_if(Has(command, kBlocking), "blocking");
  add_if(IsServedWhileLoading(command), "loading");
  add_if(IsServedWhileLoading(command), "stale");
  add_if(command.name == "exec", "skip_slowlog");
  add_if(Has(command, kFast), "fast");
  add_if(Has(command, kNoAuth), "no_auth");
  add_if(Has(command, kNoMulti), "no_multi");
  add_if(command.keys.numkeys_at != 0 || IsIn(command, kKeysInOptions),
         "movablekeys");
  add_if(IsIn(command, kSaves), "no_async_loading");
  add_if(IsServedWhileBusy(command), "allow_busy");
  return names;
}

}  // namespace kv::gateway
