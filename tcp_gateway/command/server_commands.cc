#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "store/durable/log.h"
#include "tcp_gateway/command/arg_reader.h"
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

void Lolwut(CommandContext& ctx) {
  ctx.reply().Verbatim(
      "txt", absl::StrCat("Keys and values, nothing else.\nFastKV ver. ",
                          ctx.server().DescribeProcess().version,
                          ", as Redis ver. ", kRedisVersion, "\n"));
}

void Monitor(CommandContext& ctx) {
  if (ctx.in_multi()) {
    return ctx.ReplyError("ERR MONITOR is not allowed in transactions");
  }
  ctx.session().BeginMonitoring(ctx.server().monitors);
  ctx.reply().Status("OK");
}

// There are no replicas.
void Role(CommandContext& ctx) {
  ctx.reply().Array(3);
  ctx.reply().Bulk("master");
  ctx.reply().Integer(0);
  ctx.reply().Array(0);
}

// The server ends and so answers nothing, unless it cannot.
void Shutdown(CommandContext& ctx) {
  bool abort = false, save = false, nosave = false;
  ArgReader args(ctx, 1);
  while (args.HasNext()) {
    if (args.Match("ABORT")) {
      abort = true;
    } else if (args.Match("SAVE")) {
      save = true;
    } else if (args.Match("NOSAVE")) {
      nosave = true;
    } else if (!args.Match("NOW") && !args.Match("FORCE")) {
      args.Fail();
    }
  }
  if ((abort && ctx.args() > 2) || (save && nosave)) args.Fail();
  if (!args.Finish()) return;
  if (abort) return ctx.ReplyError("ERR No shutdown in progress.");
  // A success here would be taken to mean that the data is safe. A log is, and
  // is complete at the end.
  if (save && ctx.server().engine.log() == nullptr) {
    return ctx.ReplyError("ERR nothing can be saved: use SHUTDOWN NOSAVE");
  }
  if (!ctx.server().shutdown) {
    return ctx.ReplyError("ERR Errors trying to SHUTDOWN. Check logs.");
  }
  ctx.server().shutdown();
  ctx.session().Close();
}

void Time(CommandContext& ctx) {
  ctx.reply().Array(2);
  ctx.reply().Bulk(absl::StrCat(ctx.now() / 1000));
  // Requests are admitted by a clock that counts milliseconds.
  ctx.reply().Bulk(absl::StrCat(ctx.now() % 1000 * 1000));
}

// There are no replicas to wait for, however long.
void Wait(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  args.Int();
  if (args.Int("ERR timeout is not an integer or out of range") < 0) {
    args.Fail("ERR timeout is negative");
  }
  if (args.Finish()) ctx.reply().Integer(0);
}

void WaitAof(CommandContext& ctx) {
  ArgReader args(ctx, 1);
  constexpr absl::string_view kNotABit =
      "ERR value is out of range, value must between 0 and 1";
  const int64_t local = args.Int();
  if (local < 0 || local > 1) args.Fail(kNotABit);
  if (args.Int() < 0) {
    args.Fail("ERR value is out of range, must be positive");
  }
  if (args.Int("ERR timeout is not an integer or out of range") < 0) {
    args.Fail("ERR timeout is negative");
  }
  const store::Log* log = ctx.server().engine.log();
  if (local == 1 && log == nullptr) {
    args.Fail(
        "ERR WAITAOF cannot be used when numlocal is set but appendonly is "
        "disabled.");
  } else if (local == 1 && log->fsync() != store::FsyncPolicy::kAlways) {
    args.Fail("ERR WAITAOF with numlocal 1 needs --fsync=always");
  }
  if (!args.Finish()) return;
  // With `always` replies leave in their order, each when it is durable: who
  // reads this one knows that all before it is.
  ctx.reply().Array(2);
  ctx.reply().Integer(local);
  ctx.reply().Integer(0);
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"help", "[command]", "Describes the commands.",
     G::kServer, -1, 0, Scope::kNone, kNoKeys, Help},
    {"info", "[section [section ...]]", "Describes the server's state.",
     G::kServer, -1, 0, Scope::kWalk, kNoKeys, Info},
    {"lolwut", "[VERSION version]", "Shows the version, for people.",
     G::kServer, -1, kReadOnly | kFast, Scope::kNone, kNoKeys, Lolwut},
    {"monitor", "", "Shows every command that is executed from now on.",
     G::kServer, 1, kAdmin, Scope::kNone, kNoKeys, Monitor},
    {"role", "", "Says that the server is a master without replicas.",
     G::kServer, 1, kFast, Scope::kNone, kNoKeys, Role},
    {"shutdown", "[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]", "Ends the server, in good order.",
     G::kServer, -1, kAdmin | kNoMulti, Scope::kNone, kNoKeys, Shutdown},
    {"time", "", "Returns the server's clock: seconds and microseconds.",
     G::kServer, 1, kFast, Scope::kNone, kNoKeys, Time},
    {"wait", "numreplicas timeout", "Returns 0: there are no replicas.",
     G::kKey, 3, 0, Scope::kNone, kNoKeys, Wait},
    {"waitaof", "numlocal numreplicas timeout", "Returns whether what this client wrote is on disk, and 0 replicas.",
     G::kKey, 4, 0, Scope::kNone, kNoKeys, WaitAof},
};
// clang-format on

}  // namespace

absl::Span<const Command> ServerCommands() { return kCommands; }

}  // namespace kv::gateway
