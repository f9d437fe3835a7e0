#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_KILL_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_KILL_H_

#include "tcp_gateway/command/command_context.h"

namespace kv::gateway {

// CLIENT KILL in both of its forms.
void ClientKill(CommandContext& ctx);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_KILL_H_
