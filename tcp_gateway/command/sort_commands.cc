#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "store/sort_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

void SortKey(CommandContext& ctx, bool may_store) {
  store::sorting::SortOptions options;
  absl::InlinedVector<absl::string_view, 4> get;
  ArgReader args(ctx, 2);
  while (args.HasNext()) {
    if (args.Match("ASC")) {
      options.descending = false;
    } else if (args.Match("DESC")) {
      options.descending = true;
    } else if (args.Match("ALPHA")) {
      options.alphabetic = true;
    } else if (args.Match("LIMIT")) {
      if (args.left() < 2) args.Fail();
      options.offset = args.Int();
      options.limit = args.Int();
    } else if (args.Match("BY")) {
      options.by = args.Next();
    } else if (args.Match("GET")) {
      get.push_back(args.Next());
    } else if (may_store && args.left() >= 2 && args.Match("STORE")) {
      args.Fail("ERR SORT with STORE makes a list, which is not served here");
    } else {
      args.Fail();
    }
  }
  if (!args.Finish()) return;
  options.get = get;
  const store::Key key(ctx.arg(1), ctx.session().db());
  const auto result = store::sorting::Sort(ctx.txn(), key, options);
  if (!result.ok()) {
    if (result.status() == store::OpStatus::kNotFloat) {
      return ctx.ReplyError(
          "ERR One or more scores can't be converted into double");
    }
    return ctx.ReplyError(result.status());
  }
  ctx.reply().Array(result->size());
  for (const auto& value : *result) {
    value.has_value() ? ctx.reply().Bulk(*value) : ctx.reply().Null();
  }
}

void Sort(CommandContext& ctx) { SortKey(ctx, /*may_store=*/true); }
void SortRo(CommandContext& ctx) { SortKey(ctx, /*may_store=*/false); }

using G = CommandGroup;

// All shards, since BY and GET name keys by what the set holds.
// clang-format off
constexpr Command kCommands[] = {
    {"sort", "key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA]",
     "Returns the members of a sorted set, sorted by something else.",
     G::kKey, -2, kWrite | kDenyOom, Scope::kAllShards, kOneKey, Sort},
    {"sort_ro", "key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA]",
     "Returns the members of a sorted set, sorted by something else.",
     G::kKey, -2, kReadOnly, Scope::kAllShards, kOneKey, SortRo},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortCommands() { return kCommands; }

}  // namespace kv::gateway
