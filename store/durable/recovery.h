#ifndef FASTKV_STORE_DURABLE_RECOVERY_H_
#define FASTKV_STORE_DURABLE_RECOVERY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "store/durable/data_directory.h"
#include "store/durable/log_loader.h"
#include "store/durable/take_snapshot.h"
#include "store/keyspace.h"

namespace kv::store {

// How far the loading is.
struct RecoveryProgress {
  uint64_t bytes_read = 0;
  uint64_t bytes_total = 0;
  uint64_t records = 0;
};

struct RecoveryOptions {
  // That load; 0: one for each core.
  int threads = 0;
  // Called before anything is loaded and then now and then, on the calling
  // thread. When it returns false the loading is given up: kCancelled. May be
  // null.
  std::function<bool(const RecoveryProgress&)> go_on;
  // Set where the log is damaged and can be cut off; may be null.
  absl::optional<LogDamage>* damage = nullptr;
};

// What was found in a data directory.
struct Recovery {
  SnapshotInfo snapshot;  // its `begin` is 0 if there was none
  LogContents log;
  // What is not as it should be, but could be put right; empty: nothing.
  std::string warning;
};

// Makes the keyspace what the newest valid snapshot and the log behind it say,
// and removes the files that these make unnecessary.
//
// kDataLoss, kUnimplemented: something is damaged, or of another version; the
// message names file, offset and what to do. After any error nothing in the
// directory was changed, and the keyspace is worth nothing.
//
// REQUIRES: the keyspace is empty; nobody else uses it. A sink that it may have
// is told nothing.
absl::StatusOr<Recovery> Recover(const DataDirectory& directory,
                                 Keyspace& keyspace,
                                 const RecoveryOptions& options = {});

// Finds out what Recover would find, without a keyspace and without changing
// anything. Errors as Recover's.
absl::StatusOr<Recovery> Verify(const DataDirectory& directory,
                                const RecoveryOptions& options = {});

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_RECOVERY_H_
