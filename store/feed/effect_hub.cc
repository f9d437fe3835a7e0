#include "store/feed/effect_hub.h"

#include "absl/base/internal/raw_logging.h"

namespace kv::store {

EffectHub::EffectHub(Keyspace& keyspace) : keyspace_(keyspace) {
  EffectSink* first = keyspace.sink();
  if (first != nullptr) Start(first);
}

void EffectHub::Start(EffectSink* listener) {
  MutexLock lock(mutex_);
  for (auto& slot : listeners_) {
    if (slot.load(std::memory_order_relaxed) != nullptr) continue;
    slot.store(listener, std::memory_order_release);
    if (listening_++ == 0) keyspace_.set_sink(this);
    return;
  }
  ABSL_RAW_CHECK(false, "more listeners than there are components");
}

void EffectHub::Stop(EffectSink* listener) {
  MutexLock lock(mutex_);
  for (auto& slot : listeners_) {
    if (slot.load(std::memory_order_relaxed) != listener) continue;
    slot.store(nullptr, std::memory_order_release);
    if (--listening_ == 0) keyspace_.set_sink(nullptr);
    return;
  }
}

void EffectHub::Remove(EffectSink* listener) {
  Stop(listener);
  // Effects are handed over under the locks of their shards: whoever locks
  // every shard once has waited for all transactions that saw the listener.
  for (int i = 0; i < keyspace_.shards(); ++i) {
    MutexLock lock(keyspace_.shard(i).mutex);
  }
}

void EffectHub::Append(uint64_t sequence, absl::Span<const Effect> effects) {
  for (auto& slot : listeners_) {
    EffectSink* listener = slot.load(std::memory_order_acquire);
    if (listener != nullptr) listener->Append(sequence, effects);
  }
}

}  // namespace kv::store
