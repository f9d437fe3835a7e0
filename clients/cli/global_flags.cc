#include "clients/cli/global_flags.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"

namespace kv::cli {
namespace {

constexpr OptionSpec kFlags[] = {
    {"host", "HOST", "by default 127.0.0.1"},
    {"port", "PORT", "of gRPC, by default 50051"},
    {"timeout", "DURATION", "for each call, by default 10s"},
    {"json", "", "answers and errors as JSON, one line each"},
    {"raw", "", "get prints the exact bytes, without a newline"},
    {"escapes", "", "arguments have escapes: \\n \\r \\t \\\\ \\\" \\xHH"},
    {"no_retry", "", "failed calls are not sent again"},
    {"version", "", "prints the version"},
    {"help", "", "prints this"}};

// The flags are read as a command's options.
constexpr Command kProgram = {"fastkv-cli", "", "", "", kFlags};

// How many words belong to the flags.
size_t CountFlagWords(absl::Span<const std::string> words) {
  size_t count = 0;
  while (count < words.size() && absl::StartsWith(words[count], "--")) {
    const std::string& word = words[count++];
    for (const OptionSpec& flag : kFlags) {
      const bool value_follows =
          !flag.value.empty() && word == absl::StrCat("--", flag.name);
      if (value_follows && count < words.size()) ++count;
    }
  }
  return count;
}

}  // namespace

absl::StatusOr<GlobalFlags> ParseGlobalFlags(
    absl::Span<const std::string> words) {
  const size_t count = CountFlagWords(words);
  absl::StatusOr<Arguments> parsed =
      Arguments::Parse(kProgram, words.subspan(0, count));
  if (!parsed.ok()) return parsed.status();
  GlobalFlags flags;
  flags.command.assign(words.begin() + count, words.end());
  const int64_t port = parsed->Int("port", 50051);
  if (port < 1 || port > 65535) parsed->Fail("--port is from 1 to 65535");
  std::string host = parsed->Text("host").value_or("127.0.0.1");
  if (absl::StrContains(host, ':')) host = absl::StrCat("[", host, "]");
  flags.session.client.target = absl::StrCat(host, ":", port);
  if (const auto timeout = parsed->Duration("timeout")) {
    flags.session.client.timeout = *timeout;
    flags.session.client.connect_timeout = *timeout;
  }
  flags.session.client.retry = !parsed->Has("no_retry");
  flags.session.json = parsed->Has("json");
  flags.session.raw = parsed->Has("raw");
  flags.session.escapes = parsed->Has("escapes");
  flags.version = parsed->Has("version");
  flags.help = parsed->Has("help");
  if (!parsed->status().ok()) return parsed->status();
  return flags;
}

std::string GlobalFlagsHelp() {
  std::string text =
      "fastkv-cli [flags] [command ...]\n"
      "Without a command: reads commands from the terminal or the standard "
      "input.\n"
      "Exit codes: 0 yes, 1 no (nothing there, condition not met), 2 not a\n"
      "command, 3 refused by the server, 4 server not reached or too late, 5 "
      "a file\n"
      "cannot be read or written or an import is not complete.\n\n";
  for (const OptionSpec& flag : kFlags) {
    absl::StrAppendFormat(
        &text, "  %-20s %s\n",
        absl::StrCat("--", flag.name, flag.value.empty() ? "" : " ",
                     flag.value),
        flag.summary);
  }
  return text;
}

}  // namespace kv::cli
