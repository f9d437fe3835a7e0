#include "store/durable/log.h"

#include <pthread.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/memory/memory.h"
#include "store/durable/random_salt.h"
#include "store/durable/record.h"

namespace kv::store {
namespace {

// Where nobody waits for the disk, the writer lets records gather for so long,
// or until there are so many bytes: a write for each would cost more than the
// record did. A process that is killed loses no more than that.
constexpr std::chrono::microseconds kGather(5000);
constexpr size_t kGatherBytes = 256 << 10;

// With `always`, those whom a group released come back with their next writes.
// Where they are many, the machine is busy and a sync costs as much as several
// writes do: the next group waits until most of them are in it, not for the
// last ones, and for the time of a few syncs at most. Where they are few,
// waiting would only add to their time; and if those who write now are not
// those who were released, they do not come sooner for being waited for: after
// a group for which not even half of them came, some do not wait.
constexpr uint32_t kManyWriters = 16;
constexpr uint32_t kImpatientGroups = 16;
constexpr int kPatienceSyncs = 3;  // so many times as long as a sync takes
constexpr std::chrono::microseconds kMaxPatience(1000);
constexpr std::chrono::microseconds kMinUsualSync(1);

constexpr auto kSyncInterval = std::chrono::seconds(1);

// What the gate has reached where nobody waits for the log.
constexpr uint64_t kAllPassed = std::numeric_limits<uint64_t>::max();

// Memory that buffers keep when they are empty.
constexpr size_t kKeptBytes = 4 << 20;

// Records of more effects than this are encoded before the log is locked.
constexpr size_t kManyEffects = 64;

absl::StatusOr<std::unique_ptr<SegmentWriter>> CreateSegment(
    const LogOptions& options, uint64_t first) {
  // Where syncs are rare, their time does not matter, but writing twice does.
  const uint64_t room_bytes =
      options.fsync == FsyncPolicy::kAlways
          ? std::min(options.room_bytes, options.segment_bytes)
          : 0;
  return SegmentWriter::Create(*options.files, options.directory,
                               {.salt = RandomSalt(), .first = first},
                               room_bytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Log>> Log::Start(const LogOptions& options,
                                                uint64_t next_position,
                                                CommitGate* gate) {
  auto segment = CreateSegment(options, next_position);
  if (!segment.ok()) return segment.status();
  return absl::WrapUnique(
      new Log(options, next_position, gate, *std::move(segment)));
}

Log::Log(const LogOptions& options, uint64_t next_position, CommitGate* gate,
         std::unique_ptr<SegmentWriter> segment)
    : options_(options),
      gate_(*gate),
      last_position_(next_position - 1),
      segment_first_(next_position),
      segment_(std::move(segment)) {
  stats_.last_position = last_position_;
  stats_.written_position = last_position_;
  stats_.durable_position = last_position_;
  gate_.set_last(last_position_);
  gate_.Advance(AlwaysSyncs() ? last_position_ : kAllPassed);
  writer_ = std::thread([this] { Run(); });
}

Log::~Log() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  writer_.join();
}

void Log::Append(uint64_t sequence, absl::Span<const Effect> effects) {
  LogBuffer many;
  if (effects.size() > kManyEffects) EncodeRecord(sequence, effects, &many);
  std::unique_lock<std::mutex> lock(mutex_);
  space_.wait(lock, [this] {
    return buffer_.size() < 2 * options_.buffer_bytes || !stats_.status.ok();
  });
  if (!stats_.status.ok()) return DurableMark::Write(DurableMark::kNever);
  const size_t before = buffer_.size();
  if (many.empty()) {
    EncodeRecord(sequence, effects, &buffer_);
  } else {
    buffer_.Add(many);
  }
  ++buffered_records_;
  ++last_position_;
  DurableMark::Write(last_position_);
  gate_.set_last(last_position_);
  if (!throttled_ && !AlwaysSyncs() && buffer_.size() > options_.buffer_bytes) {
    throttled_ = true;
    gate_.Advance(stats_.written_position);
  }
  const bool wake = buffered_records_ == awaited_records_ ||
                    (before < kGatherBytes && buffer_.size() >= kGatherBytes);
  lock.unlock();
  if (wake) work_.notify_one();
}

absl::StatusOr<uint64_t> Log::BeginSegment() {
  std::unique_lock<std::mutex> lock(mutex_);
  const uint64_t mine = ++wanted_.segments;
  const absl::Status status =
      Await(lock, [&] { return begun_segments_ >= mine; });
  if (!status.ok()) return status;
  return segment_first_;
}

absl::Status Log::SyncThrough(uint64_t position) {
  std::unique_lock<std::mutex> lock(mutex_);
  wanted_.durable = std::max(wanted_.durable, position);
  return Await(lock, [&] { return stats_.durable_position >= position; });
}

absl::Status Log::Await(std::unique_lock<std::mutex>& lock,
                        absl::FunctionRef<bool()> done) {
  work_.notify_one();
  done_.wait(lock, [&] { return done() || ended_; });
  if (done()) return absl::OkStatus();
  return stats_.status.ok() ? absl::CancelledError("the log is being closed")
                            : stats_.status;
}

uint64_t Log::last_position() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_position_;
}

LogStats Log::stats() const {
  std::lock_guard<std::mutex> lock(mutex_);
  LogStats stats = stats_;
  stats.last_position = last_position_;
  stats.buffered_bytes = buffer_.size();
  return stats;
}

void Log::Run() {
  pthread_setname_np(pthread_self(), "fastkv-log");
  std::unique_lock<std::mutex> lock(mutex_);
  absl::Status status;
  while (status.ok()) {
    WaitForWork(lock);
    if (stopping_ && buffer_.empty()) break;
    status = WriteGroup(lock);
  }
  lock.unlock();
  if (status.ok()) status = WriteEnd();
  if (!status.ok()) Fail(status);
  lock.lock();
  ended_ = true;
  done_.notify_all();
}

void Log::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (AlwaysSyncs()) return WaitForWriters(lock);
  awaited_records_ = 1;
  if (options_.fsync == FsyncPolicy::kEverySec &&
      segment_->synced() < segment_->size()) {
    work_.wait_until(lock, last_sync_ + kSyncInterval,
                     [this] { return HasAwaited(); });
  } else {
    work_.wait(lock, [this] { return HasAwaited(); });
  }
  awaited_records_ = 0;
  if (buffer_.empty()) return;
  work_.wait_for(lock, kGather, [this] {
    return stopping_ || IsWanted() || buffer_.size() >= kGatherBytes;
  });
}

void Log::WaitForWriters(std::unique_lock<std::mutex>& lock) {
  // Those whom the last group released, and those who came too late for it.
  const uint32_t writers = last_count_ + buffered_records_;
  if (impatient_groups_ > 0) {
    --impatient_groups_;
  } else if (writers >= kManyWriters) {
    awaited_records_ = writers - writers / 8;
    const bool came =
        work_.wait_for(lock, Patience(), [this] { return HasAwaited(); });
    if (!came && buffered_records_ < awaited_records_ / 2) {
      impatient_groups_ = kImpatientGroups;
    }
  }
  if (buffer_.empty()) {
    awaited_records_ = 1;
    work_.wait(lock, [this] { return HasAwaited(); });
  }
  awaited_records_ = 0;
}

Log::Clock::duration Log::Patience() const {
  if (options_.patience.has_value()) return *options_.patience;
  return std::min<Clock::duration>(kPatienceSyncs * usual_sync_, kMaxPatience);
}

bool Log::HasAwaited() const {
  return stopping_ || IsWanted() || buffered_records_ >= awaited_records_ ||
         buffer_.size() >= kGatherBytes;
}

absl::Status Log::WriteGroup(std::unique_lock<std::mutex>& lock) {
  std::swap(buffer_, writing_);
  const uint32_t count = std::exchange(buffered_records_, 0);
  const uint64_t last = last_position_;
  const uint64_t segments = wanted_.segments;
  const bool end_segment = segments > begun_segments_;
  const bool sync = wanted_.durable > stats_.durable_position;
  last_count_ = count;
  lock.unlock();
  space_.notify_all();
  absl::Status status = WriteOut(last - count + 1, count, sync);
  // Values that were erased meanwhile are freed here, outside of any lock.
  writing_.Clear(kKeptBytes);
  // Not under the lock: those who are woken soon want it.
  if (status.ok() && AlwaysSyncs()) gate_.Advance(last);
  // Nobody's reply waits for this.
  const bool full = segment_->size() >= options_.segment_bytes;
  if (status.ok() && (full || end_segment)) status = StartSegment(last + 1);
  const bool durable = segment_->synced() == segment_->size();
  lock.lock();
  if (!status.ok()) return status;
  stats_.written_position = last;
  if (durable) stats_.durable_position = last;
  begun_segments_ = segments;
  done_.notify_all();
  if (throttled_) {
    throttled_ = buffer_.size() > options_.buffer_bytes / 2;
    gate_.Advance(throttled_ ? last : kAllPassed);
  }
  return status;
}

absl::Status Log::WriteOut(uint64_t first, uint32_t count, bool sync) {
  const uint64_t before = segment_->size();
  const bool due = options_.fsync == FsyncPolicy::kEverySec &&
                   Clock::now() >= last_sync_ + kSyncInterval;
  const bool durably = AlwaysSyncs() || due || sync;
  const auto write = [&] {
    if (count > 0) return segment_->WriteGroup(first, count, writing_, durably);
    return durably ? segment_->Sync() : absl::OkStatus();
  };
  absl::Status status = durably ? Timed(write) : write();
  if (!status.ok()) return status;
  std::lock_guard<std::mutex> lock(mutex_);
  stats_.written_bytes += segment_->size() - before;
  stats_.groups += count > 0;
  return status;
}

absl::Status Log::Timed(absl::FunctionRef<absl::Status()> sync) {
  const Clock::time_point begin = Clock::now();
  absl::Status status = sync();
  last_sync_ = Clock::now();
  const Clock::duration took = last_sync_ - begin;
  // One that took far longer than usual says little about the next.
  usual_sync_ += (std::min(took, 4 * usual_sync_) - usual_sync_) / 8;
  usual_sync_ = std::max<Clock::duration>(usual_sync_, kMinUsualSync);
  const int64_t us =
      std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  std::lock_guard<std::mutex> lock(mutex_);
  ++stats_.syncs;
  stats_.last_sync_us = us;
  stats_.max_sync_us = std::max(stats_.max_sync_us, us);
  return status;
}

absl::Status Log::StartSegment(uint64_t first) {
  if (segment_->size() == SegmentHeader::kBytes) return absl::OkStatus();
  if (absl::Status status = segment_->Finish(); !status.ok()) return status;
  auto segment = CreateSegment(options_, first);
  if (!segment.ok()) return segment.status();
  segment_ = *std::move(segment);
  std::lock_guard<std::mutex> lock(mutex_);
  segment_first_ = first;
  return absl::OkStatus();
}

absl::Status Log::WriteEnd() {
  absl::Status status = Timed([this] { return segment_->Sync(); });
  if (!status.ok()) return status;
  // An empty segment needs none.
  if (segment_->size() == SegmentHeader::kBytes) return absl::OkStatus();
  status = segment_->WriteGroup(last_position_ + 1, 0, LogBuffer(),
                                /*durably=*/false);
  return status.ok() ? segment_->Finish() : status;
}

void Log::Fail(const absl::Status& status) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stats_.status = status;
    buffer_.Clear(0);
    // What others have already been told cannot be taken back; what is still
    // to be told must have been written.
    if (!AlwaysSyncs()) gate_.Advance(stats_.written_position);
  }
  space_.notify_all();
  gate_.Fail();
}

}  // namespace kv::store
