#ifndef FASTKV_CLIENTS_CLI_GLOBAL_FLAGS_H_
#define FASTKV_CLIENTS_CLI_GLOBAL_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "clients/cli/session.h"

namespace kv::cli {

// What stands before the command: fastkv-cli [flags] [command ...].
struct GlobalFlags {
  SessionOptions session;
  bool version = false;
  bool help = false;
  // The command with its arguments. Empty: there is none.
  std::vector<std::string> command;
};

absl::StatusOr<GlobalFlags> ParseGlobalFlags(
    absl::Span<const std::string> words);
std::string GlobalFlagsHelp();

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_GLOBAL_FLAGS_H_
