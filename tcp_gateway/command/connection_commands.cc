#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "store/base/number.h"
#include "tcp_gateway/command/authentication.h"
#include "tcp_gateway/command/client_names.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/wire/protocol.h"

namespace kv::gateway {
namespace {

// The session is told at once: the batch may go on in the new version. False:
// the framing is another.
bool Switch(CommandContext& ctx, int version) {
  if (!ctx.reply().SwitchToResp(version)) return false;
  ctx.session().set_protocol(version == 3 ? Protocol::kResp3
                                          : Protocol::kResp2);
  return true;
}

void Auth(CommandContext& ctx) {
  if (ctx.args() > 3) return ctx.ReplySyntaxError();
  if (ctx.args() == 2 && !ctx.server().password.required()) {
    return ctx.ReplyError(
        "ERR AUTH <password> called without any password configured for the "
        "default user. Are you sure your configuration is correct?");
  }
  const absl::string_view user = ctx.args() == 3 ? ctx.arg(1) : kDefaultUser;
  if (Authenticate(ctx, user, ctx.arg(ctx.args() - 1))) {
    ctx.reply().Status("OK");
  }
}

void Echo(CommandContext& ctx) { ctx.reply().Bulk(ctx.arg(1)); }

// The words behind HELLO's version.
struct HelloOptions {
  absl::optional<absl::string_view> user;
  absl::string_view password;
  absl::optional<absl::string_view> name;
};

// False: an error was replied.
bool ReadHelloOptions(CommandContext& ctx, HelloOptions* options) {
  for (size_t i = 2; i < ctx.args(); ++i) {
    const size_t more = ctx.args() - 1 - i;
    if (absl::EqualsIgnoreCase(ctx.arg(i), "AUTH") && more >= 2) {
      options->user = ctx.arg(++i);
      options->password = ctx.arg(++i);
    } else if (absl::EqualsIgnoreCase(ctx.arg(i), "SETNAME") && more >= 1) {
      options->name = ctx.arg(++i);
      if (!IsClientName(*options->name)) {
        ctx.ReplyError(kBadClientName);
        return false;
      }
    } else {
      ctx.ReplyError(absl::StrCat("ERR Syntax error in HELLO option '",
                                  ctx.arg(i).substr(0, 128), "'"));
      return false;
    }
  }
  return true;
}

void SetName(ClientSession& session, absl::string_view name) {
  ClientNames names = session.names();
  names.client = std::string(name);
  session.set_names(std::move(names));
}

void DescribeServer(CommandContext& ctx, int64_t protocol) {
  ReplyWriter& reply = ctx.reply();
  reply.Map(7);
  reply.Bulk("server");
  reply.Bulk("redis");
  reply.Bulk("version");
  reply.Bulk(kRedisVersion);
  reply.Bulk("proto");
  reply.Integer(protocol);
  reply.Bulk("id");
  reply.Integer(static_cast<int64_t>(ctx.session().id()));
  reply.Bulk("mode");
  reply.Bulk("standalone");
  reply.Bulk("role");
  reply.Bulk("master");
  reply.Bulk("modules");
  reply.Array(0);
}

void Hello(CommandContext& ctx) {
  constexpr absl::string_view kNoProtocol =
      "NOPROTO unsupported protocol version";
  int64_t version = ctx.session().protocol() == Protocol::kResp3 ? 3 : 2;
  if (ctx.args() > 1) {
    if (!store::ParseInt64(ctx.arg(1), &version)) {
      return ctx.ReplyError(
          "ERR Protocol version is not an integer or out of range");
    }
    if (version != 2 && version != 3) return ctx.ReplyError(kNoProtocol);
  }
  HelloOptions options;
  if (!ReadHelloOptions(ctx, &options)) return;
  if (options.user.has_value() &&
      !Authenticate(ctx, *options.user, options.password)) {
    return;
  }
  if (!ctx.session().authenticated()) {
    return ctx.ReplyError(
        "NOAUTH HELLO must be called with the client already authenticated, "
        "otherwise the HELLO <proto> AUTH <user> <pass> option can be used to "
        "authenticate the client and select the RESP protocol version at the "
        "same time");
  }
  // A connection in another framing stays in it.
  if (ctx.args() > 1 && !Switch(ctx, static_cast<int>(version))) {
    return ctx.ReplyError(kNoProtocol);
  }
  if (options.name.has_value()) SetName(ctx.session(), *options.name);
  DescribeServer(ctx, version);
}

void Ping(CommandContext& ctx) {
  if (ctx.args() > 2) return ctx.ReplyWrongArity();
  if (ctx.session().is_confined_to_listening()) {
    // In the shape of a message, which is all that the client expects.
    ctx.reply().Array(2);
    ctx.reply().Bulk("pong");
    return ctx.reply().Bulk(ctx.args() == 2 ? ctx.arg(1) : "");
  }
  if (ctx.args() == 2) return ctx.reply().Bulk(ctx.arg(1));
  ctx.reply().Status("PONG");
}

void Quit(CommandContext& ctx) {
  ctx.reply().Status("OK");
  ctx.session().Close();
}

// The connection becomes as it was when it was new.
void Reset(CommandContext& ctx) {
  ClientSession& session = ctx.session();
  session.ForgetTransaction();
  session.set_db(0);
  session.set_names({});
  session.set_reply_mode(ReplyMode::kOn);
  session.EndMonitoring();
  session.EndSubscriptions();
  session.Mark(kNoEvict, false);
  session.Mark(kNoTouch, false);
  session.set_authenticated(!ctx.server().password.required());
  // Changes nothing where the framing is another.
  (void)Switch(ctx, 2);
  ctx.reply().Status("RESET");
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"auth", "[username] password", "Authenticates the connection.",
     G::kConnection, -2, kFast | kNoAuth | kSecret, Scope::kNone, kNoKeys, Auth},
    {"echo", "message", "Returns the message.",
     G::kConnection, 2, kFast, Scope::kNone, kNoKeys, Echo},
    {"hello", "[protover [AUTH username password] [SETNAME clientname]]",
     "Describes the server, and chooses the version of RESP.",
     G::kConnection, -1, kFast | kNoAuth | kSecret, Scope::kNone, kNoKeys, Hello},
    {"ping", "[message]", "Returns PONG, or the message.",
     G::kConnection, -1, kFast | kWhileSubscribed, Scope::kNone, kNoKeys, Ping},
    {"quit", "", "Closes the connection after the reply.",
     G::kConnection, -1, kFast | kNoAuth | kImmediate | kWhileSubscribed,
     Scope::kNone, kNoKeys, Quit},
    {"reset", "", "Makes the connection as it was when it was new.",
     G::kConnection, 1, kFast | kNoAuth | kImmediate | kWhileSubscribed,
     Scope::kNone, kNoKeys, Reset},
};
// clang-format on

}  // namespace

absl::Span<const Command> ConnectionCommands() { return kCommands; }

}  // namespace kv::gateway
