#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

void Echo(CommandContext& ctx) { ctx.reply().Bulk(ctx.arg(1)); }

void Ping(CommandContext& ctx) {
  if (ctx.args() > 2) return ctx.ReplyWrongArity();
  if (ctx.session().is_confined_to_listening()) {
    // In the shape of a message, which is all that the client expects.
    ctx.reply().Array(2);
    ctx.reply().Bulk("pong");
    return ctx.reply().Bulk(ctx.args() == 2 ? ctx.arg(1) : "");
  }
  if (ctx.args() == 2) return ctx.reply().Bulk(ctx.arg(1));
  ctx.reply().Status("PONG");
}

void Quit(CommandContext& ctx) {
  ctx.reply().Status("OK");
  ctx.session().Close();
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"echo", "message", "Returns the message.",
     G::kConnection, 2, kFast, Scope::kNone, kNoKeys, Echo},
    {"ping", "[message]", "Returns PONG, or the message.",
     G::kConnection, -1, kFast | kWhileSubscribed, Scope::kNone, kNoKeys, Ping},
    {"quit", "", "Closes the connection after the reply.",
     G::kConnection, -1, kFast | kNoAuth | kImmediate | kWhileSubscribed,
     Scope::kNone, kNoKeys, Quit},
};
// clang-format on

}  // namespace

absl::Span<const Command> ConnectionCommands() { return kCommands; }

}  // namespace kv::gateway
