#include "tcp_gateway/command/command_description.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/acl_categories.h"
#include "tcp_gateway/command/command_history.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/flag_names.h"

namespace kv::gateway {
namespace {

void ReplyFlags(const Command& command, ReplyWriter& reply) {
  const std::vector<absl::string_view> names = FlagNamesOf(command);
  reply.Set(names.size());
  for (const absl::string_view name : names) reply.Status(name);
}

// A map of words to numbers.
void ReplyNumbers(
    ReplyWriter& reply,
    std::initializer_list<std::pair<absl::string_view, int64_t>> pairs) {
  reply.Map(pairs.size());
  for (const auto& [word, number] : pairs) {
    reply.Bulk(word);
    reply.Integer(number);
  }
}

void BeginKeySpec(const Command& command, int first, ReplyWriter& reply) {
  reply.Map(3);
  reply.Bulk("flags");
  ReplyKeyFlags(command, reply);
  reply.Bulk("begin_search");
  reply.Map(2);
  reply.Bulk("type");
  reply.Bulk("index");
  reply.Bulk("spec");
  ReplyNumbers(reply, {{"index", first}});
  reply.Bulk("find_keys");
  reply.Map(2);
  reply.Bulk("type");
}

// Their first key is one end of a copy and the rest the other, which Redis
// specifies one by one.
constexpr absl::string_view kTwoRoles[] = {"bitop", "copy", "rename",
                                           "renamenx", "zrangestore"};

void ReplyRangeSpec(const Command& command, int first, int last,
                    ReplyWriter& reply) {
  BeginKeySpec(command, first, reply);
  reply.Bulk("range");
  reply.Bulk("spec");
  // The last key counts from the first, or from the end.
  ReplyNumbers(reply, {{"lastkey", last < 0 ? last : last - first},
                       {"keystep", command.keys.step},
                       {"limit", 0}});
}

void ReplyKeySpecs(const Command& command, ReplyWriter& reply) {
  const KeyPositions& keys = command.keys;
  const bool two_roles = absl::c_linear_search(kTwoRoles, command.name);
  reply.Set((keys.first != 0) + two_roles + (keys.numkeys_at != 0));
  if (two_roles) {
    ReplyRangeSpec(command, keys.first, keys.first, reply);
    ReplyRangeSpec(command, keys.first + 1, keys.last, reply);
  } else if (keys.first != 0) {
    ReplyRangeSpec(command, keys.first, keys.last, reply);
  }
  if (keys.numkeys_at != 0) {
    BeginKeySpec(command, keys.numkeys_at, reply);
    reply.Bulk("keynum");
    reply.Bulk("spec");
    ReplyNumbers(reply, {{"keynumidx", 0}, {"firstkey", 1}, {"keystep", 1}});
  }
}

}  // namespace

void ReplyKeyFlags(const Command& command, ReplyWriter& reply) {
  if (command.HasChannels()) {
    reply.Set(1);
    return reply.Status("not_key");
  }
  const bool writes = (command.flags & kWrite) != 0;
  reply.Set(2);
  reply.Status(writes ? "RW" : "RO");
  reply.Status(writes ? "update" : "access");
}

void ReplyCommandInfo(const Command& command, ReplyWriter& reply) {
  const KeyPositions& keys = command.keys;
  reply.Array(10);
  reply.Bulk(command.name);
  reply.Integer(command.arity);
  ReplyFlags(command, reply);
  reply.Integer(keys.first);
  reply.Integer(keys.last);
  reply.Integer(keys.first == 0 ? 0 : keys.step);
  const std::vector<absl::string_view> categories = AclCategoriesOf(command);
  reply.Set(categories.size());
  for (const absl::string_view category : categories) {
    reply.Status(absl::StrCat("@", category));
  }
  reply.Set(0);  // tips for proxies: none
  ReplyKeySpecs(command, reply);
  reply.Array(command.subcommands.size());
  for (const Command& row : command.subcommands) ReplyCommandInfo(row, reply);
}

void ReplyCommandDocs(const Command& command, ReplyWriter& reply) {
  const absl::string_view since = SinceVersion(command.name);
  reply.Map(2 + !since.empty() + !command.subcommands.empty());
  reply.Bulk("summary");
  reply.Bulk(command.summary);
  if (!since.empty()) {
    reply.Bulk("since");
    reply.Bulk(since);
  }
  reply.Bulk("group");
  reply.Bulk(GroupName(command.group));
  if (command.subcommands.empty()) return;
  reply.Bulk("subcommands");
  reply.Map(command.subcommands.size());
  for (const Command& row : command.subcommands) {
    reply.Bulk(row.name);
    ReplyCommandDocs(row, reply);
  }
}

}  // namespace kv::gateway
