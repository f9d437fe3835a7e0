#include <cstdint>
#include <limits>

#include "store/base/long_double.h"
#include "store/string_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

using store::OpStatus;

void IncrementBy(CommandContext& ctx, int64_t delta) {
  const auto result = store::strings::Increment(ctx.txn(), ctx.key(), delta);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(result->value);
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

void IncrByFloat(CommandContext& ctx) {
  long double delta = 0;
  if (!store::ParseLongDouble(ctx.arg(2), &delta)) {
    // The key comes first: one of another type is that error.
    const auto length = store::strings::Length(ctx.txn(), ctx.key());
    return ctx.ReplyError(length.ok() ? OpStatus::kNotFloat : length.status());
  }
  const auto result =
      store::strings::IncrementFloat(ctx.txn(), ctx.key(), delta);
  if (result.ok()) return ctx.reply().Bulk(result->text);
  if (result.status() == OpStatus::kNotANumber) {
    return ctx.ReplyError("ERR increment would produce NaN or Infinity");
  }
  ctx.ReplyError(result.status());
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"decr", "key", "Subtracts one from an integer.",
     G::kString, 2, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Decr},
    {"decrby", "key decrement", "Subtracts a number from an integer.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, DecrBy},
    {"incr", "key", "Adds one to an integer.",
     G::kString, 2, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, Incr},
    {"incrby", "key increment", "Adds a number to an integer.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, IncrBy},
    {"incrbyfloat", "key increment", "Adds a number, with a fraction or without.",
     G::kString, 3, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, IncrByFloat},
};
// clang-format on

}  // namespace

absl::Span<const Command> CounterCommands() { return kCommands; }

}  // namespace kv::gateway
