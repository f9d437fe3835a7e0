#include "tcp_gateway/pubsub/pubsub.h"

#include <algorithm>

#include "store/base/glob.h"

namespace kv::gateway {

namespace {

// Sends all of them one message, which is made if there are any.
size_t SendTo(const TopicMap::Subscribers& subscribers, Message::Kind kind,
              absl::string_view pattern, absl::string_view channel,
              absl::string_view payload) {
  if (subscribers.empty()) return 0;
  const Message message(kind, pattern, channel, payload);
  for (Subscriber* subscriber : subscribers) subscriber->Send(message.Share());
  return subscribers.size();
}

}  // namespace

size_t PubSub::Publish(absl::string_view channel, absl::string_view payload) {
  if (!HasListeners()) return 0;
  size_t sent = 0;
  // The patterns inside: all subscribers get a channel's messages in one order.
  topics(TopicKind::kChannel)
      .Visit(channel, [&](const TopicMap::Subscribers& subscribers) {
        sent +=
            SendTo(subscribers, Message::Kind::kChannel, "", channel, payload);
        if (topics(TopicKind::kPattern).size() == 0) return;
        topics(TopicKind::kPattern)
            .VisitAll([&](absl::string_view pattern,
                          const TopicMap::Subscribers& its_subscribers) {
              if (!store::GlobMatches(pattern, channel)) return;
              sent += SendTo(its_subscribers, Message::Kind::kPattern, pattern,
                             channel, payload);
            });
      });
  return sent;
}

size_t PubSub::PublishSharded(absl::string_view channel,
                              absl::string_view payload) {
  size_t sent = 0;
  topics(TopicKind::kShardChannel)
      .Visit(channel, [&](const TopicMap::Subscribers& subscribers) {
        sent = SendTo(subscribers, Message::Kind::kShard, "", channel, payload);
      });
  return sent;
}

void Subscriber::Add(TopicKind kind, absl::string_view name) {
  if (names_[static_cast<int>(kind)].emplace(name).second) {
    pubsub_.topics(kind).Add(name, this);
  }
}

void Subscriber::Remove(TopicKind kind, absl::string_view name) {
  Names& names = names_[static_cast<int>(kind)];
  const auto found = names.find(name);
  if (found == names.end()) return;
  pubsub_.topics(kind).Remove(name, this);
  names.erase(found);
}

void Subscriber::RemoveAll() {
  for (int kind = 0; kind < kTopicKinds; ++kind) {
    TopicMap& topics = pubsub_.topics(static_cast<TopicKind>(kind));
    for (const std::string& name : names_[kind]) topics.Remove(name, this);
    names_[kind].clear();
  }
}

bool Subscriber::empty() const {
  return std::all_of(names_.begin(), names_.end(),
                     [](const Names& names) { return names.empty(); });
}

void Subscriber::Send(Message message) {
  const size_t bytes = message.bytes();
  connection_.Post(
      [this, message = std::move(message)](Session&, ReplyWriter& writer) {
        // Nothing comes after the answer to UNSUBSCRIBE.
        if (ListensTo(message)) message.Write(writer);
      },
      bytes);
}

bool Subscriber::ListensTo(const Message& message) const {
  switch (message.kind()) {
    case Message::Kind::kChannel:
      return names(TopicKind::kChannel).contains(message.channel());
    case Message::Kind::kPattern:
      return names(TopicKind::kPattern).contains(message.pattern());
    case Message::Kind::kShard:
      return names(TopicKind::kShardChannel).contains(message.channel());
  }
  return false;
}

}  // namespace kv::gateway
