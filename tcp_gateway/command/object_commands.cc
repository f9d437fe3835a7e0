#include <cstdint>

#include "absl/types/optional.h"
#include "store/dump_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"
#include "tcp_gateway/command/subcommand_help.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

// Says something of the value at the key, if there is one.
template <void (*kDescribe)(CommandContext&, const store::Entry&)>
void Describe(CommandContext& ctx) {
  const store::Entry* entry = ctx.txn().Find(ctx.key());
  if (entry == nullptr) return ctx.reply().Null();
  kDescribe(ctx, *entry);
}

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
constexpr Command kObjectSubcommands[] = {
    {"object|encoding", "key", "Returns Redis' name of how the value is represented.",
     G::kKey, 3, kReadOnly, Scope::kKeys, kKeyAfterSubcommand, Describe<Encoding>},
    {"object|freq", "key", "Returns an error: access frequencies are not tracked.",
     G::kKey, 3, kReadOnly, Scope::kKeys, kKeyAfterSubcommand, Describe<Freq>},
    {"object|help", "", "Describes the subcommands.",
     G::kKey, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"object|idletime", "key", "Returns 0: the time of the last access is not tracked.",
     G::kKey, 3, kReadOnly, Scope::kKeys, kKeyAfterSubcommand, Describe<IdleTime>},
    {"object|refcount", "key", "Returns 1: values are not shared.",
     G::kKey, 3, kReadOnly, Scope::kKeys, kKeyAfterSubcommand, Describe<RefCount>},
};

constexpr Command kCommands[] = {
    {"dump", "key", "Returns the value at a key as bytes for RESTORE.",
     G::kKey, 2, kReadOnly, Scope::kKeys, kOneKey, Dump},
    {"object", "subcommand", "About how the value at a key is stored.",
     G::kKey, -2, 0, Scope::kNone, kNoKeys, nullptr, kObjectSubcommands},
    {"restore",
     "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
     "Makes a key of what DUMP returned.",
     G::kKey, -4, kWrite | kDenyOom, Scope::kKeys, kOneKey, Restore},
};
// clang-format on

}  // namespace

absl::Span<const Command> ObjectCommands() { return kCommands; }

}  // namespace kv::gateway
