// fastkv-cli: commands for a FastKV server, one from the command line, or many
// from a terminal or a pipe.

#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "clients/cli/commands.h"
#include "clients/cli/global_flags.h"
#include "clients/cli/session.h"
#include "clients/cli/shell.h"

namespace kv::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

ExitCode Main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  absl::StatusOr<GlobalFlags> flags = ParseGlobalFlags(words);
  if (!flags.ok()) {
    Session(SessionOptions()).PrintError(flags.status());
    return ExitCodeOf(flags.status());
  }
  if (flags->version) {
    std::printf("fastkv-cli %s\n", kVersion);
    return kYes;
  }
  if (flags->help) {
    std::printf("%s\n%s", GlobalFlagsHelp().c_str(), HelpText().c_str());
    return kYes;
  }
  Session session(flags->session);
  if (!flags->command.empty()) return RunWords(flags->command, session);
  return isatty(STDIN_FILENO) ? RunInteractive(session) : RunScript(session);
}

}  // namespace
}  // namespace kv::cli

int main(int argc, char** argv) {
  // For the editor: characters are wider than bytes.
  std::setlocale(LC_CTYPE, "");
  // The distribution's Abseil looks for deadlocks at every lock otherwise.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return kv::cli::Main(argc, argv);
}
