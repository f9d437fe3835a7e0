#ifndef FASTKV_TCP_GATEWAY_NOTIFICATIONS_KEYSPACE_EVENTS_H_
#define FASTKV_TCP_GATEWAY_NOTIFICATIONS_KEYSPACE_EVENTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/mutex.h"
#include "store/effect/effect.h"
#include "store/feed/effect_hub.h"
#include "store/transaction.h"
#include "tcp_gateway/notifications/event_classes.h"
#include "tcp_gateway/pubsub/pubsub.h"

namespace kv::gateway {

// KeyspaceEvents: tells those who listen to the channels
// __keyspace@<db>__:<key> and __keyevent@<db>__:<event> what happens to keys,
// in Redis' names.
//
// The names come from the effects, so that changes over any port, of the sweep
// included, are told; operations whose name an effect does not show say it by a
// store::NamedEvent. While nothing is wanted this does not listen, and nothing
// is recorded. Of a transaction, events come when it ends, in its order;
// several members that one command changes are one event.
//
// Borrows    the hub of effects and the PubSub.
// Threads    safe.
class KeyspaceEvents final : public store::EffectSink {
 public:
  KeyspaceEvents(store::EffectHub& hub, PubSub& pubsub)
      : hub_(hub), pubsub_(pubsub) {}
  ~KeyspaceEvents() override { hub_.Remove(this); }

  // notify-keyspace-events, a union of EventClass.
  void SetClasses(uint32_t classes);
  uint32_t classes() const { return classes_.load(std::memory_order_relaxed); }

  bool wants_misses() const { return (classes() & kMissEvents) != 0; }
  // A command is about to read these keys.
  void NoteMisses(const store::Transaction& txn,
                  absl::Span<const store::Key> keys);

  void Append(uint64_t sequence,
              absl::Span<const store::Effect> effects) override;

 private:
  void Publish(uint32_t event_class, absl::string_view event, uint8_t db,
               absl::string_view key);
  void PublishErase(absl::Span<const store::Effect> effects, size_t at);

  store::EffectHub& hub_;
  PubSub& pubsub_;
  std::atomic<uint32_t> classes_{0};
  store::Mutex mutex_;  // for SetClasses
  bool listening_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NOTIFICATIONS_KEYSPACE_EVENTS_H_
