#ifndef FASTKV_CLIENTS_CLI_COMMAND_GROUPS_H_
#define FASTKV_CLIENTS_CLI_COMMAND_GROUPS_H_

#include "absl/types/span.h"
#include "clients/cli/command.h"

// The parts of the table of commands, one file each; commands.h joins them.
namespace kv::cli {

absl::Span<const Command> StringCommands();
absl::Span<const Command> SortedSetCommands();
absl::Span<const Command> ListCommands();
absl::Span<const Command> TransactionCommands();
absl::Span<const Command> BulkCommands();

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_COMMAND_GROUPS_H_
