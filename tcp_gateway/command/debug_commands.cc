#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/subcommand_help.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

// Holds up this client only, not the loop that it shares with others.
void Sleep(CommandContext& ctx) {
  constexpr double kMaxSeconds = 1e9;
  ArgReader args(ctx, 2);
  const double seconds = args.Float();
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) {
    args.Fail(ArgReader::kNotAFloat);
  }
  if (!args.Finish()) return;
  // Others wait for the locks of a transaction: it must not sleep.
  if (ctx.in_multi()) {
    return ctx.ReplyError("ERR DEBUG SLEEP is not allowed in transactions");
  }
  const auto ms = static_cast<int64_t>(std::ceil(seconds * 1000));
  ctx.session().PauseUntil(ctx.now() + ms,
                           [](ReplyWriter& reply) { reply.Status("OK"); });
}

void Object(CommandContext& ctx) {
  const store::Entry* entry = ctx.txn().Find(ctx.key());
  if (entry == nullptr) return ctx.ReplyError(store::OpStatus::kNoSuchKey);
  ctx.reply().Status(absl::StrCat(
      "Value at:0x", absl::Hex(reinterpret_cast<uintptr_t>(entry)),
      " refcount:1 encoding:", EncodingName(*entry),
      " serializedlength:", entry->MemoryBytes(), " lru:0 lru_seconds_idle:0"));
}

// One value of each kind that a reply may have, for those who test clients. The
// values are Redis'.
struct Sample {
  absl::string_view name;
  void (*reply)(ReplyWriter&);
};

constexpr Sample kSamples[] = {
    {"string", [](ReplyWriter& reply) { reply.Bulk("Hello World"); }},
    {"integer", [](ReplyWriter& reply) { reply.Integer(12345); }},
    {"double", [](ReplyWriter& reply) { reply.Double(3.141); }},
    {"null", [](ReplyWriter& reply) { reply.Null(); }},
    {"array",
     [](ReplyWriter& reply) {
       reply.Array(3);
       for (int i = 0; i < 3; ++i) reply.Integer(i);
     }},
    {"set",
     [](ReplyWriter& reply) {
       reply.Set(3);
       for (int i = 0; i < 3; ++i) reply.Integer(i);
     }},
    {"map",
     [](ReplyWriter& reply) {
       reply.Map(3);
       for (int i = 0; i < 3; ++i) {
         reply.Integer(i);
         reply.Bool(i == 1);
       }
     }},
    {"verbatim",
     [](ReplyWriter& reply) {
       reply.Verbatim("txt", "This is a verbatim\nstring");
     }},
    {"bignum",
     [](ReplyWriter& reply) {
       reply.BigNumber("1234567999999999999999999999999999999");
     }},
    {"true", [](ReplyWriter& reply) { reply.Bool(true); }},
    {"false", [](ReplyWriter& reply) { reply.Bool(false); }},
};

void ReplySample(CommandContext& ctx) {
  for (const Sample& sample : kSamples) {
    if (absl::EqualsIgnoreCase(ctx.arg(2), sample.name)) {
      return sample.reply(ctx.reply());
    }
  }
  const auto append_name = [](std::string* out, const Sample& sample) {
    out->append(sample.name.data(), sample.name.size());
  };
  ctx.ReplyError(absl::StrCat(
      "ERR Wrong protocol type name. Please use one of the following: ",
      absl::StrJoin(kSamples, "|", append_name)));
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"debug|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"debug|object", "key", "Describes how a value is kept.",
     G::kServer, 3, kAdmin | kReadOnly, Scope::kKeys, {2, 2}, Object},
    {"debug|protocol", "type", "Answers with a value of a type.",
     G::kServer, 3, kAdmin, Scope::kNone, kNoKeys, ReplySample},
    {"debug|sleep", "seconds", "Answers after a time.",
     G::kServer, 3, kAdmin, Scope::kNone, kNoKeys, Sleep},
};

constexpr Command kCommands[] = {
    {"debug", "subcommand", "For those who debug the server.",
     G::kServer, -2, kAdmin, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> DebugCommands() { return kCommands; }

}  // namespace kv::gateway
