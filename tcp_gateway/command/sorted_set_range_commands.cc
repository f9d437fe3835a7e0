#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/number.h"
#include "store/sorted_set_range.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/sorted_set_reply.h"

namespace kv::gateway {
namespace {

using store::OpResult;
using store::sorted_sets::LexBound;
using store::sorted_sets::LexRange;
using store::sorted_sets::MemberRange;
using store::sorted_sets::RangeQuery;
using store::sorted_sets::ScoreRange;
using By = RangeQuery::By;

// What the arguments of a command may say.
struct RangeForm {
  By by = By::kRank;
  bool reverse = false;
  bool open = false;    // BYSCORE, BYLEX and REV may be given
  bool stores = false;  // so that WITHSCORES may not
};

// What they say.
struct RangeWords {
  RangeQuery query;
  bool with_scores = false;
  int64_t offset = 0, limit = -1;  // a negative limit: all
};

// A number, or '(' and a number that is excluded.
double ReadScoreBound(ArgReader& args, bool* excluded) {
  absl::string_view text = args.Next();
  *excluded = !text.empty() && text[0] == '(';
  if (*excluded) text.remove_prefix(1);
  double bound = 0;
  if (!store::ParseDouble(text, &bound)) {
    args.Fail("ERR min or max is not a float");
  }
  return bound;
}

// '[' or '(' and a member, or the words - and +.
LexBound ReadLexBound(ArgReader& args) {
  const absl::string_view text = args.Next();
  if (text == "-") return {LexBound::Kind::kLowest};
  if (text == "+") return {LexBound::Kind::kHighest};
  if (text.empty() || (text[0] != '[' && text[0] != '(')) {
    args.Fail("ERR min or max not valid string range item");
    return {};
  }
  return {LexBound::Kind::kMember, text[0] == '(', text.substr(1)};
}

// `reverse`: the higher end comes first.
ScoreRange ReadScoreRange(ArgReader& args, bool reverse = false) {
  ScoreRange range;
  if (reverse) range.max = ReadScoreBound(args, &range.exclude_max);
  range.min = ReadScoreBound(args, &range.exclude_min);
  if (!reverse) range.max = ReadScoreBound(args, &range.exclude_max);
  return range;
}

LexRange ReadLexRange(ArgReader& args, bool reverse = false) {
  LexRange range;
  if (reverse) range.max = ReadLexBound(args);
  range.min = ReadLexBound(args);
  if (!reverse) range.max = ReadLexBound(args);
  return range;
}

// The words behind the ends of a range.
void ReadRangeWords(ArgReader& args, const RangeForm& form, RangeWords* words) {
  RangeQuery& query = words->query;
  bool chosen = !form.open, turned = !form.open;
  while (args.HasNext()) {
    if (!form.stores && args.Match("WITHSCORES")) {
      words->with_scores = true;
    } else if (args.left() >= 3 && args.Match("LIMIT")) {
      words->offset = args.Int();
      words->limit = args.Int();
    } else if (!turned && args.Match("REV")) {
      query.reverse = turned = true;
    } else if (!chosen && args.Match("BYSCORE")) {
      query.by = By::kScore;
      chosen = true;
    } else if (!chosen && args.Match("BYLEX")) {
      query.by = By::kLex;
      chosen = true;
    } else {
      args.Fail();
    }
  }
  if (query.by == By::kRank && words->limit != -1) {
    args.Fail(
        "ERR syntax error, LIMIT is only supported in combination with either "
        "BYSCORE or BYLEX");
  }
  if (query.by == By::kLex && words->with_scores) {
    args.Fail(
        "ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  // A negative offset selects nothing.
  query.offset = static_cast<size_t>(std::max<int64_t>(words->offset, 0));
  if (words->offset < 0) {
    query.limit = 0;
  } else if (words->limit >= 0) {
    query.limit = static_cast<size_t>(words->limit);
  }
}

// Reads a range whose ends stand at `first` and behind it. False: an error was
// replied.
bool ReadRange(CommandContext& ctx, size_t first, const RangeForm& form,
               RangeWords* words) {
  RangeQuery& query = words->query;
  query.by = form.by;
  query.reverse = form.reverse;
  ArgReader options(ctx, first + 2);
  ReadRangeWords(options, form, words);
  if (!options.Finish()) return false;
  ArgReader ends(ctx, first);
  switch (query.by) {
    case By::kRank:
      query.start = ends.Int();
      query.stop = ends.Int();
      break;
    case By::kScore:
      query.scores = ReadScoreRange(ends, query.reverse);
      break;
    case By::kLex:
      query.lex = ReadLexRange(ends, query.reverse);
      break;
  }
  return ends.Finish();
}

template <By kBy, bool kReverse, bool kOpen = false>
void Range(CommandContext& ctx) {
  constexpr RangeForm kForm = {.by = kBy, .reverse = kReverse, .open = kOpen};
  RangeWords words;
  if (!ReadRange(ctx, 2, kForm, &words)) return;
  const OpResult<MemberRange> range =
      store::sorted_sets::Select(ctx.txn(), ctx.key(), words.query);
  if (!range.ok()) return ctx.ReplyError(range.status());
  ReplyMembers(ctx.reply(), *range, words.with_scores);
}

void ZRangeStore(CommandContext& ctx) {
  const store::Key &destination = ctx.keys()[0], &source = ctx.keys()[1];
  RangeWords words;
  if (!ReadRange(ctx, 3, {.open = true, .stores = true}, &words)) return;
  const OpResult<MemberRange> range =
      store::sorted_sets::Select(ctx.txn(), source, words.query);
  if (!range.ok()) return ctx.ReplyError(range.status());
  ctx.reply().Integer(static_cast<int64_t>(
      store::sorted_sets::StoreRange(ctx.txn(), destination, *range)));
}

void ReplyCount(CommandContext& ctx, const OpResult<size_t>& count) {
  if (!count.ok()) return ctx.ReplyError(count.status());
  ctx.reply().Integer(static_cast<int64_t>(*count));
}

template <By kBy>
void RemoveRange(CommandContext& ctx) {
  RangeWords words;
  if (!ReadRange(ctx, 2, {.by = kBy}, &words)) return;
  ReplyCount(ctx, store::sorted_sets::RemoveSelected(ctx.txn(), ctx.key(),
                                                     words.query));
}

void ZCount(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const ScoreRange range = ReadScoreRange(args);
  if (!args.Finish()) return;
  ReplyCount(ctx, store::sorted_sets::Count(ctx.txn(), ctx.key(), range));
}

void ZLexCount(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const LexRange range = ReadLexRange(args);
  if (!args.Finish()) return;
  ReplyCount(ctx, store::sorted_sets::CountByLex(ctx.txn(), ctx.key(), range));
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"zcount", "key min max", "Returns how many members have a score in a range.",
     G::kSortedSet, 4, kReadOnly | kFast, Scope::kKeys, kOneKey, ZCount},
    {"zlexcount", "key min max", "Returns how many members are in a range of members.",
     G::kSortedSet, 4, kReadOnly | kFast, Scope::kKeys, kOneKey, ZLexCount},
    {"zrange", "key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
     "Returns members by rank, by score or by the members themselves.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kRank, false, true>},
    {"zrangebylex", "key min max [LIMIT offset count]",
     "Returns the members in a range of members.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kLex, false>},
    {"zrangebyscore", "key min max [WITHSCORES] [LIMIT offset count]",
     "Returns members by score.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kScore, false>},
    {"zrangestore", "dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]",
     "Stores a range of members as another sorted set.",
     G::kSortedSet, -5, kWrite | kDenyOom, Scope::kKeys, {1, 2}, ZRangeStore},
    {"zremrangebylex", "key min max", "Removes the members in a range of members.",
     G::kSortedSet, 4, kWrite, Scope::kKeys, kOneKey, RemoveRange<By::kLex>},
    {"zremrangebyrank", "key start stop", "Removes members by rank.",
     G::kSortedSet, 4, kWrite, Scope::kKeys, kOneKey, RemoveRange<By::kRank>},
    {"zremrangebyscore", "key min max", "Removes members by score.",
     G::kSortedSet, 4, kWrite, Scope::kKeys, kOneKey, RemoveRange<By::kScore>},
    {"zrevrange", "key start stop [WITHSCORES]", "Returns members by rank from the highest score.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kRank, true>},
    {"zrevrangebylex", "key max min [LIMIT offset count]",
     "Returns the members in a range of members, from the highest.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kLex, true>},
    {"zrevrangebyscore", "key max min [WITHSCORES] [LIMIT offset count]",
     "Returns members by score, from the highest.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, Range<By::kScore, true>},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetRangeCommands() { return kCommands; }

}  // namespace kv::gateway
