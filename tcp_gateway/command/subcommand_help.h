#ifndef FASTKV_TCP_GATEWAY_COMMAND_SUBCOMMAND_HELP_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SUBCOMMAND_HELP_H_

#include "tcp_gateway/command/command_context.h"

namespace kv::gateway {

// The handler of every "<command>|help": lists the subcommands from their rows,
// laid out as in Redis.
void ReplySubcommandHelp(CommandContext& ctx);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SUBCOMMAND_HELP_H_
