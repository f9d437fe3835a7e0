#include "clients/cli/shell.h"

#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/cli/commands.h"
#include "clients/cli/completion.h"
#include "clients/cli/file.h"
#include "clients/cli/line_editor.h"
#include "clients/cli/text.h"

namespace kv::cli {
namespace {

// FASTKV_CLI_HISTORY names the file, or if it is empty none; else it is in the
// home folder.
std::string HistoryPath() {
  if (const char* path = std::getenv("FASTKV_CLI_HISTORY")) return path;
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : absl::StrCat(home, "/.fastkv_cli_history");
}

bool IsQuit(absl::string_view line) {
  return absl::EqualsIgnoreCase(line, "quit") ||
         absl::EqualsIgnoreCase(line, "exit");
}

}  // namespace

ExitCode RunWords(absl::Span<const std::string> words, Session& session) {
  absl::StatusOr<bool> answer = RunCommand(words, session);
  const absl::Status flushed = session.Flush();
  if (answer.ok() && !flushed.ok()) answer = flushed;
  if (answer.ok()) return *answer ? kYes : kNo;
  session.PrintError(answer.status());
  return ExitCodeOf(answer.status());
}

ExitCode RunLine(absl::string_view line, Session& session) {
  const auto words = SplitLine(line);
  if (!words.ok()) {
    session.PrintError(UsageError(words.status().message()));
    return kUsage;
  }
  if (words->empty() || absl::StartsWith((*words)[0], "#")) return kYes;
  return RunWords(*words, session);
}

ExitCode RunInteractive(Session& session) {
  LineEditor editor(absl::StrCat(session.options().client.target, "> "),
                    HistoryPath(), Completions);
  std::string line;
  while (editor.ReadLine(&line)) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (IsQuit(text)) return kYes;
    RunLine(text, session);
  }
  session.Print("\n");
  return session.Flush().ok() ? kYes : kIncomplete;
}

ExitCode RunScript(Session& session) {
  absl::StatusOr<File> input = File::OpenToRead("-");
  ExitCode first_failure = kYes;
  std::string line;
  while (true) {
    const absl::Status read = input->ReadLine(&line);
    if (!read.ok()) {
      session.PrintError(read);
      return kIncomplete;
    }
    if (line.empty()) return first_failure;
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (IsQuit(text)) return first_failure;
    const ExitCode code = RunLine(text, session);
    // A no is an answer; only for a single command is it the exit code.
    if (code > kNo && first_failure == kYes) first_failure = code;
  }
}

}  // namespace kv::cli
