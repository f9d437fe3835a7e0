#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/number.h"
#include "store/sorted_set_range.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/sorted_set_pop.h"
#include "tcp_gateway/command/sorted_set_reply.h"

namespace kv::gateway {

using store::sorted_sets::End;
using store::sorted_sets::MemberRange;

PopWords ReadPopWords(ArgReader& args) {
  constexpr absl::string_view kBadCount = "ERR count should be greater than 0";
  PopWords words;
  if (args.Match("MAX")) {
    words.end = End::kHighest;
  } else if (!args.Match("MIN")) {
    args.Fail();
  }
  if (args.left() >= 2 && args.Match("COUNT")) {
    const int64_t count = args.Int(kBadCount);
    if (count < 1) args.Fail(kBadCount);
    words.count = static_cast<size_t>(count);
  }
  if (args.HasNext()) args.Fail();
  return words;
}

void ReplyPopped(ReplyWriter& reply, const store::Key& key,
                 const MemberRange& popped) {
  reply.Array(2);
  reply.Bulk(key.bytes);
  reply.Array(popped.size());
  popped.Visit([&reply](absl::string_view member, double score) {
    reply.Array(2);
    reply.Bulk(member);
    reply.Double(score);
  });
}

namespace {

// ZPOPMIN and ZPOPMAX. Without a count the answer is one pair, flat.
template <End kEnd>
void ZPop(CommandContext& ctx) {
  if (ctx.args() > 3) return ctx.ReplySyntaxError();
  const bool counted = ctx.args() == 3;
  int64_t count = 1;
  if (counted && (!store::ParseInt64(ctx.arg(2), &count) || count < 0)) {
    return ctx.ReplyError("ERR value is out of range, must be positive");
  }
  ReplyWriter& reply = ctx.reply();
  const auto popped = store::sorted_sets::Pop(
      ctx.txn(), ctx.keys(), kEnd, static_cast<size_t>(count),
      [&](const store::Key&, const MemberRange& range) {
        if (counted) return ReplyMembers(reply, range, /*with_scores=*/true);
        reply.Array(2);
        range.Visit([&reply](absl::string_view member, double score) {
          reply.Bulk(member);
          reply.Double(score);
        });
      });
  if (!popped.ok()) return ctx.ReplyError(popped.status());
  if (*popped == 0) reply.Array(0);
}

void ZMPop(CommandContext& ctx) {
  ArgReader args(ctx, 2 + ctx.keys().size());
  const PopWords words = ReadPopWords(args);
  if (!args.Finish()) return;
  const auto popped = store::sorted_sets::Pop(
      ctx.txn(), ctx.keys(), words.end, words.count,
      [&](const store::Key& key, const MemberRange& range) {
        ReplyPopped(ctx.reply(), key, range);
      });
  if (!popped.ok()) return ctx.ReplyError(popped.status());
  if (*popped == 0) ctx.reply().NullArray();
}

using G = CommandGroup;

constexpr KeyPositions kCountedKeys = {.numkeys_at = 1};

// clang-format off
constexpr Command kCommands[] = {
    {"zmpop", "numkeys key [key ...] MIN | MAX [COUNT count]",
     "Removes and returns members from the first sorted set that is not empty.",
     G::kSortedSet, -4, kWrite, Scope::kKeys, kCountedKeys, ZMPop},
    {"zpopmax", "key [count]", "Removes and returns the members of the highest scores.",
     G::kSortedSet, -2, kWrite | kFast, Scope::kKeys, kOneKey, ZPop<End::kHighest>},
    {"zpopmin", "key [count]", "Removes and returns the members of the lowest scores.",
     G::kSortedSet, -2, kWrite | kFast, Scope::kKeys, kOneKey, ZPop<End::kLowest>},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetPopCommands() { return kCommands; }

}  // namespace kv::gateway
