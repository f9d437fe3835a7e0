#ifndef FASTKV_STORE_DURABLE_SNAPSHOT_READER_H_
#define FASTKV_STORE_DURABLE_SNAPSHOT_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"
#include "store/durable/file_system.h"
#include "store/durable/snapshot.h"

namespace kv::store {

// SnapshotReader: the blocks of a snapshot, for any number of threads.
//
// Errors     kDataLoss: damaged; the message names the offset, but not the
//            file. Others are the file system's.
// Owns       the file.
// Threads    safe.
// Format     store/durable/FORMAT.md section 3.
class SnapshotReader {
 public:
  // One block, and memory for the next one.
  class Block {
   public:
    // Where its header stands.
    uint64_t offset() const { return offset_; }
    uint32_t records() const { return header_.records; }

   private:
    friend class SnapshotReader;
    // Bytes that grow without being set to zero first.
    struct Buffer {
      char* Room(size_t size);
      std::unique_ptr<char[]> bytes;
      size_t capacity = 0;
    };

    uint64_t offset_ = 0;
    BlockHeader header_;
    Buffer stored_;
    Buffer raw_;
  };

  // kUnimplemented: of another version.
  static absl::StatusOr<std::unique_ptr<SnapshotReader>> Open(
      FileSystem& files, const std::string& path);

  const SnapshotHeader& header() const { return header_; }
  uint64_t size() const { return file_->size(); }

  // Reads the next block; false: there is none, end() is known.
  absl::StatusOr<bool> Next(Block* block);
  // Checks the block and unpacks its records, which borrow from it.
  static absl::StatusOr<absl::string_view> Unpack(Block& block);

  // How far Next has got.
  uint64_t offset() const;
  // REQUIRES: Next has returned false.
  SnapshotEnd end() const;

 private:
  explicit SnapshotReader(std::unique_ptr<InputFile> file)
      : file_(std::move(file)) {}

  absl::Status ReadEnd(const BlockHeader& header)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // kDataLoss if there are fewer.
  absl::Status ReadAll(uint64_t offset, size_t size, char* to);

  const std::unique_ptr<InputFile> file_;
  SnapshotHeader header_;
  mutable Mutex mutex_;
  uint64_t offset_ ABSL_GUARDED_BY(mutex_) = SnapshotHeader::kBytes;
  uint64_t records_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  SnapshotEnd end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SNAPSHOT_READER_H_
