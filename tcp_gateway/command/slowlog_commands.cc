#include <algorithm>
#include <string>
#include <vector>

#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

void ReplyEntry(ReplyWriter& reply, const SlowLog::Entry& entry) {
  reply.Array(6);
  reply.Integer(entry.id);
  reply.Integer(entry.unix_seconds);
  reply.Integer(entry.duration_us);
  reply.Array(entry.args.size());
  for (const std::string& arg : entry.args) reply.Bulk(arg);
  reply.Bulk(entry.peer);
  reply.Bulk(entry.client_name);
}

void Get(CommandContext& ctx) {
  if (ctx.args() > 3) return ctx.ReplyWrongArity();
  int64_t count = 10;
  if (ctx.args() == 3) {
    constexpr absl::string_view kBadCount =
        "ERR count should be greater than or equal to -1";
    ArgReader args(ctx, 2);
    count = args.Int(kBadCount);
    if (count < -1) args.Fail(kBadCount);
    if (!args.Finish()) return;
  }
  const size_t max = count < 0 ? SIZE_MAX : static_cast<size_t>(count);
  const std::vector<SlowLog::Entry> entries = ctx.server().slow_log.Newest(max);
  ctx.reply().Array(entries.size());
  for (const SlowLog::Entry& entry : entries) ReplyEntry(ctx.reply(), entry);
}

void Len(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(ctx.server().slow_log.size()));
}

void Reset(CommandContext& ctx) {
  ctx.server().slow_log.Clear();
  ctx.reply().Status("OK");
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"slowlog|get", "[count]", "Returns the newest entries, 10 if not told, -1 for all.",
     G::kServer, -2, kAdmin, Scope::kNone, kNoKeys, Get},
    {"slowlog|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"slowlog|len", "", "Returns the number of entries.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Len},
    {"slowlog|reset", "", "Removes all entries.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Reset},
};

constexpr Command kCommands[] = {
    {"slowlog", "subcommand", "About commands that took long.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> SlowLogCommands() { return kCommands; }

}  // namespace kv::gateway
