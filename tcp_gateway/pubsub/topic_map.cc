#include "tcp_gateway/pubsub/topic_map.h"

namespace kv::gateway {

void TopicMap::Add(absl::string_view name, Subscriber* subscriber) {
  Stripe& stripe = StripeOf(name);
  store::MutexLock lock(stripe.mutex);
  const auto [topic, is_new] = stripe.topics.try_emplace(name);
  topic->second.insert(subscriber);
  if (is_new) size_.fetch_add(1, std::memory_order_release);
}

void TopicMap::Remove(absl::string_view name, Subscriber* subscriber) {
  Stripe& stripe = StripeOf(name);
  store::MutexLock lock(stripe.mutex);
  const auto topic = stripe.topics.find(name);
  if (topic == stripe.topics.end()) return;
  topic->second.erase(subscriber);
  if (!topic->second.empty()) return;
  stripe.topics.erase(topic);
  size_.fetch_sub(1, std::memory_order_release);
}

size_t TopicMap::CountOf(absl::string_view name) {
  size_t count = 0;
  Visit(name, [&](const Subscribers& all) { count = all.size(); });
  return count;
}

void TopicMap::Visit(absl::string_view name,
                     absl::FunctionRef<void(const Subscribers&)> visit) {
  Stripe& stripe = StripeOf(name);
  store::MutexLock lock(stripe.mutex);
  const auto topic = stripe.topics.find(name);
  visit(topic == stripe.topics.end() ? Subscribers() : topic->second);
}

void TopicMap::VisitAll(
    absl::FunctionRef<void(absl::string_view, const Subscribers&)> visit) {
  for (Stripe& stripe : stripes_) {
    store::MutexLock lock(stripe.mutex);
    for (const auto& [name, subscribers] : stripe.topics) {
      visit(name, subscribers);
    }
  }
}

}  // namespace kv::gateway
