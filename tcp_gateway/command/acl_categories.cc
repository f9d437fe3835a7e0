#include "tcp_gateway/command/acl_categories.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "tcp_gateway/command/command_table.h"

namespace kv::gateway {
namespace {

constexpr absl::string_view kCategories[] = {
    "keyspace",  "read",     "write",     "set",        "sortedset",
    "list",      "hash",     "string",    "bitmap",     "hyperloglog",
    "geo",       "stream",   "pubsub",    "admin",      "fast",
    "slow",      "blocking", "dangerous", "connection", "transaction",
    "scripting",
};

// Beside those for administrators, what Redis calls dangerous: it shows or
// takes more than one application should.
constexpr absl::string_view kDangerous[] = {
    "flushall", "flushdb", "info",    "keys",
    "restore",  "sort",    "sort_ro", "swapdb",
};

// For administrators, though anyone may run them here.
constexpr absl::string_view kAboutServer[] = {"lastsave", "role"};

bool IsIn(const Command& command, absl::Span<const absl::string_view> names) {
  return absl::c_linear_search(names, command.name);
}

// Redis sorts any kind of list, and counts what tells clients of commands, and
// what waits for replicas, to the connection.
constexpr absl::string_view kSorting[] = {"sort", "sort_ro"};
constexpr absl::string_view kConnecting[] = {"command", "wait", "waitaof"};

using Categories = std::vector<absl::string_view>;

// What a command is about.
Categories SubjectOf(const Command& command) {
  if (command.handler == nullptr) return {};  // its subcommands say
  if (IsIn(command, kSorting)) return {"set", "sortedset", "list"};
  if (IsIn(command, kConnecting) ||
      absl::StartsWith(command.name, "command|")) {
    return {"connection"};
  }
  switch (command.group) {
    case CommandGroup::kString:
      return {"string"};
    case CommandGroup::kBitmap:
      return {"bitmap"};
    case CommandGroup::kKey:
      return {"keyspace"};
    case CommandGroup::kSortedSet:
      return {"sortedset"};
    case CommandGroup::kConnection:
      return {"connection"};
    case CommandGroup::kTransactions:
      return {"transaction"};
    case CommandGroup::kPubSub:
      return {};
    case CommandGroup::kServer:
      break;
  }
  // Those about whole databases.
  const bool has_data =
      command.scope == Scope::kWalk || command.scope == Scope::kAllShards;
  if (has_data && (command.flags & (kReadOnly | kWrite)) != 0) {
    return {"keyspace"};
  }
  return {};
}

}  // namespace

absl::Span<const absl::string_view> AclCategories() { return kCategories; }

std::vector<absl::string_view> AclCategoriesOf(const Command& command) {
  Categories result;
  const auto add_if = [&](bool condition, absl::string_view category) {
    if (condition) result.push_back(category);
  };
  const auto has = [&](uint32_t flag) { return (command.flags & flag) != 0; };
  const bool is_admin = has(kAdmin) || IsIn(command, kAboutServer);
  add_if(has(kReadOnly), "read");
  add_if(has(kWrite), "write");
  for (const absl::string_view subject : SubjectOf(command)) {
    result.push_back(subject);
  }
  add_if(has(kPubSub), "pubsub");
  add_if(is_admin, "admin");
  add_if(has(kFast), "fast");
  add_if(!has(kFast), "slow");
  add_if(has(kBlocking), "blocking");
  add_if(is_admin || IsIn(command, kDangerous), "dangerous");
  return result;
}

std::vector<absl::string_view> CommandsInCategory(absl::string_view category) {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < CommandCount(); ++i) {
    if (absl::c_linear_search(AclCategoriesOf(CommandAt(i)), category)) {
      names.push_back(CommandAt(i).name);
    }
  }
  return names;
}

}  // namespace kv::gateway
