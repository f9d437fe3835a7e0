#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "store/sorted_set_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

using store::OpStatus;
using store::sorted_sets::AddOptions;
using store::sorted_sets::ScoredMember;

// ZADD without INCR.
void AddMembers(CommandContext& ctx, ArgReader& args, const AddOptions& options,
                bool count_changed) {
  absl::InlinedVector<ScoredMember, 8> members;
  members.reserve(args.left() / 2);
  while (args.HasNext()) {
    const double score = args.Float();
    members.push_back({args.Next(), score});
  }
  if (!args.Finish()) return;
  const auto result =
      store::sorted_sets::Add(ctx.txn(), ctx.key(), members, options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(
      result->added + (count_changed ? result->updated : 0)));
}

void IncrementMember(CommandContext& ctx, absl::string_view member,
                     double delta, const AddOptions& options) {
  const auto result = store::sorted_sets::Increment(ctx.txn(), ctx.key(),
                                                    member, delta, options);
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Double(**result);
}

void ReplyRank(CommandContext& ctx, bool reverse) {
  if (ctx.args() > 4) return ctx.ReplyWrongArity();
  ArgReader args(ctx, 3);
  const bool with_score = args.Match("WITHSCORE");
  if (args.HasNext()) args.Fail();
  if (!args.Finish()) return;
  const auto result =
      store::sorted_sets::Rank(ctx.txn(), ctx.key(), ctx.arg(2), reverse);
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) {
    return with_score ? ctx.reply().NullArray() : ctx.reply().Null();
  }
  const int64_t rank = static_cast<int64_t>((*result)->rank);
  if (!with_score) return ctx.reply().Integer(rank);
  ctx.reply().Array(2);
  ctx.reply().Integer(rank);
  ctx.reply().Double((*result)->score);
}

void ZAdd(CommandContext& ctx) {
  AddOptions options;
  bool changed = false, increment = false;
  ArgReader args(ctx, 2);
  for (;;) {
    if (args.Match("NX")) {
      options.only_new = true;
    } else if (args.Match("XX")) {
      options.only_existing = true;
    } else if (args.Match("GT")) {
      options.greater = true;
    } else if (args.Match("LT")) {
      options.less = true;
    } else if (args.Match("CH")) {
      changed = true;
    } else if (args.Match("INCR")) {
      increment = true;
    } else {
      break;
    }
  }
  if (args.left() == 0 || args.left() % 2 != 0) return ctx.ReplySyntaxError();
  if (options.only_new && options.only_existing) {
    args.Fail("ERR XX and NX options at the same time are not compatible");
  }
  if ((options.greater && (options.only_new || options.less)) ||
      (options.less && options.only_new)) {
    args.Fail(
        "ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (!increment) return AddMembers(ctx, args, options, changed);
  if (args.left() != 2) {
    args.Fail("ERR INCR option supports a single increment-element pair");
  }
  const double delta = args.Float();
  const absl::string_view member = args.Next();
  if (args.Finish()) IncrementMember(ctx, member, delta, options);
}

void ZIncrBy(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const double delta = args.Float();
  if (args.Finish()) IncrementMember(ctx, ctx.arg(3), delta, {});
}

void ZRem(CommandContext& ctx) {
  const auto result =
      store::sorted_sets::Remove(ctx.txn(), ctx.key(), ctx.args_from(2));
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void ZScore(CommandContext& ctx) {
  const auto result =
      store::sorted_sets::Score(ctx.txn(), ctx.key(), ctx.arg(2));
  if (!result.ok()) return ctx.ReplyError(result.status());
  if (!result->has_value()) return ctx.reply().Null();
  ctx.reply().Double(**result);
}

void ZCard(CommandContext& ctx) {
  const auto result = store::sorted_sets::Cardinality(ctx.txn(), ctx.key());
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void ZRank(CommandContext& ctx) { ReplyRank(ctx, /*reverse=*/false); }
void ZRevRank(CommandContext& ctx) { ReplyRank(ctx, /*reverse=*/true); }

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"zadd", "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]",
     "Adds members to a sorted set, or changes their scores.",
     G::kSortedSet, -4, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, ZAdd},
    {"zcard", "key", "Returns the number of members.",
     G::kSortedSet, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, ZCard},
    {"zincrby", "key increment member", "Adds a number to a member's score.",
     G::kSortedSet, 4, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, ZIncrBy},
    {"zrank", "key member [WITHSCORE]", "Returns a member's rank by ascending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZRank},
    {"zrem", "key member [member ...]", "Removes members.",
     G::kSortedSet, -3, kWrite | kFast, Scope::kKeys, kOneKey, ZRem},
    {"zrevrank", "key member [WITHSCORE]", "Returns a member's rank by descending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZRevRank},
    {"zscore", "key member", "Returns a member's score.",
     G::kSortedSet, 3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZScore},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetCommands() { return kCommands; }

}  // namespace kv::gateway
