#ifndef FASTKV_STORE_DURABLE_FILE_DESCRIPTOR_H_
#define FASTKV_STORE_DURABLE_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kv::store {

// Owns a file descriptor; a negative one is none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// "cannot <what> <path>", and why, by errno.
inline absl::Status FileError(absl::string_view what, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_FILE_DESCRIPTOR_H_
