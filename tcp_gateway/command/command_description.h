#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_DESCRIPTION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_DESCRIPTION_H_

#include "tcp_gateway/command/command.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// A row as COMMAND INFO and COMMAND DOCS show it, subcommands included.
void ReplyCommandInfo(const Command& command, ReplyWriter& reply);
void ReplyCommandDocs(const Command& command, ReplyWriter& reply);

// What the command does to its keys, in the words of Redis' key
// specifications, as far as its row tells: RO ACCESS, or RW UPDATE; or that
// they are none, but channels.
void ReplyKeyFlags(const Command& command, ReplyWriter& reply);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_DESCRIPTION_H_
