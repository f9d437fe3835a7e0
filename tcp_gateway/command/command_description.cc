#include "tcp_gateway/command/command_description.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/acl_categories.h"
#include "tcp_gateway/command/command_history.h"
#include "tcp_gateway/command/command_table.h"

namespace kv::gateway {
namespace {

struct FlagName {
  uint32_t flag;
  absl::string_view name;
};

constexpr FlagName kFlagNames[] = {
    {kWrite, "write"},         {kReadOnly, "readonly"}, {kDenyOom, "denyoom"},
    {kAdmin, "admin"},         {kPubSub, "pubsub"},     {kBlocking, "blocking"},
    {kSecret, "skip_monitor"}, {kFast, "fast"},         {kNoAuth, "no_auth"},
    {kNoMulti, "no_multi"},
};

void ReplyFlags(const Command& command, ReplyWriter& reply) {
  std::vector<absl::string_view> names;
  for (const FlagName& row : kFlagNames) {
    if ((command.flags & row.flag) != 0) names.push_back(row.name);
  }
  if (command.keys.numkeys_at != 0) names.push_back("movablekeys");
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

void ReplyKeySpecs(const Command& command, ReplyWriter& reply) {
  const KeyPositions& keys = command.keys;
  reply.Set((keys.first != 0) + (keys.numkeys_at != 0));
  if (keys.first != 0) {
    BeginKeySpec(command, keys.first, reply);
    reply.Bulk("range");
    reply.Bulk("spec");
    // The last key counts from the first, or from the end.
    const int last = keys.last < 0 ? keys.last : keys.last - keys.first;
    ReplyNumbers(reply,
                 {{"lastkey", last}, {"keystep", keys.step}, {"limit", 0}});
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
