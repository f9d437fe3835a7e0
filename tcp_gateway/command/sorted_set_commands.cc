#include <cstdint>
#include <limits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/glob.h"
#include "store/base/number.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_sample.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/sorted_set_reply.h"

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

void ZMScore(CommandContext& ctx) {
  ReplyWriter& reply = ctx.reply();
  const auto members = ctx.args_from(2);
  bool begun = false;
  const auto result = store::sorted_sets::Scores(
      ctx.txn(), ctx.key(), members, [&](absl::optional<double> score) {
        if (!std::exchange(begun, true)) reply.Array(members.size());
        score.has_value() ? reply.Double(*score) : reply.Null();
      });
  if (!result.ok()) ctx.ReplyError(result.status());
}

// Draws of all connections of a thread; good enough for samples.
absl::BitGenRef Randomness() {
  static thread_local absl::InsecureBitGen random;
  return random;
}

// ZRANDMEMBER with a count; a negative one may draw a member again.
void ReplySample(CommandContext& ctx) {
  constexpr absl::string_view kOutOfRange = "ERR value is out of range";
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ArgReader args(ctx, 2);
  const int64_t count = args.Int();
  if (count < -kMax) {
    args.Fail(
        "ERR value is out of range, value must between -9223372036854775807 "
        "and 9223372036854775807");
  }
  const bool with_scores = args.Match("WITHSCORES");
  if (args.HasNext()) args.Fail();
  if (with_scores && (count > kMax / 2 || count < -kMax / 2)) {
    args.Fail(kOutOfRange);
  }
  if (!args.Finish()) return;
  const auto sample =
      count < 0
          ? store::sorted_sets::RandomDraws(
                ctx.txn(), ctx.key(), static_cast<size_t>(-count), Randomness())
          : store::sorted_sets::RandomMembers(
                ctx.txn(), ctx.key(), static_cast<size_t>(count), Randomness());
  if (sample.status() == store::OpStatus::kTooLarge) {
    return ctx.ReplyError(kOutOfRange);
  }
  if (!sample.ok()) return ctx.ReplyError(sample.status());
  ReplyMembers(ctx.reply(), *sample, with_scores);
}

void ZRandMember(CommandContext& ctx) {
  if (ctx.args() > 2) return ReplySample(ctx);
  const auto member =
      store::sorted_sets::RandomMember(ctx.txn(), ctx.key(), Randomness());
  if (!member.ok()) return ctx.ReplyError(member.status());
  if (!member->has_value()) return ctx.reply().Null();
  ctx.reply().Bulk((*member)->member);
}

void ZScan(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const uint64_t cursor = args.Cursor();
  absl::string_view pattern = "*";
  int64_t count = 10;
  while (args.HasNext()) {
    if (args.Match("MATCH")) {
      pattern = args.Next();
    } else if (args.Match("COUNT")) {
      count = args.Int();
      if (count < 1) args.Fail();
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  // Collected first, since the reply announces how many there are.
  absl::InlinedVector<ScoredMember, 16> found;
  const auto next = store::sorted_sets::Scan(
      ctx.txn(), ctx.key(), cursor, static_cast<size_t>(count),
      [&](absl::string_view member, double score) {
        if (store::GlobMatches(pattern, member)) {
          found.push_back({member, score});
        }
      });
  if (!next.ok()) return ctx.ReplyError(next.status());
  ReplyWriter& reply = ctx.reply();
  char number[store::kNumberBufferBytes];
  reply.Array(2);
  reply.Bulk(store::FormatInt64(static_cast<int64_t>(*next), number));
  // Scores are text in every protocol, and never nested, unlike elsewhere.
  reply.Array(2 * found.size());
  for (const ScoredMember& member : found) {
    reply.Bulk(member.member);
    reply.Bulk(store::FormatDouble(member.score, number));
  }
}

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
    {"zmscore", "key member [member ...]", "Returns the scores of members.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZMScore},
    {"zrandmember", "key [count [WITHSCORES]]", "Returns members drawn at random.",
     G::kSortedSet, -2, kReadOnly, Scope::kKeys, kOneKey, ZRandMember},
    {"zrank", "key member [WITHSCORE]", "Returns a member's rank by ascending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZRank},
    {"zrem", "key member [member ...]", "Removes members.",
     G::kSortedSet, -3, kWrite | kFast, Scope::kKeys, kOneKey, ZRem},
    {"zrevrank", "key member [WITHSCORE]", "Returns a member's rank by descending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZRevRank},
    {"zscan", "key cursor [MATCH pattern] [COUNT count]",
     "Returns some of the members, and the cursor to go on with.",
     G::kSortedSet, -3, kReadOnly, Scope::kKeys, kOneKey, ZScan},
    {"zscore", "key member", "Returns a member's score.",
     G::kSortedSet, 3, kReadOnly | kFast, Scope::kKeys, kOneKey, ZScore},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetCommands() { return kCommands; }

}  // namespace kv::gateway
