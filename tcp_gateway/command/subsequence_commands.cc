#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "store/lcs.h"
#include "store/string_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

using store::CommonRun;
using store::OpStatus;
using store::strings::CommonSubsequence;

struct LcsWords {
  bool length = false;
  bool indexes = false;
  bool with_match_length = false;
  int64_t min_match_length = 0;
};

// False: an error was replied.
bool ReadLcsWords(CommandContext& ctx, LcsWords* words) {
  ArgReader args(ctx, 3);
  while (args.HasNext()) {
    if (args.Match("LEN")) {
      words->length = true;
    } else if (args.Match("IDX")) {
      words->indexes = true;
    } else if (args.Match("WITHMATCHLEN")) {
      words->with_match_length = true;
    } else if (args.Match("MINMATCHLEN")) {
      words->min_match_length = args.Int();
    } else {
      args.Fail();
    }
  }
  if (words->length && words->indexes) {
    args.Fail(
        "ERR If you want both the length and indexes, please just use IDX.");
  }
  return args.Finish();
}

void ReplyLcsError(CommandContext& ctx, OpStatus status) {
  if (status == OpStatus::kWrongType) {
    return ctx.ReplyError("ERR The specified keys must contain string values");
  }
  if (status == OpStatus::kTooLarge) {
    return ctx.ReplyError(
        "ERR Insufficient memory, transient memory for LCS exceeds "
        "proto-max-bulk-len");
  }
  ctx.ReplyError(status);
}

void ReplyMatches(CommandContext& ctx, const CommonSubsequence& found,
                  const LcsWords& words) {
  const auto is_shown = [&](const CommonRun& run) {
    return static_cast<int64_t>(run.length) >= words.min_match_length;
  };
  ReplyWriter& reply = ctx.reply();
  const auto reply_range = [&](size_t begin, size_t length) {
    reply.Array(2);
    reply.Integer(static_cast<int64_t>(begin));
    reply.Integer(static_cast<int64_t>(begin + length - 1));
  };
  reply.Map(2);
  reply.Bulk("matches");
  reply.Array(std::count_if(found.runs.begin(), found.runs.end(), is_shown));
  for (const CommonRun& run : found.runs) {
    if (!is_shown(run)) continue;
    reply.Array(words.with_match_length ? 3 : 2);
    reply_range(run.a_begin, run.length);
    reply_range(run.b_begin, run.length);
    if (words.with_match_length) {
      reply.Integer(static_cast<int64_t>(run.length));
    }
  }
  reply.Bulk("len");
  reply.Integer(static_cast<int64_t>(found.length));
}

void ReplyText(CommandContext& ctx, const CommonSubsequence& found) {
  std::string text;
  text.reserve(found.length);
  for (auto run = found.runs.rbegin(); run != found.runs.rend(); ++run) {
    absl::StrAppend(&text, found.a.substr(run->a_begin, run->length));
  }
  ctx.reply().Bulk(text);
}

void Lcs(CommandContext& ctx) {
  // The keys come before the words: one of another type is that error.
  for (const store::Key& key : ctx.keys()) {
    const auto length = store::strings::Length(ctx.txn(), key);
    if (!length.ok()) return ReplyLcsError(ctx, length.status());
  }
  LcsWords words;
  if (!ReadLcsWords(ctx, &words)) return;
  const store::Key& a = ctx.keys()[0];
  const store::Key& b = ctx.keys()[1];
  if (words.length) {
    const auto result =
        store::strings::CommonSubsequenceLength(ctx.txn(), a, b);
    if (!result.ok()) return ReplyLcsError(ctx, result.status());
    return ctx.reply().Integer(static_cast<int64_t>(*result));
  }
  const auto result = store::strings::FindCommonSubsequence(ctx.txn(), a, b);
  if (!result.ok()) return ReplyLcsError(ctx, result.status());
  if (words.indexes) return ReplyMatches(ctx, *result, words);
  ReplyText(ctx, *result);
}

constexpr KeyPositions kTwoKeys = {1, 2};

// clang-format off
constexpr Command kCommands[] = {
    {"lcs", "key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]",
     "Returns the longest common subsequence of two strings.",
     CommandGroup::kString, -3, kReadOnly, Scope::kKeys, kTwoKeys, Lcs},
};
// clang-format on

}  // namespace

absl::Span<const Command> SubsequenceCommands() { return kCommands; }

}  // namespace kv::gateway
