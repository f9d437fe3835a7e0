#include "store/durable/snapshotter.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "store/base/clock.h"

namespace kv::store {
namespace {

// How often it looks whether it is time.
constexpr std::chrono::seconds kLookInterval(1);
// After one that failed, the next is not tried sooner unless asked for.
constexpr std::chrono::seconds kRetryInterval(60);

// A thread's own, on Linux.
constexpr int kNiceness = 10;

}  // namespace

Snapshotter::Snapshotter(Keyspace& keyspace, Log& log,
                         const DataDirectory& directory, const Recovery& found,
                         const SnapshotterOptions& options)
    : keyspace_(keyspace),
      log_(log),
      directory_(directory),
      options_(options),
      newest_begin_(std::max<uint64_t>(found.snapshot.begin, 1)),
      newest_at_bytes_(-static_cast<int64_t>(found.log.bytes)) {
  stats_.last_bytes = found.snapshot.bytes;
  thread_ = std::thread([this] { Run(); });
}

Snapshotter::~Snapshotter() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Snapshotter::Request(Done done) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    requested_ = true;
    if (done) waiting_.push_back(std::move(done));
  }
  wake_.notify_all();
}

SnapshotterStats Snapshotter::stats() const {
  const LogStats log = log_.stats();
  std::lock_guard<std::mutex> lock(mutex_);
  SnapshotterStats stats = stats_;
  stats.changes =
      log.last_position - std::min(newest_begin_ - 1, log.last_position);
  stats.log_bytes = static_cast<int64_t>(log.written_bytes) - newest_at_bytes_;
  return stats;
}

void Snapshotter::Run() {
  pthread_setname_np(pthread_self(), "fastkv-snapshot");
  // Without the right to it, it is a thread as any other.
  static_cast<void>(setpriority(PRIO_PROCESS, gettid(), kNiceness));
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait_for(lock, kLookInterval,
                   [this] { return stopping_ || requested_; });
    if (stopping_) break;
    if (!requested_ && !IsDue(Clock::now())) continue;
    requested_ = false;
    const std::vector<Done> waiting = std::exchange(waiting_, {});
    lock.unlock();
    const SnapshotReport report = Take();
    if (options_.report) options_.report(report);
    for (const Done& done : waiting) done(report.snapshot.status());
    lock.lock();
  }
  const std::vector<Done> waiting = std::exchange(waiting_, {});
  lock.unlock();
  for (const Done& done : waiting) {
    done(absl::CancelledError("the server is ending"));
  }
}

bool Snapshotter::IsDue(Clock::time_point now) const {
  if (!stats_.last_status.ok() && now < last_end_ + kRetryInterval) {
    return false;
  }
  const LogStats log = log_.stats();
  if (!log.status.ok() || log.last_position < newest_begin_) return false;
  if (options_.interval.count() > 0 && now >= last_end_ + options_.interval) {
    return true;
  }
  const auto grown = static_cast<uint64_t>(
      static_cast<int64_t>(log.written_bytes) - newest_at_bytes_);
  return options_.log_bytes > 0 &&
         grown >= std::max(options_.log_bytes, stats_.last_bytes);
}

SnapshotReport Snapshotter::Take() {
  const uint64_t log_bytes = log_.stats().written_bytes;
  const Clock::time_point begin = Clock::now();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stats_.in_progress = true;
    stats_.progress = {};
    stats_.begun_ms = WallTimeMs();
  }
  SnapshotReport report = {
      .snapshot = TakeSnapshot(keyspace_, log_, directory_,
                               [&](const SnapshotProgress& progress) {
                                 return GoOn(progress, begin);
                               })};
  if (report.snapshot.ok()) {
    report.removal = directory_.RemoveBefore(report.snapshot->begin);
  }
  report.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                           Clock::now() - begin)
                           .count();
  Note(report, log_bytes);
  return report;
}

bool Snapshotter::GoOn(const SnapshotProgress& progress,
                       Clock::time_point begin) {
  std::unique_lock<std::mutex> lock(mutex_);
  stats_.progress = progress;
  if (options_.bytes_per_second > 0) {
    const std::chrono::duration<double> due(
        static_cast<double>(progress.bytes) / options_.bytes_per_second);
    wake_.wait_until(lock,
                     begin + std::chrono::duration_cast<Clock::duration>(due),
                     [this] { return stopping_; });
  }
  return !stopping_;
}

void Snapshotter::Note(const SnapshotReport& report, uint64_t log_bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  last_end_ = Clock::now();
  stats_.in_progress = false;
  stats_.last_status = report.snapshot.status();
  stats_.last_duration_ms = report.duration_ms;
  if (!report.snapshot.ok()) return;
  ++stats_.taken;
  stats_.last_success_ms = WallTimeMs();
  stats_.last_bytes = report.snapshot->bytes;
  newest_begin_ = report.snapshot->begin;
  newest_at_bytes_ = static_cast<int64_t>(log_bytes);
}

}  // namespace kv::store
