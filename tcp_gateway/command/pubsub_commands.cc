#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "store/base/glob.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/subcommand_help.h"
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

template <TopicKind kKind>
void Names(CommandContext& ctx) {
  if (ctx.args() > 3) {
    return ctx.ReplyError(absl::StrCat(
        "ERR unknown subcommand or wrong number of arguments for '",
        ctx.arg(1).substr(0, 128), "'. Try PUBSUB HELP."));
  }
  const absl::string_view pattern = ctx.args() > 2 ? ctx.arg(2) : "*";
  std::vector<std::string> names;
  ctx.server().pubsub.topics(kKind).VisitAll(
      [&](absl::string_view name, const TopicMap::Subscribers&) {
        if (store::GlobMatches(pattern, name)) names.emplace_back(name);
      });
  ctx.reply().Array(names.size());
  for (const std::string& name : names) ctx.reply().Bulk(name);
}

template <TopicKind kKind>
void Counts(CommandContext& ctx) {
  // No map, also in RESP3, as in Redis.
  ctx.reply().Array(2 * (ctx.args() - 2));
  for (const absl::string_view name : ctx.args_from(2)) {
    ctx.reply().Bulk(name);
    ctx.reply().Integer(
        static_cast<int64_t>(ctx.server().pubsub.topics(kKind).CountOf(name)));
  }
}

void PatternCount(CommandContext& ctx) {
  ctx.reply().Integer(static_cast<int64_t>(
      ctx.server().pubsub.topics(TopicKind::kPattern).size()));
}

using G = CommandGroup;

constexpr uint32_t kSubscribing = kPubSub | kWhileSubscribed;

// clang-format off
constexpr Command kPubSubSubcommands[] = {
    {"pubsub|channels", "[pattern]", "Lists the channels that somebody listens to.",
     G::kPubSub, -2, kPubSub, Scope::kNone, kNoKeys, Names<TopicKind::kChannel>},
    {"pubsub|help", "", "Describes the subcommands.",
     G::kPubSub, 2, 0, Scope::kNone, kNoKeys, ReplySubcommandHelp},
    {"pubsub|numpat", "", "Returns how many patterns somebody listens to.",
     G::kPubSub, 2, kPubSub, Scope::kNone, kNoKeys, PatternCount},
    {"pubsub|numsub", "[channel [channel ...]]", "Returns how many listen to channels.",
     G::kPubSub, -2, kPubSub, Scope::kNone, kNoKeys, Counts<TopicKind::kChannel>},
    {"pubsub|shardchannels", "[pattern]", "Lists the shard channels that somebody listens to.",
     G::kPubSub, -2, kPubSub, Scope::kNone, kNoKeys, Names<TopicKind::kShardChannel>},
    {"pubsub|shardnumsub", "[shardchannel [shardchannel ...]]",
     "Returns how many listen to shard channels.",
     G::kPubSub, -2, kPubSub, Scope::kNone, kNoKeys, Counts<TopicKind::kShardChannel>},
};

constexpr Command kCommands[] = {
    {"psubscribe", "pattern [pattern ...]",
     "Listens to the channels that match patterns.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kNoKeys,
     Subscribe<TopicKind::kPattern>},
    {"publish", "channel message", "Sends a message to all who listen.",
     G::kPubSub, 3, kPubSub | kFast, Scope::kNone, kNoKeys, Publish},
    {"pubsub", "subcommand", "About who listens to what.",
     G::kPubSub, -2, 0, Scope::kNone, kNoKeys, nullptr, kPubSubSubcommands},
    {"punsubscribe", "[pattern [pattern ...]]",
     "Stops listening to patterns, or to all of them.",
     G::kPubSub, -1, kSubscribing, Scope::kNone, kNoKeys,
     Unsubscribe<TopicKind::kPattern>},
    {"spublish", "shardchannel message",
     "Sends a message to all who listen to a shard channel.",
     G::kPubSub, 3, kPubSub | kFast, Scope::kNone, kOneKey, SPublish},
    {"ssubscribe", "shardchannel [shardchannel ...]",
     "Listens to shard channels.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kAllKeys,
     Subscribe<TopicKind::kShardChannel>},
    {"subscribe", "channel [channel ...]", "Listens to channels.",
     G::kPubSub, -2, kSubscribing, Scope::kNone, kNoKeys,
     Subscribe<TopicKind::kChannel>},
    {"sunsubscribe", "[shardchannel [shardchannel ...]]",
     "Stops listening to shard channels, or to all of them.",
     G::kPubSub, -1, kSubscribing, Scope::kNone, kAllKeys,
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
