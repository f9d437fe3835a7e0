#include "tcp_gateway/command/acl_categories.h"

#include "absl/algorithm/container.h"

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
    "flushall", "flushdb", "info",    "keys",   "restore",
    "role",     "sort",    "sort_ro", "swapdb",
};

absl::string_view CategoryOf(CommandGroup group) {
  switch (group) {
    case CommandGroup::kString:
      return "string";
    case CommandGroup::kBitmap:
      return "bitmap";
    case CommandGroup::kKey:
      return "keyspace";
    case CommandGroup::kSortedSet:
      return "sortedset";
    case CommandGroup::kConnection:
      return "connection";
    case CommandGroup::kPubSub:
      return "";
    case CommandGroup::kServer:
      return "";
    case CommandGroup::kTransactions:
      return "transaction";
  }
  return "";
}

}  // namespace

absl::Span<const absl::string_view> AclCategories() { return kCategories; }

std::vector<absl::string_view> AclCategoriesOf(const Command& command) {
  std::vector<absl::string_view> result;
  const auto add_if = [&](bool condition, absl::string_view category) {
    if (condition) result.push_back(category);
  };
  const auto has = [&](uint32_t flag) { return (command.flags & flag) != 0; };
  const absl::string_view of_group = CategoryOf(command.group);
  const bool has_data = command.scope != Scope::kNone;
  add_if(has_data && has(kReadOnly), "read");
  add_if(has(kWrite), "write");
  add_if(!of_group.empty(), of_group);
  add_if(command.group == CommandGroup::kServer && has_data && !has(kAdmin) &&
             command.name != "info",
         "keyspace");
  add_if(has(kPubSub), "pubsub");
  add_if(has(kAdmin), "admin");
  add_if(has(kFast), "fast");
  add_if(!has(kFast), "slow");
  add_if(has(kBlocking), "blocking");
  add_if(has(kAdmin) || absl::c_linear_search(kDangerous, command.name),
         "dangerous");
  return result;
}

}  // namespace kv::gateway
