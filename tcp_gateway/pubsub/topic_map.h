#ifndef FASTKV_TCP_GATEWAY_PUBSUB_TOPIC_MAP_H_
#define FASTKV_TCP_GATEWAY_PUBSUB_TOPIC_MAP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"

namespace kv::gateway {

class Subscriber;

// TopicMap: who listens to which name: a channel, a shard channel, a pattern.
//
// Borrows    the subscribers, until they are removed.
// Threads    safe. In stripes, so that publishers to different channels do not
//            wait for each other.
// Invariant  no name is without a subscriber; size() is the number of names.
class TopicMap {
 public:
  using Subscribers = absl::flat_hash_set<Subscriber*>;

  void Add(absl::string_view name, Subscriber* subscriber);
  void Remove(absl::string_view name, Subscriber* subscriber);

  // May be read without waiting for anybody.
  size_t size() const { return size_.load(std::memory_order_acquire); }
  // How many listen to the name.
  size_t CountOf(absl::string_view name);

  // Calls visit with those who listen to the name, none perhaps. Meanwhile
  // nobody else visits the name: what two callers do comes in one order for
  // all subscribers.
  void Visit(absl::string_view name,
             absl::FunctionRef<void(const Subscribers&)> visit);
  // Calls visit for every name.
  void VisitAll(
      absl::FunctionRef<void(absl::string_view, const Subscribers&)> visit);

 private:
  static constexpr size_t kStripes = 64;

  struct alignas(64) Stripe {
    store::Mutex mutex;
    absl::flat_hash_map<std::string, Subscribers> topics ABSL_GUARDED_BY(mutex);
  };

  Stripe& StripeOf(absl::string_view name) {
    // Other bits than those that choose the place in the stripe's table.
    return stripes_[absl::Hash<absl::string_view>()(name) >> 32 &
                    (kStripes - 1)];
  }

  std::array<Stripe, kStripes> stripes_;
  std::atomic<size_t> size_{0};
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_PUBSUB_TOPIC_MAP_H_
