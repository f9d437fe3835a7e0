#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/durable/file_system.h"

namespace kv::store {
namespace {

absl::Status Failure(absl::string_view what, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

Descriptor OpenFile(const std::string& path, int flags) {
  return Descriptor(open(path.c_str(), flags | O_CLOEXEC, 0644));
}

class PosixOutputFile final : public OutputFile {
 public:
  PosixOutputFile(Descriptor fd, const std::string& path)
      : fd_(std::move(fd)), path_(path) {}

  absl::Status Append(absl::Span<const absl::string_view> pieces) override {
    absl::InlinedVector<iovec, 16> rest;
    for (const absl::string_view piece : pieces) {
      if (piece.empty()) continue;
      rest.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    absl::Span<iovec> left = absl::MakeSpan(rest);
    while (!left.empty()) {
      const int count = static_cast<int>(std::min(left.size(), kMaxPieces));
      const ssize_t written =
          pwritev(fd_.get(), left.data(), count, static_cast<off_t>(end_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Failure("write", path_);
      end_ += static_cast<size_t>(written);
      Skip(static_cast<size_t>(written), &left);
    }
    size_ = std::max(size_, end_);
    return absl::OkStatus();
  }

  void MakeRoom(uint64_t bytes) override {
    static constexpr char kZeros[64 << 10] = {};
    const uint64_t target = end_ + bytes;
    while (size_ < target) {
      const ssize_t written =
          pwrite(fd_.get(), kZeros, std::min(sizeof(kZeros), target - size_),
                 static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      size_ += static_cast<size_t>(written);
    }
  }

  absl::Status CutRoom() override {
    if (size_ == end_) return absl::OkStatus();
    if (ftruncate(fd_.get(), static_cast<off_t>(end_)) != 0 ||
        fsync(fd_.get()) != 0) {
      return Failure("truncate", path_);
    }
    size_ = end_;
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    return fdatasync(fd_.get()) == 0 ? absl::OkStatus()
                                     : Failure("sync", path_);
  }

 private:
  static constexpr size_t kMaxPieces = 1024;  // IOV_MAX

  static void Skip(size_t size, absl::Span<iovec>* pieces) {
    while (!pieces->empty() && size >= pieces->front().iov_len) {
      size -= pieces->front().iov_len;
      pieces->remove_prefix(1);
    }
    if (size == 0) return;
    iovec& first = pieces->front();
    first.iov_base = static_cast<char*>(first.iov_base) + size;
    first.iov_len -= size;
  }

  const Descriptor fd_;
  const std::string path_;
  uint64_t end_ = 0;   // of what was appended
  uint64_t size_ = 0;  // room included
};

class PosixInputFile final : public InputFile {
 public:
  PosixInputFile(Descriptor fd, uint64_t size, const std::string& path)
      : fd_(std::move(fd)), size_(size), path_(path) {}

  uint64_t size() const override { return size_; }

  absl::StatusOr<size_t> Read(uint64_t offset, size_t size, char* to) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = pread(fd_.get(), to + done, size - done,
                                static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failure("read", path_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  const Descriptor fd_;
  const uint64_t size_;
  const std::string path_;
};

// flock() and not fcntl(): the lock belongs to the open file, so that two
// servers in one process (as in tests) exclude each other too, and it ends with
// the process however that ends.
class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  const Descriptor fd_;
};

class PosixFileSystem final : public FileSystem {
 public:
  absl::Status MakeDirectory(const std::string& path) override {
    if (mkdir(path.c_str(), 0755) == 0) return SyncDirectory(ParentOf(path));
    struct stat info = {};
    if (errno == EEXIST && stat(path.c_str(), &info) == 0 &&
        S_ISDIR(info.st_mode)) {
      return absl::OkStatus();
    }
    return Failure("make directory", path);
  }

  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override {
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr) return Failure("list", directory);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const absl::Status status =
        errno == 0 ? absl::OkStatus() : Failure("list", directory);
    closedir(stream);
    if (!status.ok()) return status;
    return names;
  }

  absl::StatusOr<std::unique_ptr<OutputFile>> Create(
      const std::string& path) override {
    Descriptor fd = OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!fd.ok()) return Failure("create", path);
    return std::make_unique<PosixOutputFile>(std::move(fd), path);
  }

  absl::StatusOr<std::unique_ptr<InputFile>> Open(
      const std::string& path) override {
    Descriptor fd = OpenFile(path, O_RDONLY);
    struct stat info = {};
    if (!fd.ok() || fstat(fd.get(), &info) != 0) return Failure("open", path);
    posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<PosixInputFile>(
        std::move(fd), static_cast<uint64_t>(info.st_size), path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus()
                                                 : Failure("rename", from);
  }

  absl::Status Remove(const std::string& path) override {
    return unlink(path.c_str()) == 0 ? absl::OkStatus()
                                     : Failure("remove", path);
  }

  absl::Status Truncate(const std::string& path, uint64_t size) override {
    const Descriptor fd = OpenFile(path, O_WRONLY);
    if (!fd.ok() || ftruncate(fd.get(), static_cast<off_t>(size)) != 0 ||
        fsync(fd.get()) != 0) {
      return Failure("truncate", path);
    }
    return absl::OkStatus();
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    const Descriptor fd = OpenFile(directory, O_RDONLY | O_DIRECTORY);
    if (!fd.ok() || fsync(fd.get()) != 0) return Failure("sync", directory);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override {
    Descriptor fd = OpenFile(path, O_RDWR | O_CREAT);
    if (!fd.ok()) return Failure("create", path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      return std::make_unique<PosixFileLock>(std::move(fd));
    }
    if (errno != EWOULDBLOCK) return Failure("lock", path);
    return absl::UnavailableError(absl::StrCat(
        "another process holds ", path, ": one server per data directory"));
  }

 private:
  static std::string ParentOf(const std::string& path) {
    const size_t end = path.find_last_not_of('/');
    const size_t slash = path.rfind('/', end);
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
  }
};

}  // namespace

FileSystem& FileSystem::Posix() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace kv::store
