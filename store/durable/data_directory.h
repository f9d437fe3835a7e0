#ifndef FASTKV_STORE_DURABLE_DATA_DIRECTORY_H_
#define FASTKV_STORE_DURABLE_DATA_DIRECTORY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/durable/file_system.h"

namespace kv::store {

// DataDirectory: one server's files, for as long as this exists.
//
// Owns       the directory's lock.   Borrows  the file system.
class DataDirectory {
 public:
  // Makes the directory if there is none, locks it, removes what an earlier
  // process did not finish making. kUnavailable: another process has it.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Open(
      FileSystem& files, const std::string& path);

  // The same for who only looks: locks it, but makes and removes nothing else.
  // kNotFound: there is none.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> OpenToInspect(
      FileSystem& files, const std::string& path);

  FileSystem& files() const { return files_; }
  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& name) const;

  // The first positions of the log's segments, ascending.
  absl::StatusOr<std::vector<uint64_t>> Segments() const;
  // The positions from which the log goes on after each snapshot, ascending.
  absl::StatusOr<std::vector<uint64_t>> Snapshots() const;

  // Removes what a snapshot makes unnecessary that begins at this position:
  // older snapshots, and then the segments before it. REQUIRES: it is durable.
  absl::Status RemoveBefore(uint64_t begin) const;

 private:
  DataDirectory(FileSystem& files, const std::string& path)
      : files_(files), path_(path) {}

  absl::Status Lock();
  absl::Status RemoveTemporaries() const;
  // The positions of the files whose names `parse` knows, ascending.
  absl::StatusOr<std::vector<uint64_t>> Positions(
      absl::optional<uint64_t> (*parse)(absl::string_view)) const;

  FileSystem& files_;
  const std::string path_;
  std::unique_ptr<FileLock> lock_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_DATA_DIRECTORY_H_
