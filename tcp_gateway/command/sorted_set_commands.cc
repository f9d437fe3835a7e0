#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_range.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

using store::OpStatus;
using store::sorted_sets::AddOptions;
using store::sorted_sets::MemberRange;
using store::sorted_sets::ScoredMember;
using store::sorted_sets::ScoreRange;

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

void ReplyMembers(CommandContext& ctx, const MemberRange& range,
                  bool with_scores) {
  ReplyWriter& reply = ctx.reply();
  if (!with_scores) {
    reply.Array(range.size());
    range.Visit([&](absl::string_view member, double) { reply.Bulk(member); });
    return;
  }
  reply.ArrayOfPairs(range.size());
  range.Visit([&](absl::string_view member, double score) {
    reply.Pair();
    reply.Bulk(member);
    reply.Double(score);
  });
}

constexpr absl::string_view kBadRange = "ERR min or max is not a float";

// One end of a score range: a number, or '(' and a number that is excluded.
double ReadBound(ArgReader& args, bool* excluded) {
  absl::string_view text = args.Next();
  *excluded = !text.empty() && text[0] == '(';
  if (*excluded) text.remove_prefix(1);
  double bound = 0;
  if (!store::ParseDouble(text, &bound)) args.Fail(kBadRange);
  return bound;
}

ScoreRange ReadScoreRange(ArgReader& args) {
  ScoreRange range;
  range.min = ReadBound(args, &range.exclude_min);
  range.max = ReadBound(args, &range.exclude_max);
  return range;
}

void ReplyRank(CommandContext& ctx, bool reverse) {
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

void ZCount(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const ScoreRange range = ReadScoreRange(args);
  if (!args.Finish()) return;
  const auto result = store::sorted_sets::Count(ctx.txn(), ctx.key(), range);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void ZRange(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t start = args.Int();
  const int64_t stop = args.Int();
  const bool with_scores = args.Match("WITHSCORES");
  if (args.HasNext()) args.Fail();
  if (!args.Finish()) return;
  const auto result = store::sorted_sets::RangeByRank(
      ctx.txn(), ctx.key(), start, stop, /*reverse=*/false);
  if (!result.ok()) return ctx.ReplyError(result.status());
  ReplyMembers(ctx, *result, with_scores);
}

void ZRangeByScore(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const ScoreRange range = ReadScoreRange(args);
  bool with_scores = false;
  int64_t offset = 0, limit = -1;
  while (args.HasNext()) {
    if (args.Match("WITHSCORES")) {
      with_scores = true;
    } else if (args.Match("LIMIT")) {
      offset = args.Int();
      limit = args.Int();
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  // A negative offset selects nothing, a negative limit everything.
  if (offset < 0) limit = 0;
  const auto result = store::sorted_sets::RangeByScore(
      ctx.txn(), ctx.key(), range, /*reverse=*/false,
      static_cast<size_t>(std::max<int64_t>(offset, 0)),
      limit < 0 ? store::sorted_sets::kNoLimit : static_cast<size_t>(limit));
  if (!result.ok()) return ctx.ReplyError(result.status());
  ReplyMembers(ctx, *result, with_scores);
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"zadd", "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]",
     "Adds members to a sorted set, or changes their scores.",
     G::kSortedSet, -4, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, ZAdd},
    {"zcard", "key", "Returns the number of members.",
     G::kSortedSet, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, ZCard},
    {"zcount", "key min max", "Returns how many members have a score in a range.",
     G::kSortedSet, 4, kReadOnly | kFast, Scope::kKeys, kOneKey, ZCount},
    {"zincrby", "key increment member", "Adds a number to a member's score.",
     G::kSortedSet, 4, kWrite | kDenyOom | kFast, Scope::kKeys, kOneKey, ZIncrBy},
    {"zrange", "key start stop [WITHSCORES]", "Returns members by rank.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, ZRange},
    {"zrangebyscore", "key min max [WITHSCORES] [LIMIT offset count]",
     "Returns members by score.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, ZRangeByScore},
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
