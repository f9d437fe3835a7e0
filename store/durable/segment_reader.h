#ifndef FASTKV_STORE_DURABLE_SEGMENT_READER_H_
#define FASTKV_STORE_DURABLE_SEGMENT_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/durable/file_system.h"
#include "store/durable/segment.h"

namespace kv::store {

// SegmentReader: the groups of one segment, in order, up to the end or to the
// first that is not valid.
//
// Owns       the file, and the bytes of the current group.
// Threads    compatible.
// Format     store/durable/FORMAT.md section 2.
class SegmentReader {
 public:
  enum class Result {
    kGroup,
    kEnd,   // of the file
    kRoom,  // nothing follows but zeros: as a server leaves it that is killed
    kInvalid,
  };

  // kDataLoss: the header is wrong. kUnimplemented: of another version. The
  // message does not name the file.
  static absl::StatusOr<std::unique_ptr<SegmentReader>> Open(
      FileSystem& files, const std::string& path);

  // Reads the next group, whose first record must have position `first`. An
  // error is one of the file system.
  absl::StatusOr<Result> Next(uint64_t first);
  const GroupHeader& group() const { return group_; }
  // The records of the group, until the next call.
  absl::string_view records() const { return records_; }

  // After kInvalid: whether something behind proves that the bytes at offset()
  // were durable once, so that this is damage and not a torn tail.
  absl::StatusOr<bool> WasDurable();

  // Where the last group read ends, and so the next one begins.
  uint64_t offset() const { return offset_; }
  uint64_t size() const { return file_->size(); }
  const SegmentHeader& header() const { return header_; }

 private:
  explicit SegmentReader(std::unique_ptr<InputFile> file)
      : file_(std::move(file)) {}

  // The bytes from `offset` on, fewer only at the end of the file. Valid until
  // the next call.
  absl::StatusOr<absl::string_view> Bytes(uint64_t offset, size_t size);
  // Whether all bytes from offset() on are zeros.
  absl::StatusOr<bool> OnlyZerosFollow();

  const std::unique_ptr<InputFile> file_;
  SegmentHeader header_;
  uint64_t offset_ = SegmentHeader::kBytes;
  GroupHeader group_;
  absl::string_view records_;
  // A part of the file.
  std::vector<char> window_;
  uint64_t window_begin_ = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SEGMENT_READER_H_
