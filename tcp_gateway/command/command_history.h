#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_HISTORY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_HISTORY_H_

#include "absl/strings/string_view.h"

namespace kv::gateway {

// The version of Redis that brought a command, for COMMAND DOCS; empty: Redis
// has no such command.
absl::string_view SinceVersion(absl::string_view name);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_HISTORY_H_
