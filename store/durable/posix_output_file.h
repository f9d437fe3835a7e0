#ifndef FASTKV_STORE_DURABLE_POSIX_OUTPUT_FILE_H_
#define FASTKV_STORE_DURABLE_POSIX_OUTPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/durable/file_descriptor.h"
#include "store/durable/file_system.h"

namespace kv::store {

// PosixOutputFile: a file of the machine's.
//
// What is appended durably, into room, bypasses the kernel's cache of pages
// (O_DIRECT) and is written and synced in one call (RWF_DSYNC), which takes a
// third to a half off the CPU time of a write and an fdatasync. Whole blocks
// are written for this, the last one again with what follows; where that is not
// possible, it is a write and an fdatasync.
//
// Owns       the descriptor, and a buffer once it has appended durably.
// Threads    compatible.
class PosixOutputFile final : public OutputFile {
 public:
  // REQUIRES: the file is empty, and open for reading and writing.
  PosixOutputFile(FileDescriptor fd, const std::string& path)
      : fd_(std::move(fd)), path_(path) {}

  absl::Status Append(absl::Span<const absl::string_view> pieces) override;
  absl::Status AppendDurably(
      absl::Span<const absl::string_view> pieces) override;
  void MakeRoom(uint64_t bytes) override;
  absl::Status CutRoom() override;
  absl::Status Sync() override;

 private:
  // Of all disks that are in use; also what memory must be aligned to.
  static constexpr size_t kBlockBytes = 4096;
  // More at once saves nothing worth the copying.
  static constexpr size_t kMaxDirectBytes = 128 << 10;

  struct Unmap {
    void operator()(char* buffer) const;
  };

  // Whether the next write bypasses the cache, as wished. Where the file system
  // cannot, it is asked once.
  bool SetDirect(bool direct);
  // Has blocks_ begin with what the file has of the block in which it ends.
  absl::Status LoadLastBlock();
  // Writes so much of blocks_, from the block on in which the file ends.
  // False: the disk does not take writes of this kind; nothing was written.
  absl::StatusOr<bool> WriteBlocks(size_t size);

  uint64_t block_begin() const { return end_ - end_ % kBlockBytes; }

  const FileDescriptor fd_;
  const std::string path_;
  uint64_t end_ = 0;   // of what was appended
  uint64_t size_ = 0;  // room included
  // As of the last sync.
  uint64_t durable_end_ = 0;
  uint64_t durable_size_ = 0;
  bool direct_ = false;
  bool can_direct_ = true;  // as far as is known
  // Its first block is as the file's last one, if has_last_block_.
  std::unique_ptr<char, Unmap> blocks_;
  bool has_last_block_ = false;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_POSIX_OUTPUT_FILE_H_
