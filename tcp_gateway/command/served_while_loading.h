#ifndef FASTKV_TCP_GATEWAY_COMMAND_SERVED_WHILE_LOADING_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SERVED_WHILE_LOADING_H_

#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// Whether the command is served before the data is loaded, as in Redis: what
// is about the connection or the server, and INFO, WATCH and EXEC, which then
// do without the keyspace. COMMAND INFO says so with the flag "loading".
//
// The others are answered with kLoadingError.
bool IsServedWhileLoading(const Command& command);

// Redis' words, by which clients know it.
inline constexpr char kLoadingError[] =
    "LOADING Redis is loading the dataset in memory";

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SERVED_WHILE_LOADING_H_
