#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "store/key_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/expiry.h"

namespace kv::gateway {
namespace {

using store::keys::ExpireOptions;

// False: an error was replied.
bool ReadExpireOptions(CommandContext& ctx, ExpireOptions* options) {
  ArgReader args(ctx, 3);
  while (args.HasNext()) {
    if (args.Match("NX")) {
      options->only_absent = true;
    } else if (args.Match("XX")) {
      options->only_existing = true;
    } else if (args.Match("GT")) {
      options->greater = true;
    } else if (args.Match("LT")) {
      options->less = true;
    } else {
      ctx.ReplyError(absl::StrCat("ERR Unsupported option ", args.Next()));
      return false;
    }
  }
  if (options->only_absent &&
      (options->only_existing || options->greater || options->less)) {
    args.Fail(
        "ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (options->greater && options->less) {
    args.Fail("ERR GT and LT options at the same time are not compatible");
  }
  return args.Finish();
}

void SetDeadline(CommandContext& ctx, TimeUnit unit, TimeOrigin origin) {
  ExpireOptions options;
  if (!ReadExpireOptions(ctx, &options)) return;
  ArgReader args(ctx, 2);
  const int64_t amount = args.Int();
  if (!args.Finish()) return;
  const absl::optional<store::TimeMs> deadline =
      DeadlineFrom(amount, unit, origin, ctx.now());
  if (!deadline.has_value()) {
    return ctx.ReplyError(store::OpStatus::kBadDeadline);
  }
  const auto result =
      store::keys::Expire(ctx.txn(), ctx.key(), *deadline, options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(*result);
}

void ReplyDeadline(CommandContext& ctx, TimeUnit unit, TimeOrigin origin) {
  constexpr int64_t kNoSuchKey = -2, kNoExpiry = -1;
  const auto found = store::keys::Describe(ctx.txn(), ctx.key());
  if (!found.has_value()) return ctx.reply().Integer(kNoSuchKey);
  if (found->deadline == store::kNoDeadline) {
    return ctx.reply().Integer(kNoExpiry);
  }
  const int64_t ms =
      found->deadline - (origin == TimeOrigin::kNow ? ctx.now() : 0);
  // Rounded to the nearest second, as Redis does.
  const int64_t seconds = ms / 1000 + (ms % 1000 >= 500 ? 1 : 0);
  ctx.reply().Integer(unit == TimeUnit::kSeconds ? seconds : ms);
}

void Expire(CommandContext& ctx) {
  SetDeadline(ctx, TimeUnit::kSeconds, TimeOrigin::kNow);
}
void ExpireAt(CommandContext& ctx) {
  SetDeadline(ctx, TimeUnit::kSeconds, TimeOrigin::kEpoch);
}
void PExpire(CommandContext& ctx) {
  SetDeadline(ctx, TimeUnit::kMilliseconds, TimeOrigin::kNow);
}
void PExpireAt(CommandContext& ctx) {
  SetDeadline(ctx, TimeUnit::kMilliseconds, TimeOrigin::kEpoch);
}

void Ttl(CommandContext& ctx) {
  ReplyDeadline(ctx, TimeUnit::kSeconds, TimeOrigin::kNow);
}
void PTtl(CommandContext& ctx) {
  ReplyDeadline(ctx, TimeUnit::kMilliseconds, TimeOrigin::kNow);
}
void ExpireTime(CommandContext& ctx) {
  ReplyDeadline(ctx, TimeUnit::kSeconds, TimeOrigin::kEpoch);
}
void PExpireTime(CommandContext& ctx) {
  ReplyDeadline(ctx, TimeUnit::kMilliseconds, TimeOrigin::kEpoch);
}

void Persist(CommandContext& ctx) {
  ctx.reply().Integer(store::keys::Persist(ctx.txn(), ctx.key()));
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"expire", "key seconds [NX | XX | GT | LT]",
     "Sets a key's time to live in seconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, Expire},
    {"expireat", "key unix-time-seconds [NX | XX | GT | LT]",
     "Sets when a key expires, in seconds since the epoch.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, ExpireAt},
    {"expiretime", "key", "Returns when a key expires, in seconds since the epoch.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, ExpireTime},
    {"persist", "key", "Removes a key's time to live.",
     G::kKey, 2, kWrite | kFast, Scope::kKeys, kOneKey, Persist},
    {"pexpire", "key milliseconds [NX | XX | GT | LT]",
     "Sets a key's time to live in milliseconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, PExpire},
    {"pexpireat", "key unix-time-milliseconds [NX | XX | GT | LT]",
     "Sets when a key expires, in milliseconds since the epoch.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, PExpireAt},
    {"pexpiretime", "key",
     "Returns when a key expires, in milliseconds since the epoch.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, PExpireTime},
    {"pttl", "key", "Returns a key's time to live in milliseconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, PTtl},
    {"ttl", "key", "Returns a key's time to live in seconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Ttl},
};
// clang-format on

}  // namespace

absl::Span<const Command> ExpiryCommands() { return kCommands; }

}  // namespace kv::gateway
