#ifndef FASTKV_CLIENTS_CLI_COMMANDS_H_
#define FASTKV_CLIENTS_CLI_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "clients/cli/command.h"
#include "clients/cli/session.h"
#include "fastkv/v1/operation.pb.h"

// The table of all commands, and how one of them is run.
namespace kv::cli {

// In the order of the help: group by group.
const std::vector<Command>& AllCommands();
// Null: there is none of that name; case does not matter.
const Command* FindCommand(absl::string_view name);

// Runs a command line; words[0] is the command's name. The answer: whether it
// is a yes.
// REQUIRES: words is not empty.
absl::StatusOr<bool> RunCommand(absl::Span<const std::string> words,
                                Session& session);

// The operation that a command line stands for, for a transaction.
absl::StatusOr<fastkv::v1::Operation> ParseOperation(absl::string_view line);

// The help: of everything, or of one command.
std::string HelpText();
std::string HelpText(const Command& command);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_COMMANDS_H_
