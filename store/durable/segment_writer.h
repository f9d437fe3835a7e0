#ifndef FASTKV_STORE_DURABLE_SEGMENT_WRITER_H_
#define FASTKV_STORE_DURABLE_SEGMENT_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/durable/file_system.h"
#include "store/durable/log_buffer.h"
#include "store/durable/segment.h"

namespace kv::store {

// SegmentWriter: one segment of the log, from its header to its last group.
//
// Owns       the file.
// Threads    compatible.
// Format     store/durable/FORMAT.md section 1.
class SegmentWriter {
 public:
  // Makes a segment whose name and header are durable. Groups find room of
  // `room_bytes` again and again, which makes durable ones faster; 0: none.
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(
      FileSystem& files, const std::string& directory,
      const SegmentHeader& header, uint64_t room_bytes);

  // Adds a group: `count` records from position `first` on; `durably`, as if
  // followed by Sync(). After an error the segment must not be written to any
  // more.
  absl::Status WriteGroup(uint64_t first, uint32_t count,
                          const LogBuffer& records, bool durably);
  // Makes all groups durable. After an error as above.
  absl::Status Sync();
  // After the last group: makes all groups durable, and cuts off what is left
  // of the room.
  absl::Status Finish();

  uint64_t size() const { return size_; }
  // So many of its bytes are durable.
  uint64_t synced() const { return synced_; }

 private:
  SegmentWriter(std::unique_ptr<OutputFile> file, uint64_t salt,
                uint64_t room_bytes)
      : file_(std::move(file)), salt_(salt), room_bytes_(room_bytes) {}

  const std::unique_ptr<OutputFile> file_;
  const uint64_t salt_;
  const uint64_t room_bytes_;
  uint64_t room_end_ = 0;
  uint64_t size_ = SegmentHeader::kBytes;
  uint64_t synced_ = SegmentHeader::kBytes;
  std::vector<absl::string_view> pieces_;  // kept for its capacity
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SEGMENT_WRITER_H_
