#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "store/base/glob.h"
#include "store/key_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"

namespace kv::gateway {
namespace {

using store::keys::ExpireCondition;

void ReplyTimeToLive(CommandContext& ctx, TimeUnit unit) {
  constexpr int64_t kNoSuchKey = -2, kNoExpiry = -1;
  const auto found = store::keys::Describe(ctx.txn(), ctx.key());
  if (!found.has_value()) return ctx.reply().Integer(kNoSuchKey);
  if (found->deadline == store::kNoDeadline) {
    return ctx.reply().Integer(kNoExpiry);
  }
  const int64_t left_ms = found->deadline - ctx.now();
  // Rounded to the nearest second, as Redis does.
  ctx.reply().Integer(unit == TimeUnit::kSeconds ? (left_ms + 500) / 1000
                                                 : left_ms);
}

// The words NX, XX, GT and LT, which all must hold.
struct ExpireWords {
  bool nx = false, xx = false, gt = false, lt = false;
};

// False: an error was replied.
bool ReadExpireWords(CommandContext& ctx, ExpireWords* words) {
  ArgReader args(ctx, 3);
  while (args.HasNext()) {
    if (args.Match("NX")) {
      words->nx = true;
    } else if (args.Match("XX")) {
      words->xx = true;
    } else if (args.Match("GT")) {
      words->gt = true;
    } else if (args.Match("LT")) {
      words->lt = true;
    } else {
      ctx.ReplyError("ERR Unsupported option " + std::string(args.Next()));
      return false;
    }
  }
  if (words->nx && (words->xx || words->gt || words->lt)) {
    args.Fail(
        "ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (words->gt && words->lt) {
    args.Fail("ERR GT and LT options at the same time are not compatible");
  }
  return args.Finish();
}

ExpireCondition ConditionOf(const ExpireWords& words) {
  if (words.nx) return ExpireCondition::kIfNone;
  if (words.gt) return ExpireCondition::kIfGreater;
  if (words.lt) return ExpireCondition::kIfLess;
  if (words.xx) return ExpireCondition::kIfSome;
  return ExpireCondition::kAlways;
}

void ExpireIn(CommandContext& ctx, TimeUnit unit, TimeOrigin origin) {
  ExpireWords words;
  if (!ReadExpireWords(ctx, &words)) return;
  ArgReader args(ctx, 2);
  const int64_t amount = args.Int();
  if (!args.Finish()) return;
  const absl::optional<store::TimeMs> deadline =
      DeadlineFrom(amount, unit, origin, ctx.now());
  if (!deadline.has_value()) {
    return ctx.ReplyError(store::OpStatus::kBadDeadline);
  }
  // LT alone holds for a key without a deadline; with XX it must not.
  if (words.xx && words.lt) {
    const auto found = store::keys::Describe(ctx.txn(), ctx.key());
    if (!found.has_value() || found->deadline == store::kNoDeadline) {
      return ctx.reply().Integer(0);
    }
  }
  ctx.reply().Integer(
      store::keys::Expire(ctx.txn(), ctx.key(), *deadline, ConditionOf(words)));
}

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

void Expire(CommandContext& ctx) {
  ExpireIn(ctx, TimeUnit::kSeconds, TimeOrigin::kNow);
}
void PExpire(CommandContext& ctx) {
  ExpireIn(ctx, TimeUnit::kMilliseconds, TimeOrigin::kNow);
}
void Ttl(CommandContext& ctx) { ReplyTimeToLive(ctx, TimeUnit::kSeconds); }
void PTtl(CommandContext& ctx) {
  ReplyTimeToLive(ctx, TimeUnit::kMilliseconds);
}

void Persist(CommandContext& ctx) {
  ctx.reply().Integer(store::keys::Persist(ctx.txn(), ctx.key()));
}

void Type(CommandContext& ctx) {
  const auto found = store::keys::Describe(ctx.txn(), ctx.key());
  if (!found.has_value()) return ctx.reply().Status("none");
  switch (found->type) {
    case store::ValueType::kString:
      return ctx.reply().Status("string");
    case store::ValueType::kSortedSet:
      return ctx.reply().Status("zset");
  }
}

void Keys(CommandContext& ctx) {
  const absl::string_view pattern = ctx.arg(1);
  // Collected first, since the reply announces how many there are.
  std::vector<std::string> matches;
  constexpr size_t kBatch = 4096;
  uint64_t cursor = 0;
  do {
    cursor = store::keys::Scan(
        ctx.server().engine.keyspace(), ctx.now(), ctx.session().db(), cursor,
        kBatch,
        [&](const store::keys::ScannedKey& found) {
          if (store::GlobMatches(pattern, found.key)) {
            matches.emplace_back(found.key);
          }
        },
        ctx.within());
  } while (cursor != 0);
  ctx.reply().Array(matches.size());
  for (const std::string& key : matches) ctx.reply().Bulk(key);
}

void DbSize(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(store::keys::Size(
      ctx.server().engine.keyspace(), ctx.session().db(), ctx.within())));
}

void FlushAll(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  if (args.HasNext() && !args.Match("ASYNC") && !args.Match("SYNC")) {
    args.Fail();
  }
  if (args.HasNext()) args.Fail();
  if (!args.Finish()) return;
  for (int db = 0; db < store::kDatabases; ++db) ctx.txn().Clear(db);
  ctx.reply().Status("OK");
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"dbsize", "", "Returns the number of keys.",
     G::kServer, 1, kReadOnly | kFast, Scope::kWalk, kNoKeys, DbSize},
    {"del", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite, Scope::kKeys, kAllKeys, Del},
    {"exists", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, Exists},
    {"expire", "key seconds [NX | XX | GT | LT]",
     "Sets a key's time to live in seconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, Expire},
    {"flushall", "[ASYNC | SYNC]", "Removes all keys.",
     G::kServer, -1, kWrite, Scope::kAllShards, kNoKeys, FlushAll},
    {"keys", "pattern", "Returns the keys that match a glob pattern.",
     G::kKey, 2, kReadOnly, Scope::kWalk, kNoKeys, Keys},
    {"persist", "key", "Removes a key's time to live.",
     G::kKey, 2, kWrite | kFast, Scope::kKeys, kOneKey, Persist},
    {"pexpire", "key milliseconds [NX | XX | GT | LT]",
     "Sets a key's time to live in milliseconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, PExpire},
    {"pttl", "key", "Returns a key's time to live in milliseconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, PTtl},
    {"ttl", "key", "Returns a key's time to live in seconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Ttl},
    {"type", "key", "Returns the type of the value at a key.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Type},
};
// clang-format on

}  // namespace

absl::Span<const Command> KeyCommands() { return kCommands; }

}  // namespace kv::gateway
