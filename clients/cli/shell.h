#ifndef FASTKV_CLIENTS_CLI_SHELL_H_
#define FASTKV_CLIENTS_CLI_SHELL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/session.h"

// Command lines, one after the other.
namespace kv::cli {

// Runs one command and prints its answer or error.
// REQUIRES: words is not empty.
ExitCode RunWords(absl::Span<const std::string> words, Session& session);

// Runs one line; an empty one, or one that begins with #, does nothing.
ExitCode RunLine(absl::string_view line, Session& session);

// Asks for lines on the terminal until "quit" or the input's end.
ExitCode RunInteractive(Session& session);

// Runs the lines of the standard input, all of them; answers with the exit code
// of the first that failed.
ExitCode RunScript(Session& session);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_SHELL_H_
