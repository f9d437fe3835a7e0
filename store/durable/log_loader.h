#ifndef FASTKV_STORE_DURABLE_LOG_LOADER_H_
#define FASTKV_STORE_DURABLE_LOG_LOADER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "store/durable/data_directory.h"
#include "store/durable/replay_pool.h"
#include "store/durable/segment_reader.h"

namespace kv::store {

// Which part of the log is wanted.
struct LogRange {
  uint64_t begin = 1;  // the position of its first record
  uint64_t end = 0;    // it was durable up to here; it may be longer
};

// What was found of it.
struct LogContents {
  uint64_t next_position = 1;  // where the log goes on
  uint64_t segments = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;  // of the segments, what was cut excluded
  // What CutTail() cuts off the end, in words; empty: nothing.
  std::string cut;
};

// Where the log cannot be read any more, so that a repair can cut it off.
struct LogDamage {
  uint64_t segment = 0;  // its first position
  uint64_t offset = 0;   // less than a segment header: all of it
};

// LogLoader: reads the segments one after the other and hands what they hold to
// a pool, which applies it meanwhile.
//
// Borrows    the directory and the pool.
// Threads    compatible.
// Format     store/durable/FORMAT.md section 2.
class LogLoader {
 public:
  // Called after each group, with the bytes of the log read so far. False: the
  // loading is given up, with kCancelled.
  using GoOn = std::function<bool(uint64_t bytes, uint64_t records)>;

  LogLoader(const DataDirectory& directory, LogRange range)
      : directory_(directory), range_(range) {}

  // Finds the segments. Must come first.
  absl::Status Open();

  // Looks at the headers of all segments: what is wrong with the last should
  // not take minutes to be found.
  absl::Status CheckHeaders();
  // Of the segments whose headers were looked at.
  uint64_t bytes_total() const { return bytes_total_; }

  // Reads all, and changes nothing.
  absl::StatusOr<LogContents> Load(ReplayPool& pool, const GoOn& go_on);

  // What is wrong, after an error, if the log is whole up to there, and reaches
  // the end of its range.
  const absl::optional<LogDamage>& damage() const { return damage_; }

  // Cuts off what Load() has found behind the log's end: a torn tail, or room
  // for more.
  absl::Status CutTail();

 private:
  absl::StatusOr<std::unique_ptr<SegmentReader>> OpenSegment(uint64_t first);
  absl::Status CheckBegin() const;
  absl::Status LoadSegment(size_t index, ReplayPool& pool, const GoOn& go_on);
  absl::Status CheckTail(const std::string& path, uint64_t segment,
                         SegmentReader& reader);
  absl::Status Damage(const std::string& path, uint64_t segment,
                      uint64_t offset);
  void NoteDamage(uint64_t segment, uint64_t offset);

  const DataDirectory& directory_;
  const LogRange range_;
  std::vector<uint64_t> segments_;
  uint64_t bytes_total_ = 0;
  LogContents result_;
  absl::optional<LogDamage> damage_;
  uint64_t cut_at_ = 0;  // in the last segment; 0: nothing is behind its end
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_LOG_LOADER_H_
