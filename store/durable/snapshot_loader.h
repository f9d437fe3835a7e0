#ifndef FASTKV_STORE_DURABLE_SNAPSHOT_LOADER_H_
#define FASTKV_STORE_DURABLE_SNAPSHOT_LOADER_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "store/durable/snapshot.h"
#include "store/durable/snapshot_reader.h"
#include "store/keyspace.h"

namespace kv::store {

// Puts all that a snapshot holds into the keyspace, with several threads, each
// of which takes the next block. Databases stay where their entries are;
// whoever has read the log, too, maps them.
//
// A keyspace that is null is not filled: the snapshot is only looked through.
// `go_on`, which may be null, is called on the calling thread now and then,
// with the bytes and records loaded so far. When it returns false, the loading
// is given up: kCancelled.
//
// Errors     kDataLoss: the snapshot is damaged; the message names the offset,
//            but not the file, and the keyspace is worth nothing.
// REQUIRES   nobody else uses the keyspace.
absl::StatusOr<SnapshotEnd> LoadSnapshot(
    SnapshotReader& reader, Keyspace* keyspace, int threads,
    const std::function<bool(uint64_t bytes, uint64_t records)>& go_on);

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SNAPSHOT_LOADER_H_
