#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/string_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"

namespace kv::gateway {
namespace {

using store::Condition;

// What the words after SET key value ask for.
struct SetWords {
  store::strings::SetOptions options;
  bool get = false;
};

// False: an error was replied.
bool ReadSetWords(CommandContext& ctx, SetWords* words) {
  store::strings::SetOptions& options = words->options;
  bool nx = false, xx = false;
  ArgReader args(ctx, 3);
  ExpiryReader expiry(ctx);
  while (args.HasNext()) {
    if (expiry.Read(args)) continue;
    if (args.Match("NX")) {
      nx = true;
    } else if (args.Match("XX")) {
      xx = true;
    } else if (args.Match("GET")) {
      words->get = true;
    } else if (args.Match("KEEPTTL")) {
      options.keep_deadline = true;
    } else {
      args.Fail();
    }
  }
  if ((nx && xx) || (options.keep_deadline && expiry.seen())) args.Fail();
  if (!args.Finish() || !expiry.Finish()) return false;
  if (nx) options.condition.kind = Condition::Kind::kAbsent;
  if (xx) options.condition.kind = Condition::Kind::kPresent;
  options.deadline = expiry.deadline();
  return true;
}

void ReplyValue(
    CommandContext& ctx,
    const store::OpResult<absl::optional<store::strings::GetOutcome>>& result) {
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Bulk((*result)->value);
}

void ReplyCount(CommandContext& ctx, const store::OpResult<size_t>& result) {
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

// SET with GET, and GETSET: replies what the key held before.
void SetAndReplyPrevious(CommandContext& ctx,
                         store::strings::SetOptions options) {
  absl::optional<std::string> previous;
  options.previous = &previous;
  const auto result =
      store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(2), options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!previous.has_value()) return ctx.reply().Null();
  ctx.reply().Bulk(*previous);
}

void SetUntil(CommandContext& ctx, TimeUnit unit) {
  store::strings::SetOptions options;
  if (!ReadDeadline(ctx, ctx.arg(2), unit, TimeOrigin::kNow,
                    &options.deadline)) {
    return;
  }
  const auto result =
      store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(3), options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Status("OK");
}

void Get(CommandContext& ctx) {
  ReplyValue(ctx, store::strings::Get(ctx.txn(), ctx.key()));
}

void GetDel(CommandContext& ctx) {
  ReplyValue(ctx, store::strings::GetAndErase(ctx.txn(), ctx.key()));
}

void GetEx(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  ExpiryReader expiry(ctx);
  bool persist = false;
  while (args.HasNext()) {
    if (expiry.Read(args)) continue;
    if (args.Match("PERSIST")) {
      persist = true;
    } else {
      args.Fail();
    }
  }
  if (persist && expiry.seen()) args.Fail();
  if (!args.Finish()) return;
  const auto found = store::strings::Get(ctx.txn(), ctx.key());
  if ((!persist && !expiry.seen()) || !found.ok() || !found->has_value()) {
    return ReplyValue(ctx, found);
  }
  if (!expiry.Finish()) return;
  ReplyValue(ctx, store::strings::GetAndExpire(ctx.txn(), ctx.key(),
                                               expiry.deadline()));
}

void GetSet(CommandContext& ctx) { SetAndReplyPrevious(ctx, {}); }

void GetRange(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t first = args.Int();
  const int64_t last = args.Int();
  if (!args.Finish()) return;
  const auto result = store::strings::Range(ctx.txn(), ctx.key(), first, last);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Bulk(*result);
}

void Set(CommandContext& ctx) {
  SetWords words;
  if (ctx.args() > 3 && !ReadSetWords(ctx, &words)) return;
  if (words.get) return SetAndReplyPrevious(ctx, words.options);
  const auto result =
      store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(2), words.options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->applied) return ctx.reply().Null();
  ctx.reply().Status("OK");
}

void SetEx(CommandContext& ctx) { SetUntil(ctx, TimeUnit::kSeconds); }
void PSetEx(CommandContext& ctx) { SetUntil(ctx, TimeUnit::kMilliseconds); }

void SetNx(CommandContext& ctx) {
  store::strings::SetOptions options;
  options.condition.kind = Condition::Kind::kAbsent;
  const auto result =
      store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(2), options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(result->applied);
}

void SetRange(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t offset = args.Int();
  if (offset < 0) args.Fail("ERR offset is out of range");
  if (!args.Finish()) return;
  ReplyCount(
      ctx, store::strings::SetRange(ctx.txn(), ctx.key(),
                                    static_cast<uint64_t>(offset), ctx.arg(3)));
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

void MSetNx(CommandContext& ctx) {
  if (ctx.args() % 2 == 0) return ctx.ReplyWrongArity();
  absl::InlinedVector<absl::string_view, 16> values;
  values.reserve(ctx.keys().size());
  for (size_t i = 2; i < ctx.args(); i += 2) values.push_back(ctx.arg(i));
  const auto result =
      store::strings::SetAllIfAbsent(ctx.txn(), ctx.keys(), values);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(*result);
}

void Append(CommandContext& ctx) {
  const auto result = store::strings::Append(ctx.txn(), ctx.key(), ctx.arg(2));
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(result->length));
}

void StrLen(CommandContext& ctx) {
  ReplyCount(ctx, store::strings::Length(ctx.txn(), ctx.key()));
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"append", "key value", "Appends to a string; makes it if absent.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Append},
    {"get", "key", "Returns the string at a key.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Get},
    {"getdel", "key", "Returns the string at a key and removes the key.",
     G::kString, 2, kWrite | kFast, Scope::kKeys, kOneKey, GetDel},
    {"getex", "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | "
              "PXAT unix-time-milliseconds | PERSIST]",
     "Returns the string at a key and sets or removes its expiry.",
     G::kString, -2, kWrite | kFast, Scope::kKeys, kOneKey, GetEx},
    {"getrange", "key start end", "Returns a part of a string.",
     G::kString, 4, kReadOnly, Scope::kKeys, kOneKey, GetRange},
    {"getset", "key value", "Sets a string and returns the one before.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, GetSet},
    {"mget", "key [key ...]", "Returns the strings at several keys, atomically.",
     G::kString, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, MGet},
    {"mset", "key value [key value ...]", "Sets several keys, atomically.",
     G::kString, -3, kWrite | kDenyOom, Scope::kKeys, kKeyValuePairs, MSet},
    {"msetnx", "key value [key value ...]",
     "Sets several keys, atomically, if none of them exists.",
     G::kString, -3, kWrite | kDenyOom, Scope::kKeys, kKeyValuePairs, MSetNx},
    {"psetex", "key milliseconds value",
     "Sets a key to a string that expires, in milliseconds.",
     G::kString, 4, kWrite | kDenyOom, Scope::kKeys, kOneKey, PSetEx},
    {"set", "key value [NX | XX] [GET] [EX seconds | PX milliseconds | "
            "EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
     "Sets a key to a string, whatever it held.",
     G::kString, -3, kWrite | kDenyOom, Scope::kKeys, kOneKey, Set},
    {"setex", "key seconds value", "Sets a key to a string that expires.",
     G::kString, 4, kWrite | kDenyOom, Scope::kKeys, kOneKey, SetEx},
    {"setnx", "key value", "Sets a key to a string if it does not exist.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, SetNx},
    {"setrange", "key offset value", "Overwrites a part of a string.",
     G::kString, 4, kWrite | kDenyOom, Scope::kKeys, kOneKey, SetRange},
    {"strlen", "key", "Returns the length of a string in bytes.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, StrLen},
    {"substr", "key start end", "Returns a part of a string; GETRANGE's old name.",
     G::kString, 4, kReadOnly, Scope::kKeys, kOneKey, GetRange},
};
// clang-format on

}  // namespace

absl::Span<const Command> StringCommands() { return kCommands; }

}  // namespace kv::gateway
