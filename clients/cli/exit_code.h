#ifndef FASTKV_CLIENTS_CLI_EXIT_CODE_H_
#define FASTKV_CLIENTS_CLI_EXIT_CODE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kv::cli {

// What fastkv-cli exits with.
enum ExitCode {
  kYes = 0,
  // The answer is no: nothing is there, or a condition did not hold.
  kNo = 1,
  // The command line is not one.
  kUsage = 2,
  // The server refused.
  kRefused = 3,
  // The server is not reached, or did not answer in time.
  kUnreachable = 4,
  // A file cannot be read or written, or an import is not complete.
  kIncomplete = 5,
};

// An error in what was typed.
absl::Status UsageError(absl::string_view message);
// An error of a file or of what it has in it.
absl::Status FileError(absl::string_view message);

ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_EXIT_CODE_H_
