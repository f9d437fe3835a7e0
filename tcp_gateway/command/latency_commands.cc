#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/subcommand_help.h"

namespace kv::gateway {
namespace {

using Event = LatencyMonitor::Event;

// The event of that name; one without samples if there is none.
Event FindEvent(CommandContext& ctx, absl::string_view name) {
  for (Event& event : ctx.server().latency.Events()) {
    if (event.name == name) return std::move(event);
  }
  return {};
}

void Latest(CommandContext& ctx) {
  const std::vector<Event> events = ctx.server().latency.Events();
  ctx.reply().Array(events.size());
  for (const Event& event : events) {
    ctx.reply().Array(4);
    ctx.reply().Bulk(event.name);
    ctx.reply().Integer(event.samples.back().unix_seconds);
    ctx.reply().Integer(event.samples.back().latency_ms);
    ctx.reply().Integer(event.max_ms);
  }
}

void History(CommandContext& ctx) {
  const Event event = FindEvent(ctx, ctx.arg(2));
  ctx.reply().Array(event.samples.size());
  for (const LatencyMonitor::Sample& sample : event.samples) {
    ctx.reply().Array(2);
    ctx.reply().Integer(sample.unix_seconds);
    ctx.reply().Integer(sample.latency_ms);
  }
}

void Reset(CommandContext& ctx) {
  ctx.reply().Integer(
      static_cast<int64_t>(ctx.server().latency.Reset(ctx.args_from(2))));
}

// One column of '#' per sample, eight lines high.
void Graph(CommandContext& ctx) {
  constexpr int64_t kHeight = 8;
  const Event event = FindEvent(ctx, ctx.arg(2));
  if (event.samples.empty()) {
    return ctx.ReplyError(absl::StrCat("ERR No samples available for event '",
                                       ctx.arg(2).substr(0, 128), "'"));
  }
  int64_t low = event.samples.front().latency_ms, high = low;
  for (const auto& sample : event.samples) {
    low = std::min(low, sample.latency_ms);
    high = std::max(high, sample.latency_ms);
  }
  std::string text =
      absl::StrCat(event.name, " - high ", high, " ms, low ", low,
                   " ms (all time high ", event.max_ms, " ms)\n");
  for (int64_t line = kHeight; line > 0; --line) {
    for (const auto& sample : event.samples) {
      text += sample.latency_ms * kHeight > high * (line - 1) ? '#' : ' ';
    }
    text += '\n';
  }
  ctx.reply().Verbatim("txt", text);
}

void Doctor(CommandContext& ctx) {
  const LatencyMonitor& latency = ctx.server().latency;
  const std::vector<Event> events = latency.Events();
  std::string text;
  if (latency.threshold_ms() == 0) {
    text =
        "Latency monitoring is off. CONFIG SET latency-monitor-threshold "
        "<milliseconds> turns it on.\n";
  } else if (events.empty()) {
    text = absl::StrCat("Nothing took longer than ", latency.threshold_ms(),
                        " ms.\n");
  }
  for (const Event& event : events) {
    int64_t sum = 0;
    for (const auto& sample : event.samples) sum += sample.latency_ms;
    absl::StrAppend(
        &text, event.name, ": ", event.samples.size(), " latency spikes, ",
        sum / static_cast<int64_t>(event.samples.size()),
        " ms on average, worst of all time ", event.max_ms, " ms.\n");
  }
  ctx.reply().Verbatim("txt", text);
}

void ReplyHistogram(ReplyWriter& reply, const CommandTotals& totals) {
  size_t used = 0;
  for (size_t i = 0; i < CommandTotals::kBuckets; ++i) {
    used += totals.buckets[i] > 0;
  }
  reply.Map(2);
  reply.Bulk("calls");
  reply.Integer(static_cast<int64_t>(totals.calls));
  reply.Bulk("histogram_usec");
  reply.Map(used);
  uint64_t so_far = 0;
  for (size_t i = 0; i < CommandTotals::kBuckets; ++i) {
    if (totals.buckets[i] == 0) continue;
    so_far += totals.buckets[i];
    reply.Integer(int64_t{1} << i);
    reply.Integer(static_cast<int64_t>(so_far));
  }
}

void Histogram(CommandContext& ctx) {
  const std::vector<CommandTotals> totals = ctx.server().stats.Totals();
  std::vector<size_t> wanted;
  const auto want = [&](const Command& command) {
    const size_t index = CommandIndex(command);
    if (totals[index].calls > 0) wanted.push_back(index);
  };
  for (const absl::string_view name : ctx.args_from(2)) {
    const Command* command = FindCommand(name);
    if (command == nullptr) continue;
    want(*command);
    for (const Command& row : command->subcommands) want(row);
  }
  for (size_t i = 0; ctx.args() == 2 && i < CommandCount(); ++i) {
    want(CommandAt(i));
  }
  ctx.reply().Map(wanted.size());
  for (const size_t index : wanted) {
    ctx.reply().Bulk(CommandAt(index).name);
    ReplyHistogram(ctx.reply(), totals[index]);
  }
}

using G = CommandGroup;

// clang-format off
constexpr Command kSubcommands[] = {
    {"latency|doctor", "", "Says what took long, for people.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Doctor},
    {"latency|graph", "event", "Draws the samples of an event.",
     G::kServer, 3, kAdmin, Scope::kNone, kNoKeys, Graph},
    {"latency|help", "", "Describes the subcommands.",
     G::kServer, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"latency|histogram", "[command [command ...]]",
     "Returns how many calls of each command took how long.",
     G::kServer, -2, kAdmin, Scope::kNone, kNoKeys, Histogram},
    {"latency|history", "event", "Returns the samples of an event.",
     G::kServer, 3, kAdmin, Scope::kNone, kNoKeys, History},
    {"latency|latest", "", "Returns the last sample of each event.",
     G::kServer, 2, kAdmin, Scope::kNone, kNoKeys, Latest},
    {"latency|reset", "[event [event ...]]", "Forgets events.",
     G::kServer, -2, kAdmin, Scope::kNone, kNoKeys, Reset},
};

constexpr Command kCommands[] = {
    {"latency", "subcommand", "About what took long, and when.",
     G::kServer, -2, 0, Scope::kNone, kNoKeys, nullptr, kSubcommands},
};
// clang-format on

}  // namespace

absl::Span<const Command> LatencyCommands() { return kCommands; }

}  // namespace kv::gateway
