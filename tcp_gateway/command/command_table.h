#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// All commands, in the order of their names.
absl::Span<const Command* const> AllCommands();

// The command of that name in any case, or null. A few nanoseconds: two words
// are hashed and compared, no strings.
const Command* FindCommand(absl::string_view name);

// The group's name, as HELP and COMMAND DOCS write it.
absl::string_view GroupName(CommandGroup group);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_
