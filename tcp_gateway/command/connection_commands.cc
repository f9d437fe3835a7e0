#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/handlers.h"

namespace kv::gateway::connection {

void Echo(CommandContext& ctx) { ctx.reply().Bulk(ctx.arg(1)); }

void Ping(CommandContext& ctx) {
  if (ctx.args() > 2) return ctx.ReplyWrongArity();
  if (ctx.args() == 2) return ctx.reply().Bulk(ctx.arg(1));
  ctx.reply().Status("PONG");
}

void Quit(CommandContext& ctx) {
  ctx.reply().Status("OK");
  ctx.session().Close();
}

}  // namespace kv::gateway::connection
