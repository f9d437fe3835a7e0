#ifndef FASTKV_STORE_DURABLE_SNAPSHOTTER_H_
#define FASTKV_STORE_DURABLE_SNAPSHOTTER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/base/time.h"
#include "store/durable/data_directory.h"
#include "store/durable/log.h"
#include "store/durable/recovery.h"
#include "store/durable/take_snapshot.h"
#include "store/keyspace.h"

namespace kv::store {

// One snapshot that has ended.
struct SnapshotReport {
  absl::StatusOr<SnapshotInfo> snapshot;
  int64_t duration_ms = 0;
  // Of removing what it makes unnecessary.
  absl::Status removal;
};

// When snapshots are taken, beside those that are asked for.
struct SnapshotterOptions {
  // When the log has grown by so much since the last one, and by as much as
  // that one is long: then what is written for snapshots is no more than what
  // is written for the log. 0: never.
  uint64_t log_bytes = uint64_t{256} << 20;
  // When so much time has passed since the last one, if anything has changed.
  // Zero: never.
  std::chrono::milliseconds interval{0};
  // What is written for a snapshot, at most. 0: no limit.
  uint64_t bytes_per_second = 0;
  // Called after each, on the snapshotter's thread; may be null.
  std::function<void(const SnapshotReport&)> report;
};

// What INFO tells.
struct SnapshotterStats {
  bool in_progress = false;
  SnapshotProgress progress;   // of the one in progress
  TimeMs begun_ms = 0;         // when that was begun
  uint64_t taken = 0;          // since the start
  TimeMs last_success_ms = 0;  // 0: none since the start
  int64_t last_duration_ms = -1;
  absl::Status last_status;
  uint64_t last_bytes = 0;  // of the newest snapshot; 0: there is none
  uint64_t changes = 0;     // records of the log that no snapshot has
  uint64_t log_bytes = 0;   // bytes of the log behind the newest snapshot
};

// Snapshotter: takes snapshots, one at a time, when it is asked or when it is
// time. On a thread of low priority, so that it takes what others leave.
//
// Owns       the thread, which the destructor ends; a snapshot that is under
//            way is given up.
// Borrows    keyspace, log and directory.
// Threads    safe.
class Snapshotter {
 public:
  using Done = std::function<void(const absl::Status&)>;

  // `found`: what the log and the snapshot were at the start.
  Snapshotter(Keyspace& keyspace, Log& log, const DataDirectory& directory,
              const Recovery& found, const SnapshotterOptions& options);
  ~Snapshotter();

  // Asks for a snapshot that has everything that was done before this call: the
  // next one, if one is under way. `done`, which may be null, is called on the
  // snapshotter's thread when it is durable or has failed.
  void Request(Done done = nullptr);

  SnapshotterStats stats() const;

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  // REQUIRES: mutex_ is held.
  bool IsDue(Clock::time_point now) const;
  SnapshotReport Take();
  // Tells how far it is, waits as the limit wants; false: give up.
  bool GoOn(const SnapshotProgress& progress, Clock::time_point begin);
  void Note(const SnapshotReport& report, uint64_t log_bytes);

  Keyspace& keyspace_;
  Log& log_;
  const DataDirectory& directory_;
  const SnapshotterOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_.
  bool stopping_ = false;
  bool requested_ = false;
  std::vector<Done> waiting_;  // for the next one
  SnapshotterStats stats_;
  uint64_t newest_begin_;  // of the newest snapshot
  // Of the log since the start (LogStats::written_bytes), when the newest
  // snapshot was begun; negative: it was before the start.
  int64_t newest_at_bytes_;
  Clock::time_point last_end_ = Clock::now();

  std::thread thread_;  // last: it uses the others
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SNAPSHOTTER_H_
