#include "clients/cli/commands.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command_groups.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/text.h"

namespace kv::cli {
namespace {

absl::StatusOr<bool> RunHelp(Arguments& arguments, Session& session) {
  if (arguments.operands().empty()) {
    session.Print(HelpText());
    return true;
  }
  const Command* command = FindCommand(arguments.operand(0));
  if (command == nullptr) {
    return UsageError(
        absl::StrCat("there is no command ", arguments.operand(0)));
  }
  session.Print(HelpText(*command));
  return true;
}

constexpr Command kHelp = {
    "help", "help",  "[COMMAND]", "lists the commands, or explains one",
    {},     nullptr, RunHelp};

absl::StatusOr<std::string> ReadStandardInput() {
  std::string bytes;
  char block[1 << 16];
  while (const size_t count = std::fread(block, 1, sizeof(block), stdin)) {
    bytes.append(block, count);
  }
  if (std::ferror(stdin)) return FileError("cannot read the standard input");
  return bytes;
}

// Applies --escapes.
absl::StatusOr<std::vector<std::string>> Unescaped(
    absl::Span<const std::string> words, bool escapes) {
  std::vector<std::string> result;
  for (const std::string& word : words) {
    absl::StatusOr<std::string> bytes = word;
    if (escapes) bytes = Unescape(word);
    if (!bytes.ok()) return UsageError(bytes.status().message());
    result.push_back(*std::move(bytes));
  }
  return result;
}

absl::StatusOr<bool> RunOperation(const fastkv::v1::Operation& operation,
                                  Session& session) {
  absl::StatusOr<fastkv::Client*> client = session.client();
  if (!client.ok()) return client.status();
  const auto result = (*client)->CallOperation(operation);
  if (!result.ok()) return result.status();
  session.PrintAnswer(operation, *result);
  return IsYes(*result);
}

std::string Usage(const Command& command) {
  return absl::StrCat(command.name, command.operands.empty() ? "" : " ",
                      command.operands);
}

}  // namespace

const std::vector<Command>& AllCommands() {
  static const auto& commands = *[] {
    auto* all = new std::vector<Command>;
    for (const absl::Span<const Command> group :
         {StringCommands(), SortedSetCommands(), ListCommands(),
          TransactionCommands(), BulkCommands(),
          absl::MakeConstSpan(&kHelp, 1)}) {
      all->insert(all->end(), group.begin(), group.end());
    }
    return all;
  }();
  return commands;
}

const Command* FindCommand(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const Command& command : AllCommands()) {
    if (command.name == lower) return &command;
  }
  return nullptr;
}

absl::StatusOr<bool> RunCommand(absl::Span<const std::string> words,
                                Session& session) {
  const Command* command = FindCommand(words[0]);
  if (command == nullptr) {
    return UsageError(
        absl::StrCat("there is no command ", words[0], "; `help` lists them"));
  }
  const auto unescaped = Unescaped(words.subspan(1), session.options().escapes);
  if (!unescaped.ok()) return unescaped.status();
  absl::StatusOr<Arguments> arguments =
      Arguments::Parse(*command, *unescaped, ReadStandardInput);
  if (!arguments.ok()) return arguments.status();
  if (command->run != nullptr) return command->run(*arguments, session);
  fastkv::v1::Operation operation;
  command->to_operation(*arguments, &operation);
  if (!arguments->status().ok()) return arguments->status();
  return RunOperation(operation, session);
}

absl::StatusOr<fastkv::v1::Operation> ParseOperation(absl::string_view line) {
  const auto words = SplitLine(line);
  if (!words.ok()) return UsageError(words.status().message());
  const Command* command = words->empty() ? nullptr : FindCommand((*words)[0]);
  if (command == nullptr || command->to_operation == nullptr) {
    return UsageError(absl::StrCat("not a command of a transaction: ", line));
  }
  absl::StatusOr<Arguments> arguments =
      Arguments::Parse(*command, absl::MakeConstSpan(*words).subspan(1));
  if (!arguments.ok()) return arguments.status();
  fastkv::v1::Operation operation;
  command->to_operation(*arguments, &operation);
  if (!arguments->status().ok()) return arguments->status();
  return operation;
}

std::string HelpText() {
  std::string text;
  absl::string_view group;
  for (const Command& command : AllCommands()) {
    if (command.group != group) {
      absl::StrAppend(&text, group.empty() ? "" : "\n", command.group, ":\n");
    }
    group = command.group;
    absl::StrAppendFormat(&text, "  %-38s %s\n", Usage(command),
                          command.summary);
  }
  return text;
}

std::string HelpText(const Command& command) {
  std::string text =
      absl::StrCat(Usage(command), "\n    ", command.summary, "\n");
  for (const OptionSpec& option : command.options) {
    const std::string name = absl::StrCat(
        "--", option.name, option.value.empty() ? "" : " ", option.value);
    absl::StrAppendFormat(&text, "  %-30s %s\n", name, option.summary);
  }
  return text;
}

}  // namespace kv::cli
