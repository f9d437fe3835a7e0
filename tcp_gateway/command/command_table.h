#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// All commands, in the order of their names.
absl::Span<const Command* const> AllCommands();

// The command of that name in any case, or null. A few nanoseconds: two words
// are hashed and compared, no strings.
const Command* FindCommand(absl::string_view name);

// A command's subcommand of that name in any case, or null.
const Command* FindSubcommand(const Command& command, absl::string_view name);

// The row that a request means: that of its command, or if this has
// subcommands, of the one that is named; null: there is no such command.
const Command* FindRequested(absl::Span<const absl::string_view> args);

// Rows have numbers, subcommands too: 0 to CommandCount() - 1. A row that is
// not the table's has the number of its namesake, or else CommandCount().
size_t CommandCount();
size_t CommandIndex(const Command& command);
const Command& CommandAt(size_t index);

// The group's name, as HELP and COMMAND DOCS write it.
absl::string_view GroupName(CommandGroup group);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TABLE_H_
