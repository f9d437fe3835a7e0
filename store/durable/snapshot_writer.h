#ifndef FASTKV_STORE_DURABLE_SNAPSHOT_WRITER_H_
#define FASTKV_STORE_DURABLE_SNAPSHOT_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/durable/file_system.h"
#include "store/durable/snapshot.h"

namespace kv::store {

// SnapshotWriter: one snapshot, from its header to its name. It has none until
// it is complete and durable; a writer that is destroyed before removes what it
// has made.
//
// Owns       the file.
// Threads    compatible.
// Format     store/durable/FORMAT.md section 3.
class SnapshotWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SnapshotWriter>> Create(
      FileSystem& files, const std::string& directory,
      const SnapshotHeader& header);
  ~SnapshotWriter();

  // Packs and writes a block of so many records. After an error the writer can
  // only be destroyed. REQUIRES: records > 0; a size that a block can have.
  absl::Status WriteBlock(absl::string_view bytes, uint32_t records);

  // Writes the end and makes the snapshot durable under its name. REQUIRES: the
  // log is durable up to `end`.
  absl::Status Finish(uint64_t end, uint64_t sequence, const DatabaseMap& map);

  // Of the file, so far.
  uint64_t size() const { return size_; }
  uint64_t records() const { return records_; }

 private:
  SnapshotWriter(FileSystem& files, const std::string& directory,
                 const SnapshotHeader& header);

  absl::Status Write(absl::string_view header, absl::string_view body);

  FileSystem& files_;
  const std::string directory_;
  const std::string path_;
  const uint64_t salt_;
  std::unique_ptr<OutputFile> file_;
  uint64_t size_ = 0;
  uint64_t synced_ = 0;
  uint64_t records_ = 0;
  bool finished_ = false;
  std::unique_ptr<char[]> packed_;  // kept for the next block
  size_t packed_capacity_ = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SNAPSHOT_WRITER_H_
