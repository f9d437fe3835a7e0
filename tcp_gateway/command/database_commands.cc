#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/optional.h"
#include "store/base/glob.h"
#include "store/base/limits.h"
#include "store/key_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/database_number.h"
#include "tcp_gateway/command/matching_keys.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

using store::keys::ScannedKey;

void DbSize(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(store::keys::Size(
      ctx.server().engine.keyspace(), ctx.session().db(), ctx.within())));
}

// Reads [ASYNC | SYNC], which make no difference: memory is always freed after
// the locks are. False: an error was replied.
bool ReadFlushMode(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  if (args.HasNext() && !args.Match("ASYNC") && !args.Match("SYNC")) {
    args.Fail();
  }
  if (args.HasNext()) args.Fail();
  return args.Finish();
}

void FlushAll(CommandContext& ctx) {
  if (!ReadFlushMode(ctx)) return;
  for (int db = 0; db < store::kDatabases; ++db) ctx.txn().Clear(db);
  ctx.reply().Status("OK");
}

void FlushDb(CommandContext& ctx) {
  if (!ReadFlushMode(ctx)) return;
  ctx.txn().Clear(ctx.session().db());
  ctx.reply().Status("OK");
}

void ReplyKeys(CommandContext& ctx, const std::vector<std::string>& keys) {
  ctx.reply().Array(keys.size());
  for (const std::string& key : keys) ctx.reply().Bulk(key);
}

void Keys(CommandContext& ctx) { ReplyMatchingKeys(ctx, ctx.arg(1)); }

void Scan(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  // Any number is a cursor, if only of the end.
  const uint64_t cursor = args.Cursor();
  int64_t count = 10;
  absl::optional<absl::string_view> pattern, type;
  while (args.HasNext()) {
    if (args.Match("COUNT")) {
      count = args.Int();
      if (count < 1) args.Fail();
    } else if (args.Match("MATCH")) {
      pattern = args.Next();
    } else if (args.Match("TYPE")) {
      type = args.Next();
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  std::vector<std::string> found;
  const uint64_t next = store::keys::Scan(
      ctx.server().engine.keyspace(), ctx.now(), ctx.session().db(), cursor,
      static_cast<size_t>(count),
      [&](const ScannedKey& key) {
        if (type.has_value() &&
            !absl::EqualsIgnoreCase(*type, TypeName(key.metadata.type))) {
          return;
        }
        if (pattern.has_value() && !store::GlobMatches(*pattern, key.key)) {
          return;
        }
        found.emplace_back(key.key);
      },
      ctx.within());
  char buffer[store::kNumberBufferBytes];
  ctx.reply().Array(2);
  ctx.reply().Bulk(store::FormatInt64(static_cast<int64_t>(next), buffer));
  ReplyKeys(ctx, found);
}

void RandomKey(CommandContext& ctx) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const absl::optional<std::string> key =
      store::keys::RandomKey(ctx.server().engine.keyspace(), ctx.now(),
                             ctx.session().db(), random(), ctx.within());
  if (!key.has_value()) return ctx.reply().Null();
  ctx.reply().Bulk(*key);
}

void Select(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  const uint8_t db = ReadDatabase(args);
  if (!args.Finish()) return;
  ctx.session().set_db(db);
  ctx.reply().Status("OK");
}

void SwapDb(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  const uint8_t first = ReadDatabase(args, "ERR invalid first DB index");
  const uint8_t second = ReadDatabase(args, "ERR invalid second DB index");
  if (!args.Finish()) return;
  ctx.txn().SwapDatabases(first, second);
  ctx.reply().Status("OK");
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"dbsize", "", "Returns the number of keys in the database.",
     G::kServer, 1, kReadOnly | kFast, Scope::kWalk, kNoKeys, DbSize},
    {"flushall", "[ASYNC | SYNC]", "Removes all keys of all databases.",
     G::kServer, -1, kWrite, Scope::kAllShards, kNoKeys, FlushAll},
    {"flushdb", "[ASYNC | SYNC]", "Removes all keys of the database.",
     G::kServer, -1, kWrite, Scope::kAllShards, kNoKeys, FlushDb},
    {"keys", "pattern", "Returns the keys that match a glob pattern.",
     G::kKey, 2, kReadOnly, Scope::kWalk, kNoKeys, Keys},
    {"randomkey", "", "Returns a random key.",
     G::kKey, 1, kReadOnly, Scope::kWalk, kNoKeys, RandomKey},
    {"scan", "cursor [MATCH pattern] [COUNT count] [TYPE type]",
     "Returns some of the keys, and the cursor to go on with.",
     G::kKey, -2, kReadOnly, Scope::kWalk, kNoKeys, Scan},
    {"select", "index", "Chooses the connection's database.",
     G::kConnection, 2, kFast, Scope::kNone, kNoKeys, Select},
    {"swapdb", "index1 index2", "Exchanges two databases.",
     G::kServer, 3, kWrite | kFast, Scope::kAllShards, kNoKeys, SwapDb},
};
// clang-format on

}  // namespace

absl::Span<const Command> DatabaseCommands() { return kCommands; }

}  // namespace kv::gateway
