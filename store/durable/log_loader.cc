#include "store/durable/log_loader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/durable/segment.h"

namespace kv::store {
namespace {

// Records that are handed over at once: so many that handing over costs
// nothing, so few that all can begin early.
constexpr size_t kBatchBytes = 512 << 10;

// Groups of one segment on their way to the pool.
class Batcher {
 public:
  Batcher(const std::string& path, ReplayPool& pool)
      : path_(path), pool_(pool) {}

  void Add(const SegmentReader& reader) {
    if (batch_ == nullptr) {
      batch_ = std::make_unique<ReplayBatch>();
      batch_->path = path_;
    }
    const absl::string_view records = reader.records();
    batch_->bytes.append(records.data(), records.size());
    batch_->groups.push_back({reader.group().first, reader.group().count,
                              reader.offset(), batch_->bytes.size()});
    if (batch_->bytes.size() >= kBatchBytes) HandOver();
  }

  void HandOver() {
    if (batch_ != nullptr) pool_.Add(std::move(batch_));
  }

 private:
  const std::string& path_;
  ReplayPool& pool_;
  std::unique_ptr<ReplayBatch> batch_;
};

}  // namespace

absl::Status LogLoader::Open() {
  auto segments = directory_.Segments();
  if (!segments.ok()) return segments.status();
  segments_ = *std::move(segments);
  segments_.erase(
      segments_.begin(),
      std::lower_bound(segments_.begin(), segments_.end(), range_.begin));
  return CheckBegin();
}

absl::Status LogLoader::CheckHeaders() {
  for (const uint64_t first : segments_) {
    const auto reader = OpenSegment(first);
    if (!reader.ok()) return reader.status();
    bytes_total_ += (*reader)->size();
  }
  return absl::OkStatus();
}

absl::Status LogLoader::CheckBegin() const {
  if (segments_.empty() || segments_.front() == range_.begin) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      directory_.path(), ": the log begins at position ", segments_.front(),
      ", so its first segment, ", SegmentName(range_.begin),
      ", is missing. Restore it from a copy"));
}

absl::StatusOr<LogContents> LogLoader::Load(ReplayPool& pool,
                                            const GoOn& go_on) {
  result_.next_position = range_.begin;
  for (size_t i = 0; i < segments_.size(); ++i) {
    absl::Status status = LoadSegment(i, pool, go_on);
    if (!status.ok()) return status;
  }
  if (result_.next_position <= range_.end) {
    return absl::DataLossError(absl::StrCat(
        directory_.path(), ": the log ends at position ",
        result_.next_position - 1, ", but was durable up to ", range_.end,
        " when the snapshot ", range_.begin,
        " was taken. A segment is missing or was cut: restore it from a copy"));
  }
  result_.segments = segments_.size();
  return result_;
}

absl::StatusOr<std::unique_ptr<SegmentReader>> LogLoader::OpenSegment(
    uint64_t first) {
  const std::string path = directory_.PathOf(SegmentName(first));
  auto reader = SegmentReader::Open(directory_.files(), path);
  if (absl::IsDataLoss(reader.status())) {
    return absl::DataLossError(
        absl::StrCat(path, ": damaged at offset 0: ", reader.status().message(),
                     ". Restore it from a copy"));
  }
  if (absl::IsUnimplemented(reader.status())) {
    return absl::UnimplementedError(
        absl::StrCat(path, ": ", reader.status().message()));
  }
  if (reader.ok() && (*reader)->header().first != first) {
    return absl::DataLossError(absl::StrCat(
        path, ": by its header, at offset 0, it begins at position ",
        (*reader)->header().first, ": it was renamed. Give it its name back"));
  }
  return reader;
}

absl::Status LogLoader::LoadSegment(size_t index, ReplayPool& pool,
                                    const GoOn& go_on) {
  const std::string path = directory_.PathOf(SegmentName(segments_[index]));
  auto opened = OpenSegment(segments_[index]);
  if (!opened.ok()) {
    if (absl::IsDataLoss(opened.status())) NoteDamage(segments_[index], 0);
    return opened.status();
  }
  SegmentReader& reader = **opened;
  if (segments_[index] != result_.next_position) {
    NoteDamage(segments_[index], 0);
    return absl::DataLossError(absl::StrCat(
        path, ": it begins at position ", segments_[index],
        ", but the log before it ends at ", result_.next_position - 1,
        ". A segment is missing or was cut: restore it from a copy"));
  }
  Batcher batcher(path, pool);
  while (true) {
    const auto result = reader.Next(result_.next_position);
    if (!result.ok()) return result.status();
    if (*result == SegmentReader::Result::kEnd) break;
    if (*result != SegmentReader::Result::kGroup) {
      const bool last = index + 1 == segments_.size();
      if (!last) return Damage(path, segments_[index], reader.offset());
      if (*result == SegmentReader::Result::kRoom) {
        cut_at_ = reader.offset();
        break;
      }
      absl::Status status = CheckTail(path, segments_[index], reader);
      if (!status.ok()) return status;
      break;
    }
    batcher.Add(reader);
    result_.next_position += reader.group().count;
    result_.records += reader.group().count;
    if (go_on && !go_on(result_.bytes + reader.offset(), result_.records)) {
      return absl::CancelledError("the loading was given up");
    }
  }
  batcher.HandOver();
  result_.bytes += reader.offset();
  return absl::OkStatus();
}

absl::Status LogLoader::CheckTail(const std::string& path, uint64_t segment,
                                  SegmentReader& reader) {
  const auto durable = reader.WasDurable();
  if (!durable.ok()) return durable.status();
  if (*durable || result_.next_position <= range_.end) {
    return Damage(path, segment, reader.offset());
  }
  cut_at_ = reader.offset();
  result_.cut = absl::StrCat(path, ": cut ", reader.size() - cut_at_,
                             " bytes at offset ", cut_at_,
                             ": a write that was not finished, and so was "
                             "never reported as durable");
  return absl::OkStatus();
}

absl::Status LogLoader::CutTail() {
  if (cut_at_ == 0) return absl::OkStatus();
  return directory_.files().Truncate(
      directory_.PathOf(SegmentName(segments_.back())), cut_at_);
}

void LogLoader::NoteDamage(uint64_t segment, uint64_t offset) {
  if (result_.next_position > range_.end) damage_ = {segment, offset};
}

absl::Status LogLoader::Damage(const std::string& path, uint64_t segment,
                               uint64_t offset) {
  NoteDamage(segment, offset);
  return absl::DataLossError(absl::StrCat(
      path, ": damaged at offset ", offset,
      ": what was durable there, from position ", result_.next_position,
      " on, cannot be read any more. Nothing was changed. Restore the "
      "directory from a copy, or give up every write from that position on: "
      "fastkv-check --repair ",
      directory_.path()));
}

}  // namespace kv::store
