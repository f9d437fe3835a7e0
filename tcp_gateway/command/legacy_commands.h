#ifndef FASTKV_TCP_GATEWAY_COMMAND_LEGACY_COMMANDS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_LEGACY_COMMANDS_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// The original project's commands where they differ from the table's in what
// they do, reply or complain of. Rows of their own, so that no handler needs to
// know who asks; not part of the command table, which describes everybody's.
//
// Format     tcp_gateway/PROTOCOL.md, the legacy framing.
absl::Span<const Command> LegacyCommands();

// The original's command of that name, in any case, with that many arguments,
// the name included; or null. With another number of arguments the original
// knew no such command, and the table's may be meant (KEYS with a pattern).
const Command* FindLegacyCommand(absl::string_view name, size_t args);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_LEGACY_COMMANDS_H_
