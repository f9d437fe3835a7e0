#ifndef FASTKV_CLIENTS_CLI_COMMAND_H_
#define FASTKV_CLIENTS_CLI_COMMAND_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "fastkv/v1/operation.pb.h"

namespace kv::cli {

class Arguments;
class Session;

// An option of a command: --name or --name VALUE, also --name=VALUE.
struct OptionSpec {
  absl::string_view name;
  // What stands for the value in the help. Empty: the option takes none.
  absl::string_view value;
  absl::string_view summary;
};

// Command: a row of the table that parsing, help and completion read.
struct Command {
  absl::string_view name;
  absl::string_view group;
  // As the help shows them, and as arity follows from them: "KEY [KEY ...]".
  absl::string_view operands;
  absl::string_view summary;
  absl::Span<const OptionSpec> options;

  // One of the two. Commands that are operations say which; they can stand in
  // a transaction. `operation` is theirs only if arguments.status() is OK.
  void (*to_operation)(Arguments& arguments,
                       fastkv::v1::Operation* operation) = nullptr;
  // The others do it, and print. The answer: whether it is a yes (exit code 0)
  // or a no (1).
  absl::StatusOr<bool> (*run)(Arguments& arguments, Session& session) = nullptr;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_COMMAND_H_
