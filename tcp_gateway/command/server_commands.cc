#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/info.h"

namespace kv::gateway {
namespace {

std::string Usage(const Command& command) {
  std::string usage = absl::AsciiStrToUpper(command.name);
  if (!command.arguments.empty())
    absl::StrAppend(&usage, " ", command.arguments);
  return absl::StrCat(usage, " - ", command.summary);
}

void Help(CommandContext& ctx) {
  if (ctx.args() > 2) return ctx.ReplyWrongArity();
  if (ctx.args() == 2) {
    const Command* command = FindCommand(ctx.arg(1));
    if (command == nullptr) {
      return ctx.ReplyError(absl::StrCat("ERR unknown command '",
                                         ctx.arg(1).substr(0, 128), "'"));
    }
    ctx.reply().Array(1);
    return ctx.reply().Bulk(Usage(*command));
  }
  ctx.reply().Array(AllCommands().size());
  for (const Command* command : AllCommands()) {
    ctx.reply().Bulk(Usage(*command));
  }
}

void Info(CommandContext& ctx) {
  ctx.reply().Verbatim("txt", RenderInfo(ctx.server(), ctx.now(),
                                         ctx.args_from(1), ctx.within()));
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"help", "[command]", "Describes the commands.",
     G::kServer, -1, kReadOnly, Scope::kNone, kNoKeys, Help},
    {"info", "[section ...]", "Describes the server's state.",
     G::kServer, -1, kReadOnly, Scope::kWalk, kNoKeys, Info},
};
// clang-format on

}  // namespace

absl::Span<const Command> ServerCommands() { return kCommands; }

}  // namespace kv::gateway
