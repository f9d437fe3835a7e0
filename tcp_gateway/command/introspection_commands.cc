#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "store/base/glob.h"
#include "tcp_gateway/command/acl_categories.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_description.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/request_keys.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

// "get", or "client|id"; null if there is none.
const Command* FindByFullName(absl::string_view name) {
  const size_t bar = name.find('|');
  const Command* command = FindCommand(name.substr(0, bar));
  if (command == nullptr || bar == absl::string_view::npos) return command;
  return FindSubcommand(*command, name.substr(bar + 1));
}

void All(CommandContext& ctx) {
  if (ctx.args() > 1) return ctx.ReplyWrongArity();
  ctx.reply().Array(AllCommands().size());
  for (const Command* command : AllCommands()) {
    ReplyCommandInfo(*command, ctx.reply());
  }
}

void Count(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(AllCommands().size()));
}

void Info(CommandContext& ctx) {
  if (ctx.args() == 2) {
    ctx.reply().Array(AllCommands().size());
    for (const Command* command : AllCommands()) {
      ReplyCommandInfo(*command, ctx.reply());
    }
    return;
  }
  ctx.reply().Array(ctx.args() - 2);
  for (const absl::string_view name : ctx.args_from(2)) {
    const Command* command = FindByFullName(name);
    if (command == nullptr) {
      ctx.reply().Null();
    } else {
      ReplyCommandInfo(*command, ctx.reply());
    }
  }
}

void Docs(CommandContext& ctx) {
  std::vector<const Command*> wanted;
  for (const absl::string_view name : ctx.args_from(2)) {
    const Command* command = FindByFullName(name);
    if (command != nullptr) wanted.push_back(command);
  }
  if (ctx.args() == 2) {
    wanted.assign(AllCommands().begin(), AllCommands().end());
  }
  ctx.reply().Map(wanted.size());
  for (const Command* command : wanted) {
    ctx.reply().Bulk(command->name);
    ReplyCommandDocs(*command, ctx.reply());
  }
}

// The names that match a glob, those of subcommands too.
std::vector<absl::string_view> NamesLike(absl::string_view pattern) {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < CommandCount(); ++i) {
    const absl::string_view name = CommandAt(i).name;
    if (store::GlobMatches(pattern, name)) names.push_back(name);
  }
  return names;
}

void List(CommandContext& ctx) {
  if (ctx.args() == 2) return ctx.ReplyNames(NamesLike("*"));
  if (ctx.args() != 5 || !absl::EqualsIgnoreCase(ctx.arg(2), "FILTERBY")) {
    return ctx.ReplySyntaxError();
  }
  const std::string value = absl::AsciiStrToLower(ctx.arg(4));
  if (absl::EqualsIgnoreCase(ctx.arg(3), "ACLCAT")) {
    return ctx.ReplyNames(CommandsInCategory(value));
  }
  if (absl::EqualsIgnoreCase(ctx.arg(3), "PATTERN")) {
    return ctx.ReplyNames(NamesLike(value));
  }
  if (absl::EqualsIgnoreCase(ctx.arg(3), "MODULE")) {
    return ctx.reply().Array(0);  // there are no modules
  }
  ctx.ReplySyntaxError();
}

// The keys of the command line that begins at argument 2. Null, and an error
// was replied, if it has none.
const Command* FindKeys(CommandContext& ctx, KeyList* keys) {
  const absl::Span<const absl::string_view> args = ctx.args_from(2);
  const Command* command = FindRequested(args);
  if (command == nullptr) {
    ctx.ReplyError("ERR Invalid command specified");
  } else if (command->keys == kNoKeys || command->HasChannels()) {
    ctx.ReplyError("ERR The command has no key arguments");
  } else if (!command->AcceptsArity(args.size())) {
    ctx.ReplyError("ERR Invalid number of arguments specified for command");
  } else if (!AppendKeys(*command, args, /*db=*/0, keys)) {
    ctx.ReplyError("ERR Invalid arguments specified for command");
  } else {
    return command;
  }
  return nullptr;
}

void GetKeys(CommandContext& ctx) {
  KeyList keys;
  if (FindKeys(ctx, &keys) == nullptr) return;
  ctx.reply().Array(keys.size());
  for (const store::Key& key : keys) ctx.reply().Bulk(key.bytes);
}

void GetKeysAndFlags(CommandContext& ctx) {
  KeyList keys;
  const Command* command = FindKeys(ctx, &keys);
  if (command == nullptr) return;
  ctx.reply().Array(keys.size());
  for (const store::Key& key : keys) {
    ctx.reply().Array(2);
    ctx.reply().Bulk(key.bytes);
    ReplyKeyFlags(*command, ctx.reply());
  }
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"command|count", "", "Returns the number of commands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, Count},
    {"command|docs", "[command-name [command-name ...]]", "Describes commands for people.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, Docs},
    {"command|getkeys", "command [arg [arg ...]]", "Returns the keys of a command line.",
     G::kServer, -3, 0, Scope::kNone, kNoKeys, GetKeys},
    {"command|getkeysandflags", "command [arg [arg ...]]",
     "Returns the keys of a command line, and what it does to them.",
     G::kServer, -3, 0, Scope::kNone, kNoKeys, GetKeysAndFlags},
    {"command|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"command|info", "[command-name [command-name ...]]", "Describes commands for clients.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, Info},
    {"command|list", "[FILTERBY <MODULE name | ACLCAT category | PATTERN pattern>]",
     "Lists the names of commands.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, List},
};

constexpr Command kCommands[] = {
    {"command", "[subcommand]", "Describes all commands for clients.",
     G::kServer, -1, 0, Scope::kNone, kNoKeys, All, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> IntrospectionCommands() { return kCommands; }

}  // namespace kv::gateway
