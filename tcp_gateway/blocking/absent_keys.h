#ifndef FASTKV_TCP_GATEWAY_BLOCKING_ABSENT_KEYS_H_
#define FASTKV_TCP_GATEWAY_BLOCKING_ABSENT_KEYS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/mutex.h"
#include "store/effect/effect.h"
#include "store/feed/effect_hub.h"
#include "tcp_gateway/blocking/striped_key_map.h"

namespace kv::gateway {

// AbsentKeys: versions for keys that are not there. An entry has its version;
// of a key that was made and removed again nothing is left to compare. So
// while a client watches an absent key, its changes are heard here.
//
// Exact but for one case: a key that SWAPDB brings and the next SWAPDB takes
// away is as it was.
//
// Borrows    the hub of effects.
// Threads    safe. Those who look at a key hold its shard while they do.
// Locks      after the shards'.
class AbsentKeys final : public store::EffectSink {
 public:
  explicit AbsentKeys(store::EffectHub& hub) : hub_(hub) {}
  ~AbsentKeys() override { hub_.Remove(this); }

  // One client's interest in one key, until destroyed.
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&& from) noexcept { *this = std::move(from); }
    Watch& operator=(Watch&& from) noexcept {
      std::swap(keys_, from.keys_);
      std::swap(db_, from.db_);
      std::swap(name_, from.name_);
      return *this;
    }
    ~Watch() {
      if (keys_ != nullptr) keys_->Leave({db_, name_});
    }

   private:
    friend class AbsentKeys;
    Watch(AbsentKeys* keys, const store::Key& key)
        : keys_(keys), db_(key.db), name_(key.bytes) {}

    AbsentKeys* keys_ = nullptr;
    uint8_t db_ = 0;
    std::string name_;
  };

  // REQUIRES: the key is absent, and its shard locked.
  Watch Join(const store::Key& key);

  // The number of the last change to the key that was heard since somebody
  // watches it; 0: none. REQUIRES: its shard is locked.
  uint64_t VersionOf(const store::Key& key);

  void Append(uint64_t sequence,
              absl::Span<const store::Effect> effects) override;

 private:
  struct Watched {
    int watches = 0;
    uint64_t version = 0;
  };

  void Leave(const KeyId& id);
  // Starts and stops listening to effects with the first and last watch.
  void CountWatch(int change);

  store::EffectHub& hub_;
  StripedKeyMap<Watched> watched_;
  store::Mutex mutex_;
  int watches_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_BLOCKING_ABSENT_KEYS_H_
