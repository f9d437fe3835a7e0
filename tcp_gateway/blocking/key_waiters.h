#ifndef FASTKV_TCP_GATEWAY_BLOCKING_KEY_WAITERS_H_
#define FASTKV_TCP_GATEWAY_BLOCKING_KEY_WAITERS_H_

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/mutex.h"
#include "store/effect/effect.h"
#include "store/feed/effect_hub.h"
#include "tcp_gateway/blocking/striped_key_map.h"
#include "tcp_gateway/command_service.h"

namespace kv::gateway {

class Waiter;

// KeyWaiters: requests that wait for sorted sets to have members: first come,
// first served, key by key.
//
// A member that is put, by whatever thread and protocol, wakes the first waiter
// of the key: a task on its loop, which tries again in a transaction of its
// own. A wake-up that is not used is handed on to the next: when the waiter
// has got something, from here or elsewhere, has given up, or is gone.
//
// Borrows    the waiters, until they leave.
// Threads    safe. Those who look at a key hold its shard while they do.
// Locks      after the shards'; before the mailboxes'.
// Invariant  a key that has members and waiters has a wake-up under way.
class KeyWaiters final : public store::EffectSink {
 public:
  explicit KeyWaiters(store::EffectHub& hub) : hub_(hub) {}
  ~KeyWaiters() override { hub_.Remove(this); }

  // Whether somebody waits for the key, so that others must queue behind.
  // REQUIRES, here and for the next two: the key's shard is locked.
  bool HasWaiters(const store::Key& key);
  bool IsFirst(const store::Key& key, const Waiter* waiter);
  // The first waiter has found the key without members.
  void FoundEmpty(const store::Key& key);

  void Append(uint64_t sequence,
              absl::Span<const store::Effect> effects) override;

 private:
  friend class Waiter;  // Join, Leave

  struct Queue {
    std::list<Waiter*> waiters;  // never empty
    bool waking = false;         // the first one's task is under way
  };
  void Join(Waiter* waiter);
  void Leave(Waiter* waiter);
  // SWAPDB may have given members to any key.
  void WakeAll();
  // Starts and stops listening to effects with the first and last waiter.
  void CountWaiter(int change);

  store::EffectHub& hub_;
  StripedKeyMap<Queue> queues_;
  std::atomic<uint64_t> last_ticket_{0};
  store::Mutex mutex_;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Waiter: one request's places in the queues of its keys, from construction to
// destruction.
//
// Owns       copies of the keys.   Borrows  the KeyWaiters.
// Threads    belongs to the loop of its connection.
class Waiter {
 public:
  // Called on the connection's loop. The session may wait for something else by
  // then, if for anything: the ticket tells.
  using Wake = void (*)(Session& session, uint64_t ticket, ReplyWriter& reply);

  // REQUIRES: the shards of the keys are locked.
  Waiter(KeyWaiters& waiters, ConnectionRef connection,
         absl::Span<const store::Key> keys, Wake wake);
  ~Waiter() { waiters_.Leave(this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  uint64_t ticket() const { return ticket_; }
  // In order, each once. They borrow from this.
  absl::Span<const store::Key> keys() const { return keys_; }

 private:
  friend class KeyWaiters;

  void PostWake() const;

  KeyWaiters& waiters_;
  const ConnectionRef connection_;
  const Wake wake_;
  const uint64_t ticket_;
  std::list<std::string> names_;
  std::vector<store::Key> keys_;
  std::vector<std::list<Waiter*>::iterator> places_;  // one for each key
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_BLOCKING_KEY_WAITERS_H_
