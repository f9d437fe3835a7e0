#ifndef FASTKV_STORE_ENGINE_H_
#define FASTKV_STORE_ENGINE_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/durable/commit_gate.h"
#include "store/durable/data_directory.h"
#include "store/durable/load_meter.h"
#include "store/durable/log.h"
#include "store/durable/recovery.h"
#include "store/durable/snapshotter.h"
#include "store/feed/effect_hub.h"
#include "store/keyspace.h"
#include "store/reclaimer.h"

namespace kv::store {

struct EngineOptions {
  KeyspaceOptions keyspace;  // its reclaimer is the engine's
};

// Where changes are kept, and how.
struct DurabilityOptions {
  LogOptions log;
  SnapshotterOptions snapshots;
  RecoveryOptions recovery;
};

// What the sweep did so far.
struct SweepStats {
  uint64_t expired = 0;     // entries removed since the start
  int64_t last_lag_ms = 0;  // of the oldest entry in the last round that
                            // removed any: how long after its deadline it went
  int64_t max_lag_ms = 0;
};

// Engine: the keyspace with what works on it in the background: the sweep,
// which removes entries whose deadline has passed, the reclaimer, which frees
// what is large, and the log and snapshots, if changes are to be kept.
//
// Ports may be open while the data is being loaded: their users ask loading(),
// or the gate, before they touch the keyspace.
//
// Owns       the keyspace, the hub of its effects, the sweep's thread, the
//            reclaimer, and the log and the snapshotter with their directory
//            and gate. The destructor ends the sweep, a snapshot that is being
//            taken, and then the log, which writes what it has.
// Threads    safe.
class Engine {
 public:
  // In memory only.
  explicit Engine(const EngineOptions& options);
  // With every change kept in a directory, which is taken now and loaded by
  // Load(). The error says what is wrong with it.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(
      const EngineOptions& options, const DurabilityOptions& durability);
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Makes the keyspace what the directory holds; from then on changes are kept
  // there. The error says what is wrong and what to do; after it the keyspace
  // must never be used. kCancelled: RecoveryOptions::go_on gave it up.
  // REQUIRES: Open() made this; called once.
  absl::Status Load();

  // Whether nobody may use the keyspace yet, or run a transaction. Whoever is
  // told that it is not loading sees all that was loaded.
  bool loading() const { return gate_ != nullptr && gate_->loading(); }
  // Any thread, at any time.
  LoadProgress load_progress() const { return load_meter_.Read(); }

  Keyspace& keyspace() { return keyspace_; }
  // Where components ask for the keyspace's changes.
  EffectHub& effects() { return effects_; }
  SweepStats sweep_stats() const;
  // Whether changes are kept.
  bool durable() const { return gate_ != nullptr; }
  // Null, these two: in memory only, or still loading.
  Log* log() { return loading() ? nullptr : log_.get(); }
  const Log* log() const { return loading() ? nullptr : log_.get(); }
  Snapshotter* snapshotter() {
    return loading() ? nullptr : snapshotter_.get();
  }
  const Snapshotter* snapshotter() const {
    return loading() ? nullptr : snapshotter_.get();
  }
  // What replies wait for; null: for nothing. Never another.
  CommitGate* commit_gate() { return gate_.get(); }
  // What was loaded at the start. REQUIRES: !loading().
  const Recovery& recovery() const { return recovery_; }

 private:
  struct WithoutSweep {};
  Engine(const EngineOptions& options, WithoutSweep);

  void StartSweep();
  void RunSweeps();
  // Removes what has expired by `now`.
  void Sweep(TimeMs now);
  // The same in one shard; returns how many were removed.
  size_t SweepShard(uint32_t shard, TimeMs now);

  Reclaimer reclaimer_;
  Keyspace keyspace_;
  EffectHub effects_{keyspace_};
  // What follows is there if changes are kept; what loading sets is not read
  // before the gate is open.
  DurabilityOptions durability_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<CommitGate> gate_;
  LoadMeter load_meter_;
  Recovery recovery_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Snapshotter> snapshotter_;
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
