#include "tcp_gateway/command/legacy_commands.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "store/base/number.h"
#include "store/key_ops.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_range.h"
#include "store/string_ops.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/expiry.h"
#include "tcp_gateway/command/matching_keys.h"

namespace kv::gateway {
namespace {

using store::OpStatus;

constexpr absl::string_view kString = "expect string type";
constexpr absl::string_view kSortedSet = "expect zset";
constexpr absl::string_view kInt = "expect int";
constexpr absl::string_view kInt64 = "expect int64";
constexpr absl::string_view kFloat = "expect fp number";

// The original's words for a key of another type; Redis' for anything that the
// original could not refuse.
void ReplyRefused(CommandContext& ctx, OpStatus status,
                  absl::string_view wrong_type) {
  if (status != OpStatus::kWrongType) return ctx.ReplyError(status);
  ctx.reply().Error(ErrorKind::kWrongType, wrong_type);
}

// These are false after having replied that the argument is no number.
bool ReadInt(CommandContext& ctx, size_t arg, absl::string_view error,
             int64_t* value) {
  if (store::ParseInt64(ctx.arg(arg), value)) return true;
  ctx.ReplyError(error);
  return false;
}
bool ReadFloat(CommandContext& ctx, size_t arg, double* value) {
  if (store::ParseDouble(ctx.arg(arg), value)) return true;
  ctx.ReplyError(kFloat);
  return false;
}

void Get(CommandContext& ctx) {
  const auto result = store::strings::Get(ctx.txn(), ctx.key());
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kString);
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Bulk((*result)->value);
}

void Set(CommandContext& ctx) {
  // Unlike Redis, the original does not replace a sorted set.
  const auto length = store::strings::Length(ctx.txn(), ctx.key());
  if (!length.ok()) return ReplyRefused(ctx, length.status(), kString);
  const auto result = store::strings::Set(ctx.txn(), ctx.key(), ctx.arg(2),
                                          {.keep_deadline = true});
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kString);
  ctx.reply().Null();
}

void PExpire(CommandContext& ctx) {
  int64_t left_ms = 0;
  if (!ReadInt(ctx, 2, kInt64, &left_ms)) return;
  if (left_ms < 0) {
    // The original took a negative time for none at all.
    const bool exists = store::keys::Exists(ctx.txn(), ctx.key());
    (void)store::keys::Persist(ctx.txn(), ctx.key());
    return ctx.reply().Integer(exists);
  }
  const store::TimeMs deadline = DeadlineFrom(left_ms, TimeUnit::kMilliseconds,
                                              TimeOrigin::kNow, ctx.now())
                                     .value_or(store::kNoDeadline - 1);
  const auto result = store::keys::Expire(ctx.txn(), ctx.key(), deadline);
  ctx.reply().Integer(result.ok() && *result);
}

void Keys(CommandContext& ctx) { ReplyMatchingKeys(ctx, "*"); }

void ZAdd(CommandContext& ctx) {
  store::sorted_sets::ScoredMember member;
  if (!ReadFloat(ctx, 2, &member.score)) return;
  member.member = ctx.arg(3);
  const auto result =
      store::sorted_sets::Add(ctx.txn(), ctx.key(), {&member, 1});
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kSortedSet);
  ctx.reply().Integer(static_cast<int64_t>(result->added));
}

void ZRem(CommandContext& ctx) {
  if (!store::keys::Exists(ctx.txn(), ctx.key())) return ctx.reply().Null();
  const auto result =
      store::sorted_sets::Remove(ctx.txn(), ctx.key(), ctx.args_from(2));
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kSortedSet);
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void ZScore(CommandContext& ctx) {
  const auto result =
      store::sorted_sets::Score(ctx.txn(), ctx.key(), ctx.arg(2));
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kSortedSet);
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Double(**result);
}

void ZQuery(CommandContext& ctx) {
  double score = 0;
  int64_t offset = 0, limit = 0;
  if (!ReadFloat(ctx, 2, &score) || !ReadInt(ctx, 4, kInt, &offset) ||
      !ReadInt(ctx, 5, kInt, &limit)) {
    return;
  }
  // The limit counts names and scores; the original looked at it before each
  // pair, and so rounded it up.
  const size_t pairs = limit > 0 ? (static_cast<uint64_t>(limit) + 1) / 2 : 0;
  const auto result = store::sorted_sets::RangeFromPair(
      ctx.txn(), ctx.key(), score, ctx.arg(3), offset, pairs);
  if (!result.ok()) return ReplyRefused(ctx, result.status(), kSortedSet);
  ctx.reply().ArrayOfPairs(result->size());
  result->Visit([&](absl::string_view name, double value) {
    ctx.reply().Pair();
    ctx.reply().Bulk(name);
    ctx.reply().Double(value);
  });
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"get", "key", "Returns the string at a key.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Get},
    {"keys", "", "Returns all keys.",
     G::kKey, 1, kReadOnly, Scope::kWalk, kNoKeys, Keys},
    {"pexpire", "key milliseconds", "Sets a key's time to live, or removes it.",
     G::kKey, 3, kWrite | kFast, Scope::kKeys, kOneKey, PExpire},
    {"set", "key value", "Sets a key to a string and keeps its time to live.",
     G::kString, 3, kWrite | kDenyOom, Scope::kKeys, kOneKey, Set},
    {"zadd", "key score name", "Adds a member or changes its score.",
     G::kSortedSet, 4, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, ZAdd},
    {"zquery", "key score name offset limit",
     "Returns members with scores from a pair of score and name on.",
     G::kSortedSet, 6, kReadOnly, Scope::kKeys, kOneKey, ZQuery},
    {"zrem", "key name", "Removes a member.",
     G::kSortedSet, 3, kWrite | kFast, Scope::kKeys, kOneKey, ZRem},
    {"zscore", "key name", "Returns a member's score.",
     G::kSortedSet, 3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZScore},
};
// clang-format on

}  // namespace

absl::Span<const Command> LegacyCommands() { return kCommands; }

const Command* FindLegacyCommand(absl::string_view name, size_t args) {
  const auto* found = std::find_if(
      std::begin(kCommands), std::end(kCommands), [&](const Command& command) {
        return command.AcceptsArity(args) &&
               absl::EqualsIgnoreCase(command.name, name);
      });
  return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace kv::gateway
