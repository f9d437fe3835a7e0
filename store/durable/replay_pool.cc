#include "store/durable/replay_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kv::store {
namespace {

// So that who reads and those who apply need not wait for each other.
constexpr size_t kMaxBatches = 4;

}  // namespace

ReplayPool::ReplayPool(Keyspace* keyspace, int threads) {
  // All would look at the same records.
  const uint32_t shares =
      keyspace == nullptr ? 1 : std::clamp(threads, 1, keyspace->shards());
  for (uint32_t i = 0; i < shares; ++i) {
    workers_.push_back(
        std::make_unique<Worker>(keyspace, Replayer::Share{i, shares}));
  }
  for (const auto& worker : workers_) {
    worker->thread = std::thread([this, &worker = *worker] { Run(worker); });
  }
}

ReplayPool::~ReplayPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    abandoned_ = true;
  }
  added_.notify_all();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void ReplayPool::Add(std::unique_ptr<const ReplayBatch> batch) {
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [this] { return batches_.size() < kMaxBatches; });
  batches_.push_back(std::move(batch));
  lock.unlock();
  added_.notify_all();
}

absl::Status ReplayPool::Finish() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  added_.notify_all();
  for (const auto& worker : workers_) worker->thread.join();
  return status_;
}

uint64_t ReplayPool::last_sequence() const {
  // Every worker has seen every record.
  return workers_.front()->applier.replayer().last_sequence();
}

absl::optional<DatabaseMap> ReplayPool::map() const {
  return workers_.front()->applier.replayer().map();
}

void ReplayPool::Run(Worker& worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    const auto has_batch = [&] {
      return worker.next < first_ + batches_.size();
    };
    added_.wait(lock, [&] { return has_batch() || ending_ || abandoned_; });
    if (abandoned_ || !has_batch()) return;
    // It stays where it is until every worker has done it.
    const ReplayBatch& batch = *batches_[worker.next - first_];
    const bool skip = !status_.ok();
    lock.unlock();
    const absl::Status status = skip ? absl::OkStatus() : Apply(batch, worker);
    lock.lock();
    if (!status.ok() && status_.ok()) status_ = status;
    ++worker.next;
    DropDone();
  }
}

absl::Status ReplayPool::Apply(const ReplayBatch& batch, Worker& worker) {
  size_t begin = 0;
  for (const ReplayBatch::Group& group : batch.groups) {
    absl::string_view records(batch.bytes.data() + begin, group.end - begin);
    begin = group.end;
    const uint32_t applied = worker.applier.Apply(&records, group.records);
    if (applied == group.records && records.empty()) continue;
    return absl::DataLossError(absl::StrCat(
        batch.path, ": the record of position ", group.first + applied,
        ", before offset ", group.end_offset - records.size(),
        ", is not one that this server writes, though its checksum is "
        "right. Start the server that wrote it"));
  }
  return absl::OkStatus();
}

void ReplayPool::DropDone() {
  uint64_t done = UINT64_MAX;
  for (const auto& worker : workers_) done = std::min(done, worker->next);
  if (done == first_) return;
  while (first_ < done) {
    batches_.pop_front();
    ++first_;
  }
  done_.notify_one();
}

}  // namespace kv::store
