#ifndef FASTKV_STORE_DURABLE_REPLAY_POOL_H_
#define FASTKV_STORE_DURABLE_REPLAY_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "store/database_map.h"
#include "store/durable/record_applier.h"
#include "store/durable/replayer.h"
#include "store/keyspace.h"

namespace kv::store {

// A piece of the log: some groups of one segment, one behind the other.
struct ReplayBatch {
  struct Group {
    uint64_t first;  // position of its first record
    uint32_t records;
    uint64_t end_offset;  // where it ends in the file
    size_t end;           // where its records end in `bytes`
  };

  std::string path;  // of the segment, for messages
  std::string bytes;
  std::vector<Group> groups;
};

// ReplayPool: applies the log with several threads.
//
// Every thread goes through all records, in their order, and applies those of
// its share of the shards (Replayer): a key's changes keep their order, and
// no thread waits for another. Finding the records costs little beside applying
// them.
//
// Owns       its threads.   Borrows  the keyspace, which nobody else uses;
// null:
//            nothing is applied, only looked at whether these are records.
// Threads    compatible: one thread adds.
class ReplayPool {
 public:
  ReplayPool(Keyspace* keyspace, int threads);
  // Ends the threads, whatever is left to do.
  ~ReplayPool();

  // Waits while several batches are waiting.
  void Add(std::unique_ptr<const ReplayBatch> batch);

  // Returns when all is applied; an error if something was no record, which the
  // message names. Nothing may be added afterwards.
  absl::Status Finish();

  // REQUIRES: Finish() has returned; there is a keyspace.
  uint64_t last_sequence() const;
  absl::optional<DatabaseMap> map() const;

 private:
  struct Worker {
    Worker(Keyspace* keyspace, Replayer::Share share)
        : applier(keyspace, share) {}

    RecordApplier applier;
    uint64_t next = 0;  // the number of its next batch; guarded by mutex_
    std::thread thread;
  };

  void Run(Worker& worker);
  static absl::Status Apply(const ReplayBatch& batch, Worker& worker);
  // Forgets batches that every worker has done.
  void DropDone();

  std::mutex mutex_;
  std::condition_variable added_;
  std::condition_variable done_;
  // Guarded by mutex_.
  std::deque<std::unique_ptr<const ReplayBatch>> batches_;
  uint64_t first_ = 0;  // the number of the first one in the queue
  bool ending_ = false;
  bool abandoned_ = false;
  absl::Status status_;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_REPLAY_POOL_H_
