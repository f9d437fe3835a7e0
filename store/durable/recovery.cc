#include "store/durable/recovery.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "store/durable/replay_pool.h"
#include "store/durable/snapshot_loader.h"
#include "store/durable/snapshot_reader.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

int ThreadsFrom(const RecoveryOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// One try: a certain snapshot, or none, and the log behind it.
class Attempt {
 public:
  // `begin`: of the snapshot; 0: none. Without a keyspace nothing is loaded,
  // and nothing changed.
  Attempt(const DataDirectory& directory, Keyspace* keyspace,
          const RecoveryOptions& options, uint64_t begin)
      : directory_(directory),
        keyspace_(keyspace),
        options_(options),
        begin_(begin) {}

  absl::StatusOr<Recovery> Run() {
    absl::Status status = OpenSnapshot();
    if (!status.ok()) return status;
    // Before minutes are spent on the snapshot; who verifies wants to know all.
    if (keyspace_ != nullptr) {
      if (status = CheckLogHeaders(); !status.ok()) return status;
    }
    if (!GoOn(0, 0)) return absl::CancelledError("the loading was given up");
    if (status = LoadSnapshotFile(); !status.ok()) return status;
    if (status = LoadLog(); !status.ok()) return status;
    return result_;
  }

  // Whether it was the snapshot that could not be read.
  bool snapshot_is_damaged() const { return snapshot_is_damaged_; }

 private:
  std::string SnapshotPath() const {
    return directory_.PathOf(SnapshotName(begin_));
  }

  absl::Status OpenSnapshot() {
    if (begin_ == 0) return absl::OkStatus();
    auto reader = SnapshotReader::Open(directory_.files(), SnapshotPath());
    if (!reader.ok()) return SnapshotError(reader.status());
    if ((*reader)->header().begin != begin_) {
      return SnapshotError(absl::DataLossError(absl::StrCat(
          "by its header, at offset 0, its log begins at position ",
          (*reader)->header().begin,
          ": it was renamed. Give it its name back")));
    }
    snapshot_ = *std::move(reader);
    return absl::OkStatus();
  }

  absl::Status CheckLogHeaders() {
    LogLoader log(directory_, {.begin = std::max<uint64_t>(begin_, 1)});
    absl::Status status = log.Open();
    if (status.ok()) status = log.CheckHeaders();
    progress_.bytes_total =
        log.bytes_total() + (snapshot_ == nullptr ? 0 : snapshot_->size());
    return status;
  }

  absl::Status LoadSnapshotFile() {
    if (snapshot_ == nullptr) return absl::OkStatus();
    const auto end = LoadSnapshot(*snapshot_, keyspace_, ThreadsFrom(options_),
                                  [this](uint64_t bytes, uint64_t records) {
                                    return GoOn(bytes, records);
                                  });
    if (!end.ok()) return SnapshotError(end.status());
    end_ = *end;
    result_.snapshot = {begin_, snapshot_->size(), end_.records};
    return absl::OkStatus();
  }

  absl::Status LoadLog() {
    ReplayPool pool(keyspace_, ThreadsFrom(options_));
    LogLoader loader(directory_,
                     {.begin = std::max<uint64_t>(begin_, 1), .end = end_.end});
    if (absl::Status status = loader.Open(); !status.ok()) return status;
    const auto log =
        loader.Load(pool, [this](uint64_t bytes, uint64_t records) {
          return GoOn(result_.snapshot.bytes + bytes,
                      result_.snapshot.records + records);
        });
    if (options_.damage != nullptr) *options_.damage = loader.damage();
    if (!log.ok()) return log.status();
    if (absl::Status status = pool.Finish(); !status.ok()) return status;
    result_.log = *log;
    if (keyspace_ == nullptr) return absl::OkStatus();
    keyspace_->set_sequence(std::max(end_.sequence, pool.last_sequence()));
    keyspace_->set_database_map(pool.map().value_or(end_.map));
    return loader.CutTail();
  }

  absl::Status SnapshotError(const absl::Status& status) {
    snapshot_is_damaged_ = absl::IsDataLoss(status);
    if (snapshot_is_damaged_) {
      return absl::DataLossError(absl::StrCat(
          SnapshotPath(), ": ", status.message(),
          ". Nothing was changed. Restore the directory from a copy"));
    }
    if (!absl::IsUnimplemented(status)) return status;
    return absl::UnimplementedError(
        absl::StrCat(SnapshotPath(), ": ", status.message()));
  }

  // Tells how far it is.
  bool GoOn(uint64_t bytes, uint64_t records) {
    progress_.bytes_read = bytes;
    progress_.records = records;
    return !options_.go_on || options_.go_on(progress_);
  }

  const DataDirectory& directory_;
  Keyspace* const keyspace_;
  const RecoveryOptions& options_;
  const uint64_t begin_;
  std::unique_ptr<SnapshotReader> snapshot_;
  SnapshotEnd end_;
  bool snapshot_is_damaged_ = false;
  RecoveryProgress progress_;
  Recovery result_;
};

// Whether the log is still there from this position on.
bool HasLogFrom(const std::vector<uint64_t>& segments, uint64_t begin) {
  return std::binary_search(segments.begin(), segments.end(), begin);
}

void RemoveBefore(const DataDirectory& directory, uint64_t begin,
                  Recovery& recovery) {
  if (begin == 0) return;
  const absl::Status status = directory.RemoveBefore(begin);
  if (status.ok()) return;
  absl::StrAppend(&recovery.warning, recovery.warning.empty() ? "" : "; ",
                  "what is not needed any more stays: ", status.message());
}

void Empty(Keyspace& keyspace) {
  for (int i = 0; i < keyspace.shards(); ++i) {
    Transaction txn(keyspace, Transaction::Replay{0},
                    Transaction::ShardIndex{static_cast<uint32_t>(i)});
    for (uint8_t place = 0; place < kDatabases; ++place) txn.Clear(place);
  }
}

// As Recover; without a keyspace as Verify.
absl::StatusOr<Recovery> Run(const DataDirectory& directory, Keyspace* keyspace,
                             const RecoveryOptions& options) {
  const auto snapshots = directory.Snapshots();
  if (!snapshots.ok()) return snapshots.status();
  const auto segments = directory.Segments();
  if (!segments.ok()) return segments.status();

  // Newest first; last of all, the log from its very beginning.
  std::vector<uint64_t> begins(snapshots->rbegin(), snapshots->rend());
  begins.push_back(0);
  absl::Status damage;
  for (const uint64_t begin : begins) {
    const bool first = damage.ok();
    if (!first && !HasLogFrom(*segments, std::max<uint64_t>(begin, 1))) {
      continue;
    }
    Attempt attempt(directory, keyspace, options, begin);
    auto recovery = attempt.Run();
    if (recovery.ok()) {
      if (!first) {
        recovery->warning =
            absl::StrCat(damage.message(),
                         ". It was passed over: all that was there before "
                         "it still is, and was loaded");
      }
      if (keyspace != nullptr) RemoveBefore(directory, begin, *recovery);
      return recovery;
    }
    if (absl::IsCancelled(recovery.status())) return recovery;
    if (first) damage = recovery.status();
    if (!attempt.snapshot_is_damaged()) break;
    if (keyspace != nullptr) Empty(*keyspace);
  }
  return damage;
}

}  // namespace

absl::StatusOr<Recovery> Recover(const DataDirectory& directory,
                                 Keyspace& keyspace,
                                 const RecoveryOptions& options) {
  return Run(directory, &keyspace, options);
}

absl::StatusOr<Recovery> Verify(const DataDirectory& directory,
                                const RecoveryOptions& options) {
  return Run(directory, nullptr, options);
}

}  // namespace kv::store
