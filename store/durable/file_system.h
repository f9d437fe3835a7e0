#ifndef FASTKV_STORE_DURABLE_FILE_SYSTEM_H_
#define FASTKV_STORE_DURABLE_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kv::store {

// A file that is being written, from its beginning to its end.
//
// Threads    compatible. The destructor closes it and makes nothing durable.
class OutputFile {
 public:
  virtual ~OutputFile() = default;

  // Adds the pieces, one after the other. After an error the file may end with
  // any part of them.
  virtual absl::Status Append(absl::Span<const absl::string_view> pieces) = 0;

  // Append() and Sync() in one: faster where the pieces fit into room that is
  // durable. Errors are those of both.
  virtual absl::Status AppendDurably(
      absl::Span<const absl::string_view> pieces) {
    absl::Status status = Append(pieces);
    return status.ok() ? Sync() : status;
  }

  // Makes room for `bytes` behind what was appended, or for as much as the disk
  // has: zeros, which what is appended then overwrites. Once they are synced,
  // writing there durably changes nothing but these bytes, which is several
  // times faster than making a file longer.
  virtual void MakeRoom(uint64_t bytes) = 0;
  // Cuts off the room that is left, durably.
  virtual absl::Status CutRoom() = 0;

  // Returns when all that was appended would survive a power failure. After an
  // error nobody knows what would, and a second try would tell nothing: the
  // kernel may have dropped what it could not write.
  virtual absl::Status Sync() = 0;
};

// A file that is being read.
class InputFile {
 public:
  virtual ~InputFile() = default;

  virtual uint64_t size() const = 0;

  // Reads up to `size` bytes from `offset` on; fewer only at the end.
  virtual absl::StatusOr<size_t> Read(uint64_t offset, size_t size,
                                      char* to) = 0;
};

// Held until destroyed.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// FileSystem: what durability needs of one, and no more, so that a test can
// stand in for a machine that loses power. Errors name the path and the cause.
//
// A name that was made, changed or removed is durable only after
// SyncDirectory(); the bytes of a file only after Sync().
//
// Threads    safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The machine's.
  static FileSystem& Posix();

  // Makes a directory, durably; its parent must exist. No change if it exists.
  virtual absl::Status MakeDirectory(const std::string& path) = 0;
  // Names of what is in it, in no order.
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) = 0;
  // A new file, or an old one emptied.
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> Create(
      const std::string& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<InputFile>> Open(
      const std::string& path) = 0;
  // Atomic; replaces `to`.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  // Cuts the file, durably.
  virtual absl::Status Truncate(const std::string& path, uint64_t size) = 0;
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  // For one process at a time; kUnavailable if another one has it.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_FILE_SYSTEM_H_
