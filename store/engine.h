#ifndef FASTKV_STORE_ENGINE_H_
#define FASTKV_STORE_ENGINE_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#include "store/feed/effect_hub.h"
#include "store/keyspace.h"

namespace kv::store {

struct EngineOptions {
  KeyspaceOptions keyspace;
};

// What the sweep did so far.
struct SweepStats {
  uint64_t expired = 0;     // entries removed since the start
  int64_t last_lag_ms = 0;  // of the oldest entry in the last round that
                            // removed any: how long after its deadline it went
  int64_t max_lag_ms = 0;
};

// Engine: the keyspace with what works on it in the background: the sweep,
// which removes entries whose deadline has passed.
//
// Owns       the keyspace, the hub of its effects, and the sweep's thread, which
//            ends in the destructor.
// Threads    safe.
class Engine {
 public:
  explicit Engine(const EngineOptions& options);
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Keyspace& keyspace() { return keyspace_; }
  // Where components ask for the keyspace's changes.
  EffectHub& effects() { return effects_; }
  SweepStats sweep_stats() const;

 private:
  void RunSweeps();
  // Removes what has expired by `now`.
  void Sweep(TimeMs now);
  // The same in one shard; returns how many were removed.
  size_t SweepShard(uint32_t shard, TimeMs now);

  Keyspace keyspace_;
  EffectHub effects_{keyspace_};
  std::atomic<uint64_t> expired_{0};
  std::atomic<int64_t> last_lag_ms_{0};
  std::atomic<int64_t> max_lag_ms_{0};

  std::mutex mutex_;
  std::condition_variable stop_requested_;
  // Set under mutex_, so that the sweep cannot miss it as it goes to sleep.
  std::atomic<bool> stopping_{false};
  std::thread sweeper_;  // last: it uses the others
};

}  // namespace kv::store

#endif  // FASTKV_STORE_ENGINE_H_
