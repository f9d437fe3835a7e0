#include "store/durable/snapshot_loader.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "store/durable/record_applier.h"

namespace kv::store {
namespace {

constexpr std::chrono::milliseconds kProgressInterval(50);

using GoOn = std::function<bool(uint64_t bytes, uint64_t records)>;

class Loader {
 public:
  Loader(SnapshotReader& reader, Keyspace* keyspace)
      : reader_(reader), keyspace_(keyspace) {}

  absl::Status Load(int threads, const GoOn& go_on) {
    std::vector<std::thread> workers;
    working_ = threads;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([this] { Run(); });
    }
    std::unique_lock<std::mutex> lock(mutex_);
    while (!done_.wait_for(lock, kProgressInterval,
                           [this] { return working_ == 0; })) {
      lock.unlock();
      const absl::Status status = Report(go_on);
      lock.lock();
      if (!status.ok()) Fail(status);
    }
    lock.unlock();
    for (std::thread& worker : workers) worker.join();
    return status_.ok() ? Report(go_on) : status_;
  }

 private:
  absl::Status Report(const GoOn& go_on) const {
    if (!go_on || go_on(reader_.offset(), records_.load())) {
      return absl::OkStatus();
    }
    return absl::CancelledError("the loading was given up");
  }

  void Run() {
    absl::Status status = LoadBlocks();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!status.ok()) Fail(status);
    if (--working_ == 0) done_.notify_one();
  }

  // REQUIRES: mutex_ is held.
  void Fail(const absl::Status& status) {
    failed_.store(true, std::memory_order_relaxed);
    if (status_.ok()) status_ = status;
  }

  absl::Status LoadBlocks() {
    RecordApplier applier(keyspace_);
    SnapshotReader::Block block;
    while (!failed_.load(std::memory_order_relaxed)) {
      const auto more = reader_.Next(&block);
      if (!more.ok()) return more.status();
      if (!*more) break;
      absl::Status status = LoadBlock(block, applier);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status LoadBlock(SnapshotReader::Block& block, RecordApplier& applier) {
    const auto unpacked = SnapshotReader::Unpack(block);
    if (!unpacked.ok()) return unpacked.status();
    absl::string_view bytes = *unpacked;
    const uint32_t records = applier.Apply(&bytes, block.records());
    records_.fetch_add(records, std::memory_order_relaxed);
    if (bytes.empty() && records == block.records()) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(
        "the block at offset ", block.offset(),
        " has records that this server does not write, though its checksum is "
        "right. Start the server that wrote it"));
  }

  SnapshotReader& reader_;
  Keyspace* const keyspace_;
  std::atomic<uint64_t> records_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::condition_variable done_;
  int working_ = 0;      // guarded by mutex_
  absl::Status status_;  // guarded by mutex_
};

}  // namespace

absl::StatusOr<SnapshotEnd> LoadSnapshot(
    SnapshotReader& reader, Keyspace* keyspace, int threads,
    const std::function<bool(uint64_t bytes, uint64_t records)>& go_on) {
  absl::Status status = Loader(reader, keyspace).Load(threads, go_on);
  if (!status.ok()) return status;
  return reader.end();
}

}  // namespace kv::store
