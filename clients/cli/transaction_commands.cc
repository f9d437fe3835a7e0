#include <string>
#include <utility>

#include "absl/types/span.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command_groups.h"
#include "clients/cli/commands.h"
#include "clients/cli/compare_text.h"
#include "clients/cli/message_json.h"
#include "clients/cli/session.h"
#include "clients/cpp/transaction.h"

namespace kv::cli {
namespace {

absl::Status AddPart(const std::string& option, const std::string& text,
                     fastkv::Transaction* transaction) {
  if (option == "if") {
    auto compare = ParseCompare(text);
    if (!compare.ok()) return compare.status();
    transaction->If(*std::move(compare));
    return absl::OkStatus();
  }
  auto operation = ParseOperation(text);
  if (!operation.ok()) return operation.status();
  if (option == "then") {
    transaction->Then(*std::move(operation));
  } else {
    transaction->Else(*std::move(operation));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RunTxn(Arguments& arguments, Session& session) {
  fastkv::Transaction transaction;
  for (const auto& [option, text] : arguments.options()) {
    const absl::Status added = AddPart(option, text, &transaction);
    if (!added.ok()) return added;
  }
  const auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Execute(transaction);
  if (!response.ok()) return response.status();
  session.Print(
      session.options().json
          ? ToJson(*response) + "\n"
          : ToText(transaction.request(), *response, session.bytes_style()));
  return response->succeeded();
}

constexpr OptionSpec kTxnOptions[] = {
    {"if", "COMPARE",
     "\"exists K\", \"absent K\", \"version K = 7\", \"value K = v\", "
     "\"type K = string\", \"score K M > 1\""},
    {"then", "COMMAND", "what to do if all of them hold: \"set k v\""},
    {"else", "COMMAND", "what to do if one does not"}};

constexpr Command kCommands[] = {
    {"txn", "transactions", "",
     "runs commands at once; give each option as often as needed", kTxnOptions,
     nullptr, RunTxn},
};

}  // namespace

absl::Span<const Command> TransactionCommands() { return kCommands; }

}  // namespace kv::cli
