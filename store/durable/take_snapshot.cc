#include "store/durable/take_snapshot.h"

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "store/base/mutex.h"
#include "store/durable/log_buffer.h"
#include "store/durable/random_salt.h"
#include "store/durable/snapshot_writer.h"

namespace kv::store {
namespace {

// Memory that the buffer keeps for the next block.
constexpr size_t kKeptBytes = 1 << 20;

uint64_t CountEntries(Keyspace& keyspace) {
  uint64_t entries = 0;
  for (int i = 0; i < keyspace.shards(); ++i) {
    Shard& shard = keyspace.shard(i);
    MutexLock lock(shard.mutex);
    for (int place = 0; place < shard.databases(); ++place) {
      entries += shard.database(place).table.size();
    }
  }
  return entries;
}

DatabaseMap MapOf(Keyspace& keyspace) {
  MutexLock lock(keyspace.shard(0).mutex);
  return keyspace.database_map();
}

absl::Status WriteEntries(
    Keyspace& keyspace, SnapshotWriter& writer, SnapshotProgress progress,
    absl::FunctionRef<bool(const SnapshotProgress&)> go_on,
    const TakeSnapshotOptions& options) {
  KeyspaceWalker walker(keyspace, options.walk);
  LogBuffer buffer;
  uint32_t records = 0;
  for (bool complete = false; !complete;) {
    const absl::optional<uint32_t> more = walker.Next(&buffer);
    complete = !more.has_value();
    records += more.value_or(0);
    if (records == 0 || (!complete && buffer.size() < options.block_bytes))
      continue;
    absl::Status status = writer.WriteBlock(buffer.bytes(), records);
    if (!status.ok()) return status;
    buffer.Clear(kKeptBytes);
    records = 0;
    progress.records = writer.records();
    progress.bytes = writer.size();
    if (!go_on(progress)) {
      return absl::CancelledError("the snapshot was given up");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SnapshotInfo> TakeSnapshot(
    Keyspace& keyspace, Log& log, const DataDirectory& directory,
    absl::FunctionRef<bool(const SnapshotProgress&)> go_on,
    const TakeSnapshotOptions& options) {
  const auto begin = log.BeginSegment();
  if (!begin.ok()) return begin.status();
  const SnapshotHeader header = {
      .salt = RandomSalt(), .begin = *begin, .entries = CountEntries(keyspace)};
  auto writer =
      SnapshotWriter::Create(directory.files(), directory.path(), header);
  if (!writer.ok()) return writer.status();
  absl::Status status = WriteEntries(
      keyspace, **writer, {.entries = header.entries}, go_on, options);
  if (!status.ok()) return status;
  const DatabaseMap map = MapOf(keyspace);
  // Read after the walk: whatever a piece saw was appended before its shard was
  // unlocked.
  const uint64_t end = log.last_position();
  status = log.SyncThrough(end);
  if (status.ok()) {
    status = (*writer)->Finish(end, keyspace.sequence(), map);
  }
  if (!status.ok()) return status;
  return SnapshotInfo{*begin, (*writer)->size(), (*writer)->records()};
}

}  // namespace kv::store
