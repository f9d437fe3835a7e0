#include "tcp_gateway/command/served_while_loading.h"

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"

namespace kv::gateway {
namespace {

// What needs no data and yet is refused, without a rule that a row could tell.
constexpr absl::string_view kOnlyOnceLoaded[] = {
    "bgrewriteaof", "bgsave", "lolwut", "memory|doctor", "memory|malloc-stats",
    "memory|purge", "ping",   "save",   "wait",          "waitaof",
};
// Their handlers know what to do without a transaction. With one key each, the
// executor would make one.
constexpr absl::string_view kWithoutData[] = {"info", "watch"};

}  // namespace

bool IsServedWhileLoading(const Command& command) {
  if (command.handler == nullptr) return false;
  if (command.scope == Scope::kNone) {
    return !absl::c_linear_search(kOnlyOnceLoaded, command.name);
  }
  return absl::c_linear_search(kWithoutData, command.name);
}

}  // namespace kv::gateway
