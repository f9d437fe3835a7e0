#include <cstdint>

#include "store/key_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/database_number.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

using store::keys::TransferOutcome;

constexpr KeyPositions kTwoKeys = {1, 2};

void Del(CommandContext& ctx) {
  int64_t erased = 0;
  for (const store::Key& key : ctx.keys()) {
    erased += store::keys::Erase(ctx.txn(), key).erased;
  }
  ctx.reply().Integer(erased);
}

void Exists(CommandContext& ctx) {
  int64_t count = 0;  // a key that stands twice counts twice
  for (const store::Key& key : ctx.keys()) {
    count += store::keys::Exists(ctx.txn(), key);
  }
  ctx.reply().Integer(count);
}

void Type(CommandContext& ctx) {
  const auto found = store::keys::Describe(ctx.txn(), ctx.key());
  if (!found.has_value()) return ctx.reply().Status("none");
  ctx.reply().Status(TypeName(found->type));
}

// RENAME and RENAMENX. False: an error was replied.
bool RenameKey(CommandContext& ctx, bool replace, TransferOutcome* outcome) {
  *outcome =
      store::keys::Move(ctx.txn(), ctx.keys()[0], ctx.keys()[1], replace);
  if (*outcome != TransferOutcome::kNoSuchKey) return true;
  ctx.ReplyError(store::OpStatus::kNoSuchKey);
  return false;
}

void Rename(CommandContext& ctx) {
  TransferOutcome outcome;
  if (RenameKey(ctx, /*replace=*/true, &outcome)) ctx.reply().Status("OK");
}

void RenameNx(CommandContext& ctx) {
  TransferOutcome outcome;
  if (!RenameKey(ctx, /*replace=*/false, &outcome)) return;
  ctx.reply().Integer(outcome == TransferOutcome::kDone);
}

constexpr absl::string_view kSameObject =
    "ERR source and destination objects are the same";

void Copy(CommandContext& ctx) {
  ArgReader args(ctx, 3);
  store::Key to = ctx.keys()[1];
  bool replace = false;
  while (args.HasNext()) {
    if (args.Match("REPLACE")) {
      replace = true;
    } else if (args.Match("DB")) {
      to.db = ReadDatabase(args);
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  const store::Key& from = ctx.key();
  if (from.db == to.db && from.bytes == to.bytes) {
    return ctx.ReplyError(kSameObject);
  }
  ctx.reply().Integer(store::keys::Copy(ctx.txn(), from, to, replace) ==
                      TransferOutcome::kDone);
}

void Move(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  store::Key to = ctx.key();  // a name has one shard in all databases
  to.db = ReadDatabase(args);
  if (!args.Finish()) return;
  if (to.db == ctx.key().db) return ctx.ReplyError(kSameObject);
  ctx.reply().Integer(store::keys::Move(ctx.txn(), ctx.key(), to,
                                        /*replace=*/false) ==
                      TransferOutcome::kDone);
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"copy", "source destination [DB destination-db] [REPLACE]",
     "Copies the value at a key to another key.",
     G::kKey, -3, kWrite | kDenyOom, Scope::kKeys, kTwoKeys, Copy},
    {"del", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite, Scope::kKeys, kAllKeys, Del},
    {"exists", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, Exists},
    {"move", "key db", "Moves a key to another database.",
     G::kKey, 3, kWrite | kFast, Scope::kKeys, kOneKey, Move},
    {"rename", "key newkey", "Renames a key, whatever had the new name.",
     G::kKey, 3, kWrite, Scope::kKeys, kTwoKeys, Rename},
    {"renamenx", "key newkey", "Renames a key, unless there is one of the new name.",
     G::kKey, 3, kWrite | kFast, Scope::kKeys, kTwoKeys, RenameNx},
    {"touch", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, Exists},
    {"type", "key", "Returns the type of the value at a key.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Type},
    {"unlink", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite | kFast, Scope::kKeys, kAllKeys, Del},
};
// clang-format on

}  // namespace

absl::Span<const Command> KeyCommands() { return kCommands; }

}  // namespace kv::gateway
