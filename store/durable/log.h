#ifndef FASTKV_STORE_DURABLE_LOG_H_
#define FASTKV_STORE_DURABLE_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/durable/commit_gate.h"
#include "store/durable/file_system.h"
#include "store/durable/log_buffer.h"
#include "store/durable/segment_writer.h"
#include "store/effect/effect.h"

namespace kv::store {

// When what was written is made durable.
enum class FsyncPolicy : uint8_t {
  kAlways,    // before it is acknowledged
  kEverySec,  // within a second or so
  kNo,        // when the kernel sees fit
};

struct LogOptions {
  FileSystem* files = &FileSystem::Posix();  // borrowed
  std::string directory;
  FsyncPolicy fsync = FsyncPolicy::kEverySec;
  // A segment that has grown beyond this is followed by another.
  uint64_t segment_bytes = uint64_t{64} << 20;
  // With `always`: segments grow by so much at a time, so that most syncs need
  // not make a file longer.
  uint64_t room_bytes = uint64_t{1} << 20;
  // With `always`: how long a group waits at most for more of those whom the
  // last one released, if they are many. By default as suits the disk.
  absl::optional<std::chrono::microseconds> patience;
  // Records waiting for the writer: beyond this, those who write wait for it
  // before their next request; beyond twice this, in their transaction.
  size_t buffer_bytes = size_t{32} << 20;
};

// What INFO tells.
struct LogStats {
  uint64_t last_position = 0;
  uint64_t written_position = 0;
  uint64_t durable_position = 0;
  uint64_t buffered_bytes = 0;
  uint64_t written_bytes = 0;  // since the start, headers included
  uint64_t groups = 0;
  uint64_t syncs = 0;
  // With the write of the group that was synced.
  int64_t last_sync_us = 0;
  int64_t max_sync_us = 0;
  absl::Status status;  // why nothing is written any more
};

// Log: takes the effects of every transaction and makes them durable.
//
// Append only encodes into a buffer, under the locks of the transaction's
// shards. One thread writes: whatever has come while it was writing or syncing
// is its next group, so that one fsync carries the writes of all connections.
//
// A write or fsync that fails is final: what the disk holds is not known any
// more, so nothing more is written, every later change is marked as one that
// will never be durable, and the gate says so. A restart finds out.
//
// Owns       the thread, which the destructor ends after it has written all.
// Borrows    the gate.
// Threads    safe.
// Format     store/durable/FORMAT.md.
class Log final : public EffectSink {
 public:
  // Begins a segment with this position. The gate learns how far the log is.
  static absl::StatusOr<std::unique_ptr<Log>> Start(const LogOptions& options,
                                                    uint64_t next_position,
                                                    CommitGate* gate);
  ~Log() override;

  void Append(uint64_t sequence, absl::Span<const Effect> effects) override;

  // Ends the segment, unless it has no records yet, and begins another. Returns
  // the position with which the current one begins: all records appended before
  // this was called are before it, in segments that are durable and will not
  // change any more. Waits for the disk. An error: the log has failed, or ends.
  absl::StatusOr<uint64_t> BeginSegment();

  // Makes all records up to the position durable, whatever the policy says.
  // Waits for the disk. An error: as above. REQUIRES: there is such a record,
  // or the position is 0.
  absl::Status SyncThrough(uint64_t position);

  // The position of the newest record.
  uint64_t last_position() const;

  CommitGate& gate() { return gate_; }
  FsyncPolicy fsync() const { return options_.fsync; }
  LogStats stats() const;

 private:
  using Clock = std::chrono::steady_clock;

  Log(const LogOptions& options, uint64_t next_position, CommitGate* gate,
      std::unique_ptr<SegmentWriter> segment);

  // The writer's thread.
  void Run();
  // Returns when there is something to write or to sync, or the end has come.
  void WaitForWork(std::unique_lock<std::mutex>& lock);
  void WaitForWriters(std::unique_lock<std::mutex>& lock);  // with `always`
  bool HasAwaited() const;
  Clock::duration Patience() const;
  // Takes what is buffered, writes and syncs it as the policy says.
  absl::Status WriteGroup(std::unique_lock<std::mutex>& lock);
  // What others have asked the writer for.
  struct Wanted {
    uint64_t segments = 0;  // BeginSegment() was called so many times
    uint64_t durable = 0;   // up to this position
  };
  // REQUIRES: mutex_ is held.
  bool IsWanted() const {
    return wanted_.segments > begun_segments_ ||
           wanted_.durable > stats_.durable_position;
  }
  // Returns when the writer has done it; an error if it never will.
  absl::Status Await(std::unique_lock<std::mutex>& lock,
                     absl::FunctionRef<bool()> done);
  absl::Status WriteOut(uint64_t first, uint32_t count, bool sync);
  // Does what makes something durable, and notes how long that took.
  absl::Status Timed(absl::FunctionRef<absl::Status()> sync);
  // Ends the segment, if it has records, and begins another.
  absl::Status StartSegment(uint64_t first);
  // So that a reader can tell that all before it was durable.
  absl::Status WriteEnd();
  void Fail(const absl::Status& status);
  bool AlwaysSyncs() const { return options_.fsync == FsyncPolicy::kAlways; }

  const LogOptions options_;
  CommitGate& gate_;

  mutable std::mutex mutex_;
  std::condition_variable work_;   // for the writer
  std::condition_variable space_;  // for those who found the buffer full
  std::condition_variable done_;   // for those who asked for something
  // Guarded by mutex_.
  LogBuffer buffer_;
  uint32_t buffered_records_ = 0;
  uint32_t last_count_ = 0;        // records in the last group
  uint32_t impatient_groups_ = 0;  // so many of the next wait for nobody
  // So many buffered records wake the writer; 0: it does not wait for any.
  uint32_t awaited_records_ = 0;
  uint64_t last_position_;
  Wanted wanted_;
  uint64_t begun_segments_ = 0;  // of those wanted
  uint64_t segment_first_;       // the position with which the segment begins
  bool stopping_ = false;
  bool ended_ = false;      // the writer will do nothing more
  bool throttled_ = false;  // marks pass only when they are written
  LogStats stats_;

  // The writer's.
  std::unique_ptr<SegmentWriter> segment_;
  LogBuffer writing_;
  Clock::time_point last_sync_ = Clock::now();
  // How long one takes: a moving average.
  Clock::duration usual_sync_ = std::chrono::milliseconds(1);
  std::thread writer_;  // last: it uses the others
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_LOG_H_
