#ifndef FASTKV_TCP_GATEWAY_PUBSUB_PUBSUB_H_
#define FASTKV_TCP_GATEWAY_PUBSUB_PUBSUB_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/pubsub/message.h"
#include "tcp_gateway/pubsub/topic_map.h"

namespace kv::gateway {

// What a name that someone listens to is.
enum class TopicKind : uint8_t { kChannel, kPattern, kShardChannel };
inline constexpr int kTopicKinds = 3;

// PubSub: from those who publish to those who listen, on whatever loops.
//
// Borrows    the subscribers, which remove themselves.
// Threads    safe.
// Locks      a name's, then those of patterns one by one, then mailboxes'. May
//            be called while shards of the keyspace are locked.
class PubSub {
 public:
  // Returns how many were sent it: one by one, for each pattern that matches
  // once more.
  size_t Publish(absl::string_view channel, absl::string_view payload);
  size_t PublishSharded(absl::string_view channel, absl::string_view payload);

  // Whether a message would reach anybody on any channel at all.
  bool HasListeners() const {
    return topics(TopicKind::kChannel).size() > 0 ||
           topics(TopicKind::kPattern).size() > 0;
  }

  TopicMap& topics(TopicKind kind) { return topics_[static_cast<int>(kind)]; }
  const TopicMap& topics(TopicKind kind) const {
    return topics_[static_cast<int>(kind)];
  }

 private:
  std::array<TopicMap, kTopicKinds> topics_;
};

// Subscriber: what one session listens to.
//
// Owns       its names.   Borrows  the PubSub.
// Threads    Send is safe; everything else belongs to the session's loop. It
//            lives as long as the session: what was sent refers to it.
class Subscriber {
 public:
  Subscriber(PubSub& pubsub, ConnectionRef connection)
      : pubsub_(pubsub), connection_(std::move(connection)) {}
  ~Subscriber() { RemoveAll(); }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // No change if it listens, or does not listen, already.
  void Add(TopicKind kind, absl::string_view name);
  void Remove(TopicKind kind, absl::string_view name);
  void RemoveAll();

  using Names = absl::flat_hash_set<std::string>;
  const Names& names(TopicKind kind) const {
    return names_[static_cast<int>(kind)];
  }
  // Of all kinds.
  bool empty() const;

  // Has the message written on the session's loop, if it then still listens.
  void Send(Message message);

 private:
  bool ListensTo(const Message& message) const;

  PubSub& pubsub_;
  const ConnectionRef connection_;
  std::array<Names, kTopicKinds> names_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_PUBSUB_PUBSUB_H_
