#ifndef FASTKV_STORE_DURABLE_TAKE_SNAPSHOT_H_
#define FASTKV_STORE_DURABLE_TAKE_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "store/durable/data_directory.h"
#include "store/durable/keyspace_walker.h"
#include "store/durable/log.h"
#include "store/keyspace.h"

namespace kv::store {

// A snapshot that is there.
struct SnapshotInfo {
  uint64_t begin = 0;    // the log goes on from this position
  uint64_t bytes = 0;    // of the file
  uint64_t records = 0;  // a little more than entries, if some are large
};

// How far one is that is being taken.
struct SnapshotProgress {
  uint64_t entries = 0;  // when it was begun
  uint64_t records = 0;
  uint64_t bytes = 0;  // written
};

struct TakeSnapshotOptions {
  // Records of a block, more or less. LZ4 looks back 64 KiB.
  size_t block_bytes = 256 << 10;
  WalkLimits walk;
};

// Writes a snapshot of the keyspace while others use it. Returns when it is
// durable; what it makes unnecessary is still there
// (DataDirectory::RemoveBefore).
//
// `go_on` is called after each block, and may wait; when it returns false, the
// snapshot is given up: kCancelled. After any error the directory has what it
// had before, except that maybe the log has begun another segment.
absl::StatusOr<SnapshotInfo> TakeSnapshot(
    Keyspace& keyspace, Log& log, const DataDirectory& directory,
    absl::FunctionRef<bool(const SnapshotProgress&)> go_on,
    const TakeSnapshotOptions& options = {});

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_TAKE_SNAPSHOT_H_
