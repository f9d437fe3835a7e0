#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "store/base/glob.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/pubsub/pubsub.h"

namespace kv::gateway {
namespace {

// Tells that a subscription has begun or ended, and how many there are now.
// Channels and patterns are counted together.
void Acknowledge(CommandContext& ctx, TopicKind kind,
                 const Subscriber& subscriber, absl::string_view name,
                 bool has_name = true) {
  const size_t count = kind == TopicKind::kShardChannel
                           ? subscriber.names(kind).size()
                           : subscriber.names(TopicKind::kChannel).size() +
                                 subscriber.names(TopicKind::kPattern).size();
  ctx.reply().Push(3);
  ctx.reply().Bulk(ctx.command().name);
  if (has_name) {
    ctx.reply().Bulk(name);
  } else {
    ctx.reply().Null();
  }
  ctx.reply().Integer(static_cast<int64_t>(count));
}

template <TopicKind kKind>
void Subscribe(CommandContext& ctx) {
  Subscriber& subscriber = ctx.session().subscriber(ctx.server().pubsub);
  for (const absl::string_view name : ctx.args_from(1)) {
    subscriber.Add(kKind, name);
    Acknowledge(ctx, kKind, subscriber, name);
  }
  ctx.session().set_listening(true);
}

// Without names, from all.
template <TopicKind kKind>
void Unsubscribe(CommandContext& ctx) {
  Subscriber& subscriber = ctx.session().subscriber(ctx.server().pubsub);
  std::vector<std::string> names(ctx.args_from(1).begin(),
                                 ctx.args_from(1).end());
  if (ctx.args() == 1) {
    names.assign(subscriber.names(kKind).begin(),
                 subscriber.names(kKind).end());
  }
  for (const std::string& name : names) {
    subscriber.Remove(kKind, name);
    Acknowledge(ctx, kKind, subscriber, name);
  }
  if (names.empty()) {
    Acknowledge(ctx, kKind, subscriber, "", /*has_name=*/false);
  }
  ctx.session().set_listening(!subscriber.empty());
}

void Publish(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(
      ctx.server().pubsub.Publish(ctx.arg(1), ctx.arg(2))));
}

void SPublish(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(
      ctx.server().pubsub.PublishSharded(ctx.arg(1), ctx.arg(2))));
}

// --- PUBSUB

void ReplyNames(CommandContext& ctx, TopicKind kind) {
  const absl::string_view pattern = ctx.args() > 2 ? ctx.arg(2) : "*";
  std::vector<std::string> names;
  ctx.server().pubsub.topics(kind).VisitAll(
      [&](absl::string_view name, const TopicMap::Subscribers&) {
        if (store::GlobMatches(pattern, name)) names.emplace_back(name);
      });
  ctx.reply().Array(names.size());
  for (const std::string& name : names) ctx.reply().Bulk(name);
}

void ReplyCounts(CommandContext& ctx, TopicKind kind) {
  // No map, also in RESP3, as in Redis.
  ctx.reply().Array(2 * (ctx.args() - 2));
  for (const absl::string_view name : ctx.args_from(2)) {
    ctx.reply().Bulk(name);
    ctx.reply().Integer(
        static_cast<int64_t>(ctx.server().pubsub.topics(kind).CountOf(name)));
  }
}

void ReplyPatternCount(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(
      ctx.server().pubsub.topics(TopicKind::kPattern).size()));
}

void ReplyHelp(CommandContext& ctx) {
  constexpr absl::string_view kLines[] = {
      "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
      "CHANNELS [<pattern>]",
      "    Return the currently active channels matching a <pattern> "
      "(default: '*').",
      "NUMPAT",
      "    Return number of subscriptions to patterns.",
      "NUMSUB [<channel> ...]",
      "    Return the number of subscribers for the specified channels, "
      "excluding",
      "    pattern subscriptions(default: no channels).",
      "SHARDCHANNELS [<pattern>]",
      "    Return the currently active shard level channels matching a "
      "<pattern> (default: '*').",
      "SHARDNUMSUB [<shardchannel> ...]",
      "    Return the number of subscribers for the specified shard level "
      "channel(s)",
      "HELP",
      "    Prints this help.",
  };
  ctx.reply().Array(std::size(kLines));
  for (const absl::string_view line : kLines) ctx.reply().Status(line);
}

struct Subcommand {
  absl::string_view name;
  size_t max_args;  // with both names; 0: any number
  void (*handler)(CommandContext&);
};

constexpr Subcommand kSubcommands[] = {
    {"channels", 3,
     [](CommandContext& ctx) { ReplyNames(ctx, TopicKind::kChannel); }},
    {"help", 2, ReplyHelp},
    {"numpat", 2, ReplyPatternCount},
    {"numsub", 0,
     [](CommandContext& ctx) { ReplyCounts(ctx, TopicKind::kChannel); }},
    {"shardchannels", 3,
     [](CommandContext& ctx) { ReplyNames(ctx, TopicKind::kShardChannel); }},
    {"shardnumsub", 0,
     [](CommandContext& ctx) { ReplyCounts(ctx, TopicKind::kShardChannel); }},
};

void PubSubCommand(CommandContext& ctx) {
  const absl::string_view shown = ctx.arg(1).substr(0, 128);
  for (const Subcommand& subcommand : kSubcommands) {
    if (!absl::EqualsIgnoreCase(ctx.arg(1), subcommand.name)) continue;
    if (subcommand.max_args == 0 || ctx.args() <= subcommand.max_args) {
      return subcommand.handler(ctx);
    }
    if (subcommand.max_args == 2) {
      return ctx.ReplyError(
          absl::StrCat("ERR wrong number of arguments for 'pubsub|",
                       subcommand.name, "' command"));
    }
    return ctx.ReplyError(absl::StrCat(
        "ERR unknown subcommand or wrong number of arguments for '", shown,
        "'. Try PUBSUB HELP."));
  }
  ctx.ReplyError(
      absl::StrCat("ERR unknown subcommand '", shown, "'. Try PUBSUB HELP."));
}

using G = CommandGroup;

constexpr uint32_t kSubscribing = kPubSub | kWhileSubscribed;

// clang-format off
constexpr Command kCommands[] = {
    {"psubscribe", "pattern [pattern ...]",
     "Listens to the channels that match patterns.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kNoKeys,
     Subscribe<TopicKind::kPattern>},
    {"publish", "channel message", "Sends a message to all who listen.",
     G::kPubSub, 3, kPubSub | kFast, Scope::kNone, kNoKeys, Publish},
    {"pubsub",
     "CHANNELS [pattern] | NUMPAT | NUMSUB [channel ...] | "
     "SHARDCHANNELS [pattern] | SHARDNUMSUB [channel ...] | HELP",
     "Tells who listens to what.",
     G::kPubSub, -2, kPubSub, Scope::kNone, kNoKeys, PubSubCommand},
    {"punsubscribe", "[pattern [pattern ...]]",
     "Stops listening to patterns, or to all of them.",
     G::kPubSub, -1, kSubscribing, Scope::kNone, kNoKeys,
     Unsubscribe<TopicKind::kPattern>},
    {"spublish", "shardchannel message",
     "Sends a message to all who listen to a shard channel.",
     G::kPubSub, 3, kPubSub | kFast, Scope::kNone, kNoKeys, SPublish},
    {"ssubscribe", "shardchannel [shardchannel ...]",
     "Listens to shard channels.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kNoKeys,
     Subscribe<TopicKind::kShardChannel>},
    {"subscribe", "channel [channel ...]", "Listens to channels.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kNoKeys,
     Subscribe<TopicKind::kChannel>},
    {"sunsubscribe", "[shardchannel [shardchannel ...]]",
     "Stops listening to shard channels, or to all of them.",
     G::kPubSub, -1, kSubscribing, Scope::kNone, kNoKeys,
     Unsubscribe<TopicKind::kShardChannel>},
    {"unsubscribe", "[channel [channel ...]]",
     "Stops listening to channels, or to all of them.",
     G::kPubSub, -1, kSubscribing, Scope::kNone, kNoKeys,
     Unsubscribe<TopicKind::kChannel>},
};
// clang-format on

}  // namespace

absl::Span<const Command> PubSubCommands() { return kCommands; }

}  // namespace kv::gateway
