#ifndef FASTKV_CLIENTS_CLI_ARGUMENTS_H_
#define FASTKV_CLIENTS_CLI_ARGUMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "clients/cli/command.h"

namespace kv::cli {

// How many operands a command takes.
struct Arity {
  size_t min = 0;
  size_t max = 0;
  // Beyond min, operands come in groups of so many: 2 for "[KEY VALUE ...]".
  size_t group = 1;
};
Arity ArityOf(absl::string_view operands);

// Arguments: what was typed behind a command's name, split into operands and
// options. Those that have a type are read with a getter; the first that cannot
// be read is remembered, and asked for once, in status().
class Arguments {
 public:
  // Options may stand anywhere; behind "--" everything is an operand. An
  // operand called VALUE that is "-" stands for `input()`, at most once.
  static absl::StatusOr<Arguments> Parse(
      const Command& command, absl::Span<const std::string> words,
      absl::StatusOr<std::string> (*input)() = nullptr);

  const std::vector<std::string>& operands() const { return operands_; }
  const std::string& operand(size_t i) const { return operands_[i]; }
  // Those from the i-th on.
  absl::Span<const std::string> operands_from(size_t i) const {
    return absl::MakeConstSpan(operands_).subspan(i);
  }

  bool Has(absl::string_view option) const { return Find(option) != nullptr; }
  // The option's value; absent if it was not given. Of several, the last.
  absl::optional<std::string> Text(absl::string_view option) const;
  // Options in the order in which they were given, with their values.
  const std::vector<std::pair<std::string, std::string>>& options() const {
    return options_;
  }
  int64_t Int(absl::string_view option, int64_t otherwise);
  absl::optional<absl::Duration> Duration(absl::string_view option);

  // Reads a piece of text, which the message of an error calls `what`.
  int64_t ToInt(absl::string_view what, absl::string_view text);
  uint64_t ToVersion(absl::string_view text);
  double ToScore(absl::string_view text);
  absl::Duration ToDuration(absl::string_view text);
  // RFC 3339, or milliseconds since the epoch.
  absl::Time ToTime(absl::string_view text);

  // Remembers an error, unless there is one.
  void Fail(absl::string_view message);
  const absl::Status& status() const { return status_; }

 private:
  const std::string* Find(absl::string_view option) const;

  std::vector<std::string> operands_;
  std::vector<std::pair<std::string, std::string>> options_;
  absl::Status status_;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_ARGUMENTS_H_
