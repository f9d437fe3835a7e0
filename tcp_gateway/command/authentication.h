#ifndef FASTKV_TCP_GATEWAY_COMMAND_AUTHENTICATION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_AUTHENTICATION_H_

#include "absl/strings/string_view.h"
#include "tcp_gateway/command/command_context.h"

namespace kv::gateway {

// The only user there is.
inline constexpr absl::string_view kDefaultUser = "default";

// Lets the client in if the pair is right; false: an error was replied.
bool Authenticate(CommandContext& ctx, absl::string_view user,
                  absl::string_view password);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_AUTHENTICATION_H_
