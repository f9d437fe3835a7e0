#include "clients/cli/completion.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"

namespace kv::cli {
namespace {

// What the shell itself knows beside the table.
constexpr absl::string_view kShellWords[] = {"quit", "exit"};

std::vector<std::string> CommandNames(bool with_shell_words) {
  std::vector<std::string> names;
  for (const Command& command : AllCommands()) {
    names.emplace_back(command.name);
  }
  if (with_shell_words) {
    for (const absl::string_view word : kShellWords) names.emplace_back(word);
  }
  return names;
}

std::vector<std::string> OptionNames(absl::string_view name) {
  std::vector<std::string> names;
  const Command* command = FindCommand(name);
  if (command == nullptr) return names;
  for (const OptionSpec& option : command->options) {
    names.push_back(absl::StrCat("--", option.name));
  }
  return names;
}

}  // namespace

std::vector<std::string> Completions(absl::string_view line_to_cursor) {
  std::vector<absl::string_view> words =
      absl::StrSplit(line_to_cursor, ' ', absl::SkipEmpty());
  // Behind a space begins a new word, of which nothing is there yet.
  if (words.empty() || absl::EndsWith(line_to_cursor, " ")) words.push_back("");
  const bool first = words.size() == 1;
  const bool help =
      words.size() == 2 && absl::EqualsIgnoreCase(words[0], "help");
  std::vector<std::string> found =
      first || help ? CommandNames(first) : OptionNames(words[0]);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const std::string& name) {
                               return !absl::StartsWithIgnoreCase(name,
                                                                  words.back());
                             }),
              found.end());
  std::sort(found.begin(), found.end());
  return found;
}

std::string CommonPrefix(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::string prefix = words.front();
  for (const std::string& word : words) {
    const auto differs =
        std::mismatch(prefix.begin(), prefix.end(), word.begin(), word.end());
    prefix.erase(differs.first, prefix.end());
  }
  return prefix;
}

}  // namespace kv::cli
