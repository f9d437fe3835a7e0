#include "tcp_gateway/command/subcommand_help.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/command_table.h"

namespace kv::gateway {

void ReplySubcommandHelp(CommandContext& ctx) {
  const absl::string_view full_name = ctx.command().name;
  const size_t bar = full_name.find('|');
  const Command& command = *FindCommand(full_name.substr(0, bar));
  ctx.reply().Array(1 + 2 * command.subcommands.size());
  ctx.reply().Status(absl::StrCat(
      absl::AsciiStrToUpper(command.name),
      " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  for (const Command& row : command.subcommands) {
    std::string usage = absl::AsciiStrToUpper(row.name.substr(bar + 1));
    if (!row.arguments.empty()) absl::StrAppend(&usage, " ", row.arguments);
    ctx.reply().Status(usage);
    ctx.reply().Status(absl::StrCat("    ", row.summary));
  }
}

}  // namespace kv::gateway
