#include "tcp_gateway/blocking/key_waiters.h"

#include <algorithm>
#include <utility>

namespace kv::gateway {

bool KeyWaiters::HasWaiters(const store::Key& key) {
  return queues_.With({key.db, key.bytes}, [](const Queue&) {});
}

bool KeyWaiters::IsFirst(const store::Key& key, const Waiter* waiter) {
  bool is_first = false;
  queues_.With({key.db, key.bytes}, [&](const Queue& queue) {
    is_first = queue.waiters.front() == waiter;
  });
  return is_first;
}

void KeyWaiters::FoundEmpty(const store::Key& key) {
  queues_.With({key.db, key.bytes}, [](Queue& queue) { queue.waking = false; });
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
    queues_.With({effect.db, effect.key}, [](Queue& queue) {
      if (std::exchange(queue.waking, true)) return;
      queue.waiters.front()->PostWake();
    });
  }
}

void KeyWaiters::WakeAll() {
  for (auto& stripe : queues_) {
    store::MutexLock lock(stripe.mutex);
    for (auto& [id, queue] : stripe.values) {
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
    const KeyId id = {key.db, key.bytes};
    auto& stripe = queues_.StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    std::list<Waiter*>& queue = stripe.At(id).waiters;
    waiter->places_.push_back(queue.insert(queue.end(), waiter));
  }
}

void KeyWaiters::Leave(Waiter* waiter) {
  for (size_t i = 0; i < waiter->keys_.size(); ++i) {
    const KeyId id = {waiter->keys_[i].db, waiter->keys_[i].bytes};
    auto& stripe = queues_.StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    const auto found = stripe.values.find(id);
    Queue& queue = found->second;
    const bool was_first = queue.waiters.front() == waiter;
    queue.waiters.erase(waiter->places_[i]);
    if (queue.waiters.empty()) {
      stripe.values.erase(found);
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
