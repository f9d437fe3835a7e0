#ifndef FASTKV_STORE_FEED_EFFECT_HUB_H_
#define FASTKV_STORE_FEED_EFFECT_HUB_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "store/base/mutex.h"
#include "store/effect/effect.h"
#include "store/keyspace.h"

namespace kv::store {

// EffectHub: hands every transaction's effects to all who listen now. While
// nobody does, the keyspace has no sink, and transactions record nothing.
//
// Borrows    the keyspace and the listeners, each until it is removed. A sink
//            that the keyspace has already listens from the start.
// Threads    safe. Start and Stop may be called while shards are locked.
class EffectHub final : public EffectSink {
 public:
  explicit EffectHub(Keyspace& keyspace);

  // The listener gets the effects of every transaction that locks a shard after
  // this; if the caller holds a shard, of every later one in that shard.
  // REQUIRES: it does not listen.
  void Start(EffectSink* listener);
  // It may still get those of transactions that are under way. No change if it
  // does not listen.
  void Stop(EffectSink* listener);
  // Stops it, and returns when it will get nothing more. REQUIRES: the caller
  // holds no shard.
  void Remove(EffectSink* listener);

  void Append(uint64_t sequence, absl::Span<const Effect> effects) override;

 private:
  static constexpr int kMaxListeners = 8;

  Keyspace& keyspace_;
  Mutex mutex_;  // for changes; after the shards'
  std::array<std::atomic<EffectSink*>, kMaxListeners> listeners_ = {};
  int listening_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_FEED_EFFECT_HUB_H_
