#include <algorithm>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "store/base/glob.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/config_parameters.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

void Get(CommandContext& ctx) {
  std::vector<std::string> patterns;
  for (const absl::string_view pattern : ctx.args_from(2)) {
    patterns.push_back(absl::AsciiStrToLower(pattern));
  }
  std::vector<const ConfigParameter*> found;
  for (const ConfigParameter& parameter : ConfigParameters()) {
    if (absl::c_any_of(patterns, [&](absl::string_view pattern) {
          return store::GlobMatches(pattern, parameter.name);
        })) {
      found.push_back(&parameter);
    }
  }
  ctx.reply().Map(found.size());
  for (const ConfigParameter* parameter : found) {
    ctx.reply().Bulk(parameter->name);
    ctx.reply().Bulk(parameter->get(ctx.server()));
  }
}

void ReplySetFailed(CommandContext& ctx, absl::string_view name,
                    absl::string_view why) {
  ctx.ReplyError(
      absl::StrCat("ERR CONFIG SET failed (possibly related to argument '",
                   name, "') - ", why));
}

// All or nothing: everything is checked before anything is set.
void Set(CommandContext& ctx) {
  if (ctx.args() % 2 != 0) return ctx.ReplyWrongArity();
  std::vector<const ConfigParameter*> parameters;
  for (size_t i = 2; i < ctx.args(); i += 2) {
    const ConfigParameter* parameter = FindConfigParameter(ctx.arg(i));
    if (parameter == nullptr) {
      return ctx.ReplyError(absl::StrCat(
          "ERR Unknown option or number of arguments for CONFIG SET - '",
          ctx.arg(i).substr(0, 128), "'"));
    }
    if (absl::c_linear_search(parameters, parameter)) {
      return ReplySetFailed(ctx, parameter->name, "duplicate parameter");
    }
    parameters.push_back(parameter);
    const absl::string_view value = ctx.arg(i + 1);
    if (parameter->check == nullptr) {
      if (value == parameter->get(ctx.server())) continue;
      return ReplySetFailed(ctx, parameter->name, "can't set immutable config");
    }
    const std::string why = parameter->check(ctx.server(), value);
    if (!why.empty()) return ReplySetFailed(ctx, parameter->name, why);
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i]->set != nullptr) {
      parameters[i]->set(ctx.server(), ctx.arg(3 + 2 * i));
    }
  }
  ctx.reply().Status("OK");
}

void ResetStat(CommandContext& ctx) {
  ctx.server().ResetStatistics();
  ctx.reply().Status("OK");
}

void Rewrite(CommandContext& ctx) {
  ctx.ReplyError("ERR The server is running without a config file");
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"config|get", "parameter [parameter ...]", "Returns the parameters that match.",
     G::kServer, -3, kAdmin, Scope::kNone, kNoKeys, Get},
    {"config|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"config|resetstat", "", "Sets the statistics of commands, errors and traffic to zero.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, ResetStat},
    {"config|rewrite", "", "Refused: parameters come from the command line.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Rewrite},
    {"config|set", "parameter value [parameter value ...]", "Sets parameters.",
     G::kServer, -4, kAdmin | kSecret, Scope::kNone, kNoKeys, Set},
};

constexpr Command kCommands[] = {
    {"config", "subcommand", "About the server's parameters.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> ConfigCommands() { return kCommands; }

}  // namespace kv::gateway
