#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/acl_categories.h"
#include "tcp_gateway/command/authentication.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

void Cat(CommandContext& ctx) {
  if (ctx.args() > 3) return ctx.ReplyWrongArity();
  if (ctx.args() == 2) return ctx.ReplyNames(AclCategories());
  const std::string category = absl::AsciiStrToLower(ctx.arg(2));
  if (!absl::c_linear_search(AclCategories(), category)) {
    return ctx.ReplyError(
        absl::StrCat("ERR Unknown category '", ctx.arg(2).substr(0, 128), "'"));
  }
  ctx.ReplyNames(CommandsInCategory(category));
}

void GetUser(CommandContext& ctx) {
  if (ctx.arg(2) != kDefaultUser) return ctx.reply().NullArray();
  const Password& password = ctx.server().password;
  ReplyWriter& reply = ctx.reply();
  reply.Map(6);
  reply.Bulk("flags");
  reply.Set(password.required() ? 1 : 2);
  reply.Bulk("on");
  if (!password.required()) reply.Bulk("nopass");
  reply.Bulk("passwords");
  reply.Array(password.required() ? 1 : 0);
  if (password.required()) reply.Bulk(password.DigestHex());
  reply.Bulk("commands");
  reply.Bulk("+@all");
  reply.Bulk("keys");
  reply.Bulk("~*");
  reply.Bulk("channels");
  reply.Bulk("&*");
  reply.Bulk("selectors");
  reply.Array(0);
}

void List(CommandContext& ctx) {
  const Password& password = ctx.server().password;
  ctx.reply().Array(1);
  ctx.reply().Bulk(absl::StrCat(
      "user ", kDefaultUser, " on ",
      password.required() ? absl::StrCat("#", password.DigestHex()) : "nopass",
      " ~* &* +@all"));
}

void Users(CommandContext& ctx) {
  ctx.reply().Array(1);
  ctx.reply().Bulk(kDefaultUser);
}

void WhoAmI(CommandContext& ctx) { ctx.reply().Bulk(kDefaultUser); }

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"acl|cat", "[category]", "Lists the categories, or the commands of one.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, Cat},
    {"acl|getuser", "username", "Describes a user.",
     G::kServer, 3, kAdmin, Scope::kNone, kNoKeys, GetUser},
    {"acl|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"acl|list", "", "Lists the rules of each user.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, List},
    {"acl|users", "", "Lists the users.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Users},
    {"acl|whoami", "", "Returns the connection's user.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, WhoAmI},
};

constexpr Command kCommands[] = {
    {"acl", "subcommand", "About users and what they may do.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> AclCommands() { return kCommands; }

}  // namespace kv::gateway
