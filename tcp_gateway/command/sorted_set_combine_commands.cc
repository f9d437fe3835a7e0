#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set_combine.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/sorted_set_reply.h"

namespace kv::gateway {
namespace {

using store::OpResult;
using store::sorted_sets::Aggregate;
using store::sorted_sets::Combination;
using store::sorted_sets::Members;

// What stands behind the keys.
struct CombineWords {
  absl::InlinedVector<double, 8> weights;
  Aggregate aggregate = Aggregate::kSum;
  bool with_scores = false;
};

// Reads what follows AGGREGATE.
Aggregate ReadAggregate(ArgReader& args) {
  if (args.Match("MIN")) return Aggregate::kMin;
  if (args.Match("MAX")) return Aggregate::kMax;
  if (!args.Match("SUM")) args.Fail();
  return Aggregate::kSum;
}

// Reads the words behind the sources. False: an error was replied.
bool ReadCombineWords(CommandContext& ctx, size_t sources, bool weighs,
                      bool stores, CombineWords* words) {
  // The name, the number of keys, and the keys, a destination among them.
  ArgReader args(ctx, 2 + ctx.keys().size());
  while (args.HasNext()) {
    if (weighs && args.left() > sources && args.Match("WEIGHTS")) {
      words->weights.clear();
      for (size_t i = 0; i < sources; ++i) {
        words->weights.push_back(args.Float("ERR weight value is not a float"));
      }
    } else if (weighs && args.left() > 1 && args.Match("AGGREGATE")) {
      words->aggregate = ReadAggregate(args);
    } else if (!stores && args.Match("WITHSCORES")) {
      words->with_scores = true;
    } else {
      args.Fail();
    }
  }
  return args.Finish();
}

template <Combination kCombination>
void ReplyCombined(CommandContext& ctx) {
  CombineWords words;
  if (!ReadCombineWords(ctx, ctx.keys().size(),
                        kCombination != Combination::kDifference,
                        /*stores=*/false, &words)) {
    return;
  }
  const OpResult<Members> members = store::sorted_sets::Combine(
      ctx.txn(), kCombination, ctx.keys(), {words.weights, words.aggregate});
  if (!members.ok()) return ctx.ReplyError(members.status());
  ReplyMembers(ctx.reply(), *members, words.with_scores);
}

template <Combination kCombination>
void StoreCombined(CommandContext& ctx) {
  const absl::Span<const store::Key> sources = ctx.keys().subspan(1);
  CombineWords words;
  if (!ReadCombineWords(ctx, sources.size(),
                        kCombination != Combination::kDifference,
                        /*stores=*/true, &words)) {
    return;
  }
  const OpResult<Members> members = store::sorted_sets::Combine(
      ctx.txn(), kCombination, sources, {words.weights, words.aggregate});
  if (!members.ok()) return ctx.ReplyError(members.status());
  store::sorted_sets::Store(ctx.txn(), ctx.key(), kCombination, *members);
  ctx.reply().Integer(static_cast<int64_t>(members->size()));
}

void ZInterCard(CommandContext& ctx) {
  constexpr absl::string_view kBadLimit = "ERR LIMIT can't be negative";
  ArgReader args(ctx, 2 + ctx.keys().size());
  int64_t limit = 0;
  while (args.HasNext()) {
    if (args.left() > 1 && args.Match("LIMIT")) {
      limit = args.Int(kBadLimit);
      if (limit < 0) args.Fail(kBadLimit);
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  const OpResult<size_t> count = store::sorted_sets::CountIntersection(
      ctx.txn(), ctx.keys(), static_cast<size_t>(limit));
  if (!count.ok()) return ctx.ReplyError(count.status());
  ctx.reply().Integer(static_cast<int64_t>(*count));
}

using G = CommandGroup;
using C = Combination;

constexpr KeyPositions kSources = {.numkeys_at = 1};
constexpr KeyPositions kDestinationAndSources = {1, 1, 1, 2};

// clang-format off
constexpr Command kCommands[] = {
    {"zdiff", "numkeys key [key ...] [WITHSCORES]",
     "Returns the members of the first sorted set that are in no other.",
     G::kSortedSet, -3, kReadOnly, Scope::kKeys, kSources, ReplyCombined<C::kDifference>},
    {"zdiffstore", "destination numkeys key [key ...]",
     "Stores the members of the first sorted set that are in no other.",
     G::kSortedSet, -4, kWrite | kDenyOom, Scope::kKeys, kDestinationAndSources,
     StoreCombined<C::kDifference>},
    {"zinter", "numkeys key [key ...] [WEIGHTS weight [weight ...]]"
     " [AGGREGATE SUM | MIN | MAX] [WITHSCORES]",
     "Returns the members that are in all of the sorted sets.",
     G::kSortedSet, -3, kReadOnly, Scope::kKeys, kSources, ReplyCombined<C::kIntersection>},
    {"zintercard", "numkeys key [key ...] [LIMIT limit]",
     "Returns how many members are in all of the sorted sets.",
     G::kSortedSet, -3, kReadOnly, Scope::kKeys, kSources, ZInterCard},
    {"zinterstore", "destination numkeys key [key ...] [WEIGHTS weight [weight ...]]"
     " [AGGREGATE SUM | MIN | MAX]",
     "Stores the members that are in all of the sorted sets.",
     G::kSortedSet, -4, kWrite | kDenyOom, Scope::kKeys, kDestinationAndSources,
     StoreCombined<C::kIntersection>},
    {"zunion", "numkeys key [key ...] [WEIGHTS weight [weight ...]]"
     " [AGGREGATE SUM | MIN | MAX] [WITHSCORES]",
     "Returns the members that are in any of the sorted sets.",
     G::kSortedSet, -3, kReadOnly, Scope::kKeys, kSources, ReplyCombined<C::kUnion>},
    {"zunionstore", "destination numkeys key [key ...] [WEIGHTS weight [weight ...]]"
     " [AGGREGATE SUM | MIN | MAX]",
     "Stores the members that are in any of the sorted sets.",
     G::kSortedSet, -4, kWrite | kDenyOom, Scope::kKeys, kDestinationAndSources,
     StoreCombined<C::kUnion>},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetCombineCommands() { return kCommands; }

}  // namespace kv::gateway
