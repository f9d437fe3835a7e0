#include "clients/cli/arguments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/cli/exit_code.h"

namespace kv::cli {
namespace {

const OptionSpec* FindOption(const Command& command, absl::string_view name) {
  for (const OptionSpec& option : command.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

// The name in the help of the i-th operand.
absl::string_view OperandName(absl::string_view operands, size_t i) {
  std::vector<absl::string_view> names;
  for (absl::string_view name :
       absl::StrSplit(operands, absl::ByAnyChar(" []"), absl::SkipEmpty())) {
    if (name != "...") names.push_back(name);
  }
  if (i < names.size()) return names[i];
  // Behind the last one the group repeats, whose names are as many as differ.
  const Arity arity = ArityOf(operands);
  const size_t first = names.size() - arity.group;
  return names[first + (i - first) % arity.group];
}

absl::Status CheckArity(const Command& command, size_t count) {
  const Arity arity = ArityOf(command.operands);
  if (count >= arity.min && count <= arity.max &&
      (count - arity.min) % arity.group == 0) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat(
      "usage: ", command.name, command.operands.empty() ? "" : " ",
      command.operands, command.options.empty() ? "" : " [options]"));
}

}  // namespace

Arity ArityOf(absl::string_view operands) {
  Arity arity;
  size_t optional = 0;
  bool inside = false;
  bool repeats = false;
  for (absl::string_view word :
       absl::StrSplit(operands, ' ', absl::SkipEmpty())) {
    inside = inside || absl::ConsumePrefix(&word, "[");
    const bool closes = absl::ConsumeSuffix(&word, "]");
    if (word == "...") {
      repeats = true;
    } else if (inside) {
      ++optional;
    } else {
      ++arity.min;
    }
    if (closes) inside = false;
  }
  arity.max =
      repeats ? std::numeric_limits<size_t>::max() : arity.min + optional;
  arity.group = std::max<size_t>(optional, 1);
  return arity;
}

absl::StatusOr<Arguments> Arguments::Parse(
    const Command& command, absl::Span<const std::string> words,
    absl::StatusOr<std::string> (*input)()) {
  Arguments arguments;
  std::vector<size_t> dashes;  // operands that may stand for the input
  bool options = true;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!options || !absl::StartsWith(word, "--")) {
      if (options && word == "-") dashes.push_back(arguments.operands_.size());
      arguments.operands_.push_back(word);
      continue;
    }
    if (word == "--") {
      options = false;
      continue;
    }
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(word.substr(2), absl::MaxSplits('=', 1));
    const bool has_value = absl::StrContains(word, '=');
    const std::string name = absl::StrReplaceAll(parts.first, {{"-", "_"}});
    const OptionSpec* option = FindOption(command, name);
    if (option == nullptr) {
      return UsageError(absl::StrCat(command.name, " has no option --", name));
    }
    if (option->value.empty() && has_value) {
      return UsageError(absl::StrCat("--", name, " takes no value"));
    }
    std::string value = parts.second;
    if (!option->value.empty() && !has_value) {
      if (++i == words.size()) {
        return UsageError(absl::StrCat("--", name, " needs ", option->value));
      }
      value = words[i];
    }
    arguments.options_.emplace_back(name, std::move(value));
  }
  const absl::Status arity = CheckArity(command, arguments.operands_.size());
  if (!arity.ok()) return arity;
  bool taken = false;
  for (const size_t i : dashes) {
    if (input == nullptr || OperandName(command.operands, i) != "VALUE")
      continue;
    if (taken) return UsageError("only one VALUE can be the standard input");
    taken = true;
    absl::StatusOr<std::string> bytes = input();
    if (!bytes.ok()) return bytes.status();
    arguments.operands_[i] = *std::move(bytes);
  }
  return arguments;
}

const std::string* Arguments::Find(absl::string_view option) const {
  for (auto given = options_.rbegin(); given != options_.rend(); ++given) {
    if (given->first == option) return &given->second;
  }
  return nullptr;
}

absl::optional<std::string> Arguments::Text(absl::string_view option) const {
  const std::string* text = Find(option);
  return text == nullptr ? absl::nullopt : absl::make_optional(*text);
}

int64_t Arguments::Int(absl::string_view option, int64_t otherwise) {
  const std::string* text = Find(option);
  return text == nullptr ? otherwise : ToInt(absl::StrCat("--", option), *text);
}

absl::optional<absl::Duration> Arguments::Duration(absl::string_view option) {
  const std::string* text = Find(option);
  if (text == nullptr) return absl::nullopt;
  return ToDuration(*text);
}

int64_t Arguments::ToInt(absl::string_view what, absl::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    Fail(absl::StrCat(what, " is not a whole number: ", text));
  }
  return value;
}

uint64_t Arguments::ToVersion(absl::string_view text) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    Fail(absl::StrCat("not a version: ", text));
  }
  return value;
}

double Arguments::ToScore(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || std::isnan(value)) {
    Fail(absl::StrCat("not a number: ", text));
  }
  return value;
}

absl::Duration Arguments::ToDuration(absl::string_view text) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value)) {
    Fail(absl::StrCat("not a duration, as 250ms, 10s or 1h30m: ", text));
  }
  return value;
}

absl::Time Arguments::ToTime(absl::string_view text) {
  int64_t milliseconds;
  if (absl::SimpleAtoi(text, &milliseconds)) {
    return absl::FromUnixMillis(milliseconds);
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    Fail(absl::StrCat("not a time, as 2030-01-31T12:00:00Z: ", text));
  }
  return time;
}

void Arguments::Fail(absl::string_view message) {
  if (status_.ok()) status_ = UsageError(message);
}

}  // namespace kv::cli
