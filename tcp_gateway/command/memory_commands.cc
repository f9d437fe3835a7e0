#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/key_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/process_memory.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

// The table's share of an entry: a slot and its control byte, at a load
// between 7/16 and 7/8.
constexpr size_t kTableBytesPerKey = 13;
// A deadline and a handle.
constexpr size_t kHeapBytesPerKey = 12;

void Usage(CommandContext& ctx) {
  ArgReader args(ctx, 3);
  while (args.HasNext()) {
    // Nothing is estimated from samples: the size of each value is known.
    if (!args.Match("SAMPLES")) args.Fail();
    if (args.Int() < 0) args.Fail();
  }
  if (!args.Finish()) return;
  const store::Entry* entry = ctx.txn().Find(ctx.key());
  if (entry == nullptr) return ctx.reply().Null();
  const size_t bytes = entry->MemoryBytes() + kTableBytesPerKey +
                       (entry->has_deadline() ? kHeapBytesPerKey : 0);
  ctx.reply().Integer(static_cast<int64_t>(bytes));
}

void Stats(CommandContext& ctx) {
  const ProcessMemory memory = ReadProcessMemory();
  const auto keys = static_cast<int64_t>(store::keys::Size(
      ctx.server().engine.keyspace(), ctx.session().db(), ctx.within()));
  ctx.reply().Map(4);
  ctx.reply().Bulk("peak.allocated");
  ctx.reply().Integer(memory.peak_bytes);
  ctx.reply().Bulk("total.allocated");
  ctx.reply().Integer(memory.resident_bytes);
  ctx.reply().Bulk("keys.count");
  ctx.reply().Integer(keys);
  ctx.reply().Bulk("keys.bytes-per-key");
  ctx.reply().Integer(keys == 0 ? 0 : memory.resident_bytes / keys);
}

void Doctor(CommandContext& ctx) {
  const ProcessMemory memory = ReadProcessMemory();
  const bool tight = memory.resident_bytes > memory.machine_bytes / 10 * 8;
  ctx.reply().Verbatim(
      "txt", tight ? "The process takes more than 80% of this machine's "
                     "memory.\n"
                   : "Nothing to report: the process takes less than 80% of "
                     "this machine's memory.\n");
}

void MallocStats(CommandContext& ctx) {
  ctx.reply().Bulk("Stats not supported for the current allocator");
}

// The allocator gives memory back by itself.
void Purge(CommandContext& ctx) { ctx.reply().Status("OK"); }

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"memory|doctor", "", "Says whether memory is a problem, for people.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, Doctor},
    {"memory|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"memory|malloc-stats", "", "Says that there are none.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, MallocStats},
    {"memory|purge", "", "Does nothing: memory is given back by itself.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, Purge},
    {"memory|stats", "", "Describes the use of memory.",
     G::kServer, 2, 0, Scope::kWalk, kNoKeys, Stats},
    {"memory|usage", "key [SAMPLES count]", "Returns the bytes that a key and its value take.",
     G::kServer, -3, kReadOnly, Scope::kKeys, {2, 2}, Usage},
};

constexpr Command kCommands[] = {
    {"memory", "subcommand", "About the use of memory.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> MemoryCommands() { return kCommands; }

}  // namespace kv::gateway
