#ifndef FASTKV_TCP_GATEWAY_COMMAND_MATCHING_KEYS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_MATCHING_KEYS_H_

#include "absl/strings/string_view.h"
#include "tcp_gateway/command/command_context.h"

namespace kv::gateway {

// Replies an array of the database's keys that match a glob. REQUIRES:
// Scope::kWalk.
void ReplyMatchingKeys(CommandContext& ctx, absl::string_view pattern);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_MATCHING_KEYS_H_
