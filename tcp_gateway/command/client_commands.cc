#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/client_kill.h"
#include "tcp_gateway/command/client_list.h"
#include "tcp_gateway/command/client_names.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

bool Is(absl::string_view arg, absl::string_view word) {
  return absl::EqualsIgnoreCase(arg, word);
}

void Id(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(ctx.session().id()));
}

void Info(CommandContext& ctx) {
  ctx.session().Publish(ctx.now(), &ctx.command());
  ctx.reply().Verbatim(
      "txt", absl::StrCat(DescribeClient(ctx.session(), ctx.now()), "\n"));
}

void ListOfIds(CommandContext& ctx) {
  std::vector<uint64_t> ids;
  for (size_t i = 3; i < ctx.args(); ++i) {
    int64_t id = 0;
    if (!store::ParseInt64(ctx.arg(i), &id)) {
      return ctx.ReplyError("ERR Invalid client ID");
    }
    ids.push_back(static_cast<uint64_t>(id));
  }
  ctx.reply().Verbatim("txt", DescribeClients(ctx.server().clients, ctx.now(),
                                              [&](const ClientSession& client) {
                                                return absl::c_linear_search(
                                                    ids, client.id());
                                              }));
}

void List(CommandContext& ctx) {
  ctx.session().Publish(ctx.now(), &ctx.command());
  if (ctx.args() > 3 && Is(ctx.arg(2), "ID")) return ListOfIds(ctx);
  absl::optional<ClientType> type;
  if (ctx.args() == 4 && Is(ctx.arg(2), "TYPE")) {
    type = ParseClientType(ctx.arg(3));
    if (!type.has_value()) {
      return ctx.ReplyError(absl::StrCat("ERR Unknown client type '",
                                         ctx.arg(3).substr(0, 128), "'"));
    }
  } else if (ctx.args() != 2) {
    return ctx.ReplySyntaxError();
  }
  ctx.reply().Verbatim("txt", DescribeClients(ctx.server().clients, ctx.now(),
                                              [&](const ClientSession& client) {
                                                return !type.has_value() ||
                                                       TypeOf(client) == *type;
                                              }));
}

void GetName(CommandContext& ctx) {
  const std::string name = ctx.session().names().client;
  if (name.empty()) return ctx.reply().Null();
  ctx.reply().Bulk(name);
}

void SetName(CommandContext& ctx) {
  if (!IsClientName(ctx.arg(2))) return ctx.ReplyError(kBadClientName);
  ClientNames names = ctx.session().names();
  names.client = std::string(ctx.arg(2));
  ctx.session().set_names(std::move(names));
  ctx.reply().Status("OK");
}

void SetInfo(CommandContext& ctx) {
  ClientNames names = ctx.session().names();
  const bool is_name = Is(ctx.arg(2), "LIB-NAME");
  if (!is_name && !Is(ctx.arg(2), "LIB-VER")) {
    return ctx.ReplyError(absl::StrCat("ERR Unrecognized option '",
                                       ctx.arg(2).substr(0, 128), "'"));
  }
  if (!IsClientName(ctx.arg(3))) {
    return ctx.ReplyError(
        is_name ? "ERR lib-name cannot contain spaces, newlines or special "
                  "characters."
                : "ERR lib-ver cannot contain spaces, newlines or special "
                  "characters.");
  }
  (is_name ? names.lib_name : names.lib_version) = std::string(ctx.arg(3));
  ctx.session().set_names(std::move(names));
  ctx.reply().Status("OK");
}

void Pause(CommandContext& ctx) {
  bool writes_only = false;
  if (ctx.args() > 4) return ctx.ReplySyntaxError();
  if (ctx.args() == 4) {
    writes_only = Is(ctx.arg(3), "WRITE");
    if (!writes_only && !Is(ctx.arg(3), "ALL")) {
      return ctx.ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL");
    }
  }
  int64_t timeout_ms = 0, until = 0;
  if (!store::ParseInt64(ctx.arg(2), &timeout_ms)) {
    return ctx.ReplyError("ERR timeout is not an integer or out of range");
  }
  if (timeout_ms < 0) return ctx.ReplyError("ERR timeout is negative");
  if (__builtin_add_overflow(timeout_ms, ctx.now(), &until)) {
    return ctx.ReplyError("ERR timeout is out of range");
  }
  ctx.server().pause.Begin(until, writes_only);
  ctx.reply().Status("OK");
}

void Unpause(CommandContext& ctx) {
  ctx.server().pause.End();
  ctx.server().clients.ForEach([](const ClientSession& client) {
    client.connection().Post([](Session& session, ReplyWriter&) {
      static_cast<ClientSession&>(session).EndPostponement();
    });
  });
  ctx.reply().Status("OK");
}

// ON answers; the others are about there being no answers.
void Reply(CommandContext& ctx) {
  ClientSession& session = ctx.session();
  if (Is(ctx.arg(2), "ON")) {
    session.set_reply_mode(ReplyMode::kOn);
    return ctx.reply().Status("OK");
  }
  if (Is(ctx.arg(2), "OFF")) return session.set_reply_mode(ReplyMode::kOff);
  if (!Is(ctx.arg(2), "SKIP")) return ctx.ReplySyntaxError();
  if (session.reply_mode() == ReplyMode::kOn) {
    session.set_reply_mode(ReplyMode::kSkipNext);
  }
}

void SetMark(CommandContext& ctx, ClientMarks mark) {
  const bool on = Is(ctx.arg(2), "ON");
  if (!on && !Is(ctx.arg(2), "OFF")) return ctx.ReplySyntaxError();
  ctx.session().Mark(mark, on);
  ctx.reply().Status("OK");
}
void NoEvict(CommandContext& ctx) { SetMark(ctx, kNoEvict); }
void NoTouch(CommandContext& ctx) { SetMark(ctx, kNoTouch); }

// A client that caches what it is not told about would read stale values.
void Tracking(CommandContext& ctx) {
  if (Is(ctx.arg(2), "OFF")) return ctx.reply().Status("OK");
  if (!Is(ctx.arg(2), "ON")) return ctx.ReplySyntaxError();
  ctx.ReplyError("ERR client tracking is not supported");
}

void TrackingInfo(CommandContext& ctx) {
  ctx.reply().Map(3);
  ctx.reply().Bulk("flags");
  ctx.reply().Set(1);
  ctx.reply().Bulk("off");
  ctx.reply().Bulk("redirect");
  ctx.reply().Integer(-1);
  ctx.reply().Bulk("prefixes");
  ctx.reply().Array(0);
}

void Caching(CommandContext& ctx) {
  ctx.ReplyError(
      "ERR CLIENT CACHING can be called only when the client is in tracking "
      "mode with OPTIN or OPTOUT mode enabled");
}

void GetRedir(CommandContext& ctx) { ctx.reply().Integer(-1); }

void Unblock(CommandContext& ctx) {
  bool with_error = false;
  if (ctx.args() > 4) return ctx.ReplyWrongArity();
  if (ctx.args() == 4) {
    with_error = Is(ctx.arg(3), "ERROR");
    if (!with_error && !Is(ctx.arg(3), "TIMEOUT")) {
      return ctx.ReplyError(
          "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
  }
  ArgReader args(ctx, 2);
  const int64_t id = args.Int();
  if (!args.Finish()) return;
  bool unblocked = false;
  ctx.server().clients.Visit(id, [&](const ClientSession& client) {
    if ((client.marks() & kBlocked) == 0) return;
    unblocked = true;
    client.connection().Post([with_error](Session& base, ReplyWriter& writer) {
      ClientSession& session = static_cast<ClientSession&>(base);
      // It may have been answered meanwhile.
      if ((session.marks() & kBlocked) == 0) return;
      session.Unblock(with_error, writer);
    });
  });
  ctx.reply().Integer(unblocked);
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"client|caching", "<YES | NO>", "Refused: there is no tracking.",
     G::kConnection, 3, 0, Scope::kNone, kNoKeys, Caching},
    {"client|getname", "", "Returns the connection's name.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, GetName},
    {"client|getredir", "", "Returns -1: there is no tracking.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, GetRedir},
    {"client|help", "", "Describes the subcommands.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"client|id", "", "Returns the connection's number.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, Id},
    {"client|info", "", "Describes the connection.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, Info},
    {"client|kill",
     "<ip:port | [ID client-id] [TYPE type] [USER username] [ADDR ip:port] [LADDR ip:port] [SKIPME <YES | NO>]>",
     "Closes connections.",
     G::kConnection, -3, kAdmin, Scope::kNone, kNoKeys, ClientKill},
    {"client|list", "[TYPE type] [ID client-id [client-id ...]]",
     "Describes the open connections.",
     G::kConnection, -2, kAdmin, Scope::kNone, kNoKeys, List},
    {"client|no-evict", "<ON | OFF>", "Exempts the connection from eviction.",
     G::kConnection, 3, kAdmin, Scope::kNone, kNoKeys, NoEvict},
    {"client|no-touch", "<ON | OFF>", "Lets the connection read without leaving a trace.",
     G::kConnection, 3, 0, Scope::kNone, kNoKeys, NoTouch},
    {"client|pause", "timeout [WRITE | ALL]", "Holds back commands for a time.",
     G::kConnection, -3, kAdmin, Scope::kNone, kNoKeys, Pause},
    {"client|reply", "<ON | OFF | SKIP>", "Chooses whether commands are answered.",
     G::kConnection, 3, kImmediate, Scope::kNone, kNoKeys, Reply},
    {"client|setinfo", "<LIB-NAME libname | LIB-VER libver>",
     "Names the client's library or its version.",
     G::kConnection, 4, 0, Scope::kNone, kNoKeys, SetInfo},
    {"client|setname", "connection-name", "Names the connection.",
     G::kConnection, 3, 0, Scope::kNone, kNoKeys, SetName},
    {"client|tracking", "<ON | OFF>", "OFF, or refused: there is no tracking.",
     G::kConnection, -3, 0, Scope::kNone, kNoKeys, Tracking},
    {"client|trackinginfo", "", "Says that there is no tracking.",
     G::kConnection, 2, 0, Scope::kNone, kNoKeys, TrackingInfo},
    {"client|unblock", "client-id [TIMEOUT | ERROR]", "Ends the wait of a blocked client.",
     G::kConnection, -3, kAdmin, Scope::kNone, kNoKeys, Unblock},
    {"client|unpause", "", "Ends CLIENT PAUSE.",
     G::kConnection, 2, kAdmin, Scope::kNone, kNoKeys, Unpause},
};

constexpr Command kCommands[] = {
    {"client", "subcommand", "About connections.",
     G::kConnection, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> ClientCommands() { return kCommands; }

}  // namespace kv::gateway
