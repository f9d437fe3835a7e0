#include <cstdint>
#include <limits>
#include <string>

#include "absl/types/optional.h"
#include "store/string_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"

namespace kv::gateway {
namespace {

using store::Condition;
using store::OpStatus;

void IncrementBy(CommandContext& ctx, int64_t delta) {
  const auto result = store::strings::Increment(ctx.txn(), ctx.key(), delta);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(result->value);
}

// What the words after SET key value ask for.
struct SetWords {
  store::strings::SetOptions options;
  bool get = false;
};

// False: an error was replied.
bool ReadSetWords(CommandContext& ctx, SetWords* words) {
  store::strings::SetOptions& options = words->options;
  ArgReader args(ctx, 3);
  ExpiryReader expiry(ctx);
  while (args.HasNext()) {
    if (expiry.Read(args)) continue;
    if (options.condition.kind != Condition::Kind::kPresent &&
        args.Match("NX")) {
      options.condition.kind = Condition::Kind::kAbsent;
    } else if (options.condition.kind != Condition::Kind::kAbsent &&
               args.Match("XX")) {
      options.condition.kind = Condition::Kind::kPresent;
    } else if (args.Match("GET")) {
      words->get = true;
    } else if (args.Match("KEEPTTL") && !expiry.seen()) {
      options.keep_deadline = true;
    } else {
      args.Fail();
    }
  }
  if (options.keep_deadline && expiry.seen()) args.Fail();
  if (!args.Finish() || !expiry.Finish()) return false;
  options.deadline = expiry.deadline();
  return true;
}

void Get(CommandContext& ctx) {
  const auto result = store::strings::Get(ctx.txn(), ctx.key());
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Bulk((*result)->value);
}

void Set(CommandContext& ctx) {
  SetWords words;
  if (ctx.args() > 3 && !ReadSetWords(ctx, &words)) return;
  absl::optional<std::string> previous;
  if (words.get) words.options.previous = &previous;
  const auto result =
      store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(2), words.options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (words.get) {
    return previous.has_value() ? ctx.reply().Bulk(*previous)
                                : ctx.reply().Null();
  }
  if (!result->applied) return ctx.reply().Null();
  ctx.reply().Status("OK");
}

void MGet(CommandContext& ctx) {
  ctx.reply().Array(ctx.keys().size());
  for (const store::Key& key : ctx.keys()) {
    const auto result = store::strings::Get(ctx.txn(), key);
    // A key of another type counts as absent here, as in Redis.
    if (!result.ok() || !result->has_value()) {
      ctx.reply().Null();
    } else {
      ctx.reply().Bulk((*result)->value);
    }
  }
}

void MSet(CommandContext& ctx) {
  if (ctx.args() % 2 == 0) return ctx.ReplyWrongArity();
  for (size_t i = 0; i < ctx.keys().size(); ++i) {
    const auto result =
        store::strings::Set(ctx.txn(), ctx.keys()[i], ctx.arg(2 + 2 * i), {});
    if (!result.ok()) return ctx.ReplyError(result.status());
  }
  ctx.reply().Status("OK");
}

void Append(CommandContext& ctx) {
  const auto result = store::strings::Append(ctx.txn(), ctx.key(), ctx.arg(2));
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(result->length));
}

void StrLen(CommandContext& ctx) {
  const auto result = store::strings::Length(ctx.txn(), ctx.key());
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void Incr(CommandContext& ctx) { IncrementBy(ctx, 1); }
void Decr(CommandContext& ctx) { IncrementBy(ctx, -1); }

void IncrBy(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t delta = args.Int();
  if (args.Finish()) IncrementBy(ctx, delta);
}

void DecrBy(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t delta = args.Int();
  if (delta == std::numeric_limits<int64_t>::min()) {
    args.Fail("ERR decrement would overflow");
  }
  if (args.Finish()) IncrementBy(ctx, -delta);
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"append", "key value", "Appends to a string; makes it if absent.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Append},
    {"decr", "key", "Subtracts one from an integer.",
     G::kString, 2, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Decr},
    {"decrby", "key decrement", "Subtracts a number from an integer.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, DecrBy},
    {"get", "key", "Returns the string at a key.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Get},
    {"incr", "key", "Adds one to an integer.",
     G::kString, 2, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Incr},
    {"incrby", "key increment", "Adds a number to an integer.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, IncrBy},
    {"mget", "key [key ...]", "Returns the strings at several keys, atomically.",
     G::kString, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, MGet},
    {"mset", "key value [key value ...]", "Sets several keys, atomically.",
     G::kString, -3, kWrite | kDenyOom, Scope::kKeys, kKeyValuePairs, MSet},
    {"set", "key value [NX | XX] [GET] [EX seconds | PX milliseconds | "
            "EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
     "Sets a key to a string, whatever it held.",
     G::kString, -3, kWrite | kDenyOom, Scope::kKeys, kOneKey, Set},
    {"strlen", "key", "Returns the length of a string in bytes.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, StrLen},
};
// clang-format on

}  // namespace

absl::Span<const Command> StringCommands() { return kCommands; }

}  // namespace kv::gateway
