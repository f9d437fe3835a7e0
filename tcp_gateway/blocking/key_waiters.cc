#include "tcp_gateway/blocking/key_waiters.h"

#include <algorithm>
#include <utility>

namespace kv::gateway {

bool KeyWaiters::HasWaiters(const store::Key& key) {
  const Id id = {key.db, key.bytes};
  Stripe& stripe = StripeOf(id);
  store::MutexLock lock(stripe.mutex);
  return stripe.queues.contains(id);
}

bool KeyWaiters::IsFirst(const store::Key& key, const Waiter* waiter) {
  const Id id = {key.db, key.bytes};
  Stripe& stripe = StripeOf(id);
  store::MutexLock lock(stripe.mutex);
  const auto queue = stripe.queues.find(id);
  return queue != stripe.queues.end() &&
         queue->second.waiters.front() == waiter;
}

void KeyWaiters::FoundEmpty(const store::Key& key) {
  const Id id = {key.db, key.bytes};
  Stripe& stripe = StripeOf(id);
  store::MutexLock lock(stripe.mutex);
  const auto queue = stripe.queues.find(id);
  if (queue != stripe.queues.end()) queue->second.waking = false;
}

void KeyWaiters::Append(uint64_t /*sequence*/,
                        absl::Span<const store::Effect> effects) {
  const store::Effect* last = nullptr;
  for (const store::Effect& effect : effects) {
    if (effect.kind == store::Effect::Kind::kMapDatabases) WakeAll();
    if (effect.kind != store::Effect::Kind::kZPut) continue;
    // Usually many members of one set.
    if (last != nullptr && last->db == effect.db && last->key == effect.key) {
      continue;
    }
    last = &effect;
    const Id id = {effect.db, effect.key};
    Stripe& stripe = StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    const auto queue = stripe.queues.find(id);
    if (queue == stripe.queues.end() || queue->second.waking) continue;
    queue->second.waking = true;
    queue->second.waiters.front()->PostWake();
  }
}

void KeyWaiters::WakeAll() {
  for (Stripe& stripe : stripes_) {
    store::MutexLock lock(stripe.mutex);
    for (auto& [id, queue] : stripe.queues) {
      if (std::exchange(queue.waking, true)) continue;
      queue.waiters.front()->PostWake();
    }
  }
}

void KeyWaiters::Join(Waiter* waiter) {
  // First listen, then wait: nothing can be put in between, the shards are
  // locked.
  CountWaiter(1);
  for (const store::Key& key : waiter->keys_) {
    const Id id = {key.db, key.bytes};
    Stripe& stripe = StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    std::list<Waiter*>& queue = stripe.queues[OwnedId(id)].waiters;
    waiter->places_.push_back(queue.insert(queue.end(), waiter));
  }
}

void KeyWaiters::Leave(Waiter* waiter) {
  for (size_t i = 0; i < waiter->keys_.size(); ++i) {
    const Id id = {waiter->keys_[i].db, waiter->keys_[i].bytes};
    Stripe& stripe = StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    const auto found = stripe.queues.find(id);
    Queue& queue = found->second;
    const bool was_first = queue.waiters.front() == waiter;
    queue.waiters.erase(waiter->places_[i]);
    if (queue.waiters.empty()) {
      stripe.queues.erase(found);
    } else if (was_first && queue.waking) {
      queue.waiters.front()->PostWake();
    }
  }
  CountWaiter(-1);
}

void KeyWaiters::CountWaiter(int change) {
  store::MutexLock lock(mutex_);
  const int before = std::exchange(waiting_, waiting_ + change);
  if (before == 0) hub_.Start(this);
  if (waiting_ == 0) hub_.Stop(this);
}

Waiter::Waiter(KeyWaiters& waiters, ConnectionRef connection,
               absl::Span<const store::Key> keys, Wake wake)
    : waiters_(waiters),
      connection_(std::move(connection)),
      wake_(wake),
      ticket_(waiters.last_ticket_.fetch_add(1, std::memory_order_relaxed) +
              1) {
  for (const store::Key& key : keys) {
    const bool known =
        std::any_of(keys_.begin(), keys_.end(), [&](const store::Key& k) {
          return k.db == key.db && k.bytes == key.bytes;
        });
    if (known) continue;
    names_.emplace_back(key.bytes);
    store::Key own = key;
    own.bytes = names_.back();
    keys_.push_back(own);
  }
  waiters_.Join(this);
}

void Waiter::PostWake() const {
  connection_.Post(
      [wake = wake_, ticket = ticket_](Session& session, ReplyWriter& reply) {
        wake(session, ticket, reply);
      });
}

}  // namespace kv::gateway
