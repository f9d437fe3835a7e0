#include <cstddef>
#include <cstdint>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/dump_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

void Encoding(CommandContext& ctx, const store::Entry& entry) {
  ctx.reply().Bulk(EncodingName(entry));
}

// As in Redis where the policy of eviction is not LFU.
void Freq(CommandContext& ctx, const store::Entry&) {
  ctx.ReplyError(
      "ERR An LFU maxmemory policy is not selected, access frequency not "
      "tracked. Please note that when switching between policies at runtime "
      "LRU and LFU data will take some time to adjust.");
}

// Reads leave no trace in an entry, so that they cost no write.
void IdleTime(CommandContext& ctx, const store::Entry&) {
  ctx.reply().Integer(0);
}

void RefCount(CommandContext& ctx, const store::Entry&) {
  ctx.reply().Integer(1);
}

struct Subcommand {
  absl::string_view name;
  absl::string_view help;
  void (*run)(CommandContext&, const store::Entry&);
};

constexpr Subcommand kSubcommands[] = {
    {"encoding", "    Return Redis' name of how the value is represented.",
     Encoding},
    {"freq", "    Return an error: access frequencies are not tracked.", Freq},
    {"idletime", "    Return 0: the time of the last access is not tracked.",
     IdleTime},
    {"refcount", "    Return 1: values are not shared.", RefCount},
};

void ReplyHelp(CommandContext& ctx) {
  constexpr size_t kLines = 3 + 2 * std::size(kSubcommands);
  ctx.reply().Array(kLines);
  ctx.reply().Status(
      "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const Subcommand& subcommand : kSubcommands) {
    ctx.reply().Status(
        absl::StrCat(absl::AsciiStrToUpper(subcommand.name), " <key>"));
    ctx.reply().Status(subcommand.help);
  }
  ctx.reply().Status("HELP");
  ctx.reply().Status("    Print this help.");
}

void ReplyWrongArity(CommandContext& ctx, absl::string_view subcommand) {
  ctx.ReplyError(absl::StrCat("ERR wrong number of arguments for 'object|",
                              subcommand, "' command"));
}

void Object(CommandContext& ctx) {
  const absl::string_view name = ctx.arg(1);
  if (absl::EqualsIgnoreCase(name, "help")) {
    return ctx.args() == 2 ? ReplyHelp(ctx) : ReplyWrongArity(ctx, "help");
  }
  for (const Subcommand& subcommand : kSubcommands) {
    if (!absl::EqualsIgnoreCase(name, subcommand.name)) continue;
    if (ctx.args() != 3) return ReplyWrongArity(ctx, subcommand.name);
    const store::Entry* entry = ctx.txn().Find(ctx.key());
    if (entry == nullptr) return ctx.reply().Null();
    return subcommand.run(ctx, *entry);
  }
  ctx.ReplyError(absl::StrCat("ERR unknown subcommand '", name.substr(0, 128),
                              "'. Try OBJECT HELP."));
}

void Dump(CommandContext& ctx) {
  const auto result = store::keys::Dump(ctx.txn(), ctx.key());
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Bulk(**result);
}

void Restore(CommandContext& ctx) {
  store::keys::RestoreOptions options;
  bool absolute = false, idle = false, frequency = false;
  ArgReader args(ctx, 4);
  while (args.HasNext()) {
    if (args.Match("REPLACE")) {
      options.replace = true;
    } else if (args.Match("ABSTTL")) {
      absolute = true;
    } else if (!frequency && args.left() >= 2 && args.Match("IDLETIME")) {
      idle = true;  // checked, but not kept
      if (args.Int() < 0) args.Fail("ERR Invalid IDLETIME value, must be >= 0");
    } else if (!idle && args.left() >= 2 && args.Match("FREQ")) {
      frequency = true;
      const int64_t value = args.Int();
      if (value < 0 || value > 255) {
        args.Fail("ERR Invalid FREQ value, must be >= 0 and <= 255");
      }
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  ArgReader time(ctx, 2);
  const int64_t ttl = time.Int();
  if (ttl < 0) time.Fail("ERR Invalid TTL value, must be >= 0");
  if (!time.Finish()) return;
  if (ttl > 0) {
    const absl::optional<store::TimeMs> deadline = DeadlineFrom(
        ttl, TimeUnit::kMilliseconds,
        absolute ? TimeOrigin::kEpoch : TimeOrigin::kNow, ctx.now());
    if (!deadline.has_value()) {
      return ctx.ReplyError(store::OpStatus::kBadDeadline);
    }
    options.deadline = *deadline;
  }
  switch (store::keys::Restore(ctx.txn(), ctx.key(), ctx.arg(3), options)) {
    case store::keys::RestoreOutcome::kDone:
      return ctx.reply().Status("OK");
    case store::keys::RestoreOutcome::kKeyExists:
      return ctx.ReplyError("BUSYKEY Target key name already exists.");
    case store::keys::RestoreOutcome::kBadDump:
      return ctx.ReplyError("ERR DUMP payload version or checksum are wrong");
  }
}

using G = CommandGroup;

constexpr KeyPositions kKeyAfterSubcommand = {2, 2};

// clang-format off
constexpr Command kCommands[] = {
    {"dump", "key", "Returns the value at a key as bytes for RESTORE.",
     G::kKey, 2, kReadOnly, Scope::kKeys, kOneKey, Dump},
    {"object", "ENCODING | FREQ | IDLETIME | REFCOUNT key | HELP",
     "Tells how the value at a key is stored.",
     G::kKey, -2, kReadOnly, Scope::kKeys, kKeyAfterSubcommand, Object},
    {"restore",
     "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
     "Makes a key of what DUMP returned.",
     G::kKey, -4, kWrite | kDenyOom, Scope::kKeys, kOneKey, Restore},
};
// clang-format on

}  // namespace

absl::Span<const Command> ObjectCommands() { return kCommands; }

}  // namespace kv::gateway
