#include "tcp_gateway/command/client_kill.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "store/base/number.h"
#include "tcp_gateway/command/authentication.h"
#include "tcp_gateway/command/client_list.h"

namespace kv::gateway {
namespace {

// Which clients to end: those for which all that is set holds.
struct KillFilter {
  absl::optional<int64_t> id;
  absl::optional<ClientType> type;
  absl::optional<absl::string_view> peer;
  absl::optional<absl::string_view> local;
  bool skip_me = true;

  bool Holds(const ClientSession& client) const {
    return (!id.has_value() || client.id() == static_cast<uint64_t>(*id)) &&
           (!type.has_value() || TypeOf(client) == *type) &&
           (!peer.has_value() || client.peer() == *peer) &&
           (!local.has_value() || client.local() == *local);
  }
};

// Ends the clients and returns how many there were.
int64_t Kill(CommandContext& ctx, const KillFilter& filter) {
  int64_t killed = 0;
  ctx.server().clients.ForEach([&](const ClientSession& client) {
    if (!filter.Holds(client)) return;
    if (client.id() == ctx.session().id()) {
      if (filter.skip_me) return;
      // Its reply still has to reach it.
      ctx.session().Close();
    } else {
      client.connection().Post(
          [](Session& session, ReplyWriter&) { session.Abort(); });
    }
    ++killed;
  });
  return killed;
}

// Reads one pair of words; false: an error was replied.
bool ReadPair(CommandContext& ctx, size_t at, KillFilter* filter) {
  const absl::string_view name = ctx.arg(at), value = ctx.arg(at + 1);
  const auto is = [&](absl::string_view word) {
    return absl::EqualsIgnoreCase(name, word);
  };
  if (is("ID")) {
    int64_t id = 0;
    if (!store::ParseInt64(value, &id) || id < 1) {
      ctx.ReplyError("ERR client-id should be greater than 0");
      return false;
    }
    filter->id = id;
  } else if (is("TYPE")) {
    filter->type = ParseClientType(value);
    if (!filter->type.has_value()) {
      ctx.ReplyError(
          absl::StrCat("ERR Unknown client type '", value.substr(0, 128), "'"));
      return false;
    }
  } else if (is("ADDR")) {
    filter->peer = value;
  } else if (is("LADDR")) {
    filter->local = value;
  } else if (is("USER")) {
    if (value != kDefaultUser) {
      ctx.ReplyError(
          absl::StrCat("ERR No such user '", value.substr(0, 128), "'"));
      return false;
    }
  } else if (is("SKIPME") && absl::EqualsIgnoreCase(value, "yes")) {
    filter->skip_me = true;
  } else if (is("SKIPME") && absl::EqualsIgnoreCase(value, "no")) {
    filter->skip_me = false;
  } else {
    ctx.ReplySyntaxError();
    return false;
  }
  return true;
}

}  // namespace

void ClientKill(CommandContext& ctx) {
  KillFilter filter;
  if (ctx.args() == 3) {
    filter.peer = ctx.arg(2);
    filter.skip_me = false;
    if (Kill(ctx, filter) == 0) return ctx.ReplyError("ERR No such client");
    return ctx.reply().Status("OK");
  }
  if (ctx.args() % 2 != 0) return ctx.ReplySyntaxError();
  for (size_t at = 2; at < ctx.args(); at += 2) {
    if (!ReadPair(ctx, at, &filter)) return;
  }
  ctx.reply().Integer(Kill(ctx, filter));
}

}  // namespace kv::gateway
