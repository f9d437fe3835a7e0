#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/durable/file_descriptor.h"
#include "store/durable/file_system.h"
#include "store/durable/posix_output_file.h"

namespace kv::store {
namespace {

FileDescriptor OpenFile(const std::string& path, int flags) {
  return FileDescriptor(open(path.c_str(), flags | O_CLOEXEC, 0644));
}

class PosixInputFile final : public InputFile {
 public:
  PosixInputFile(FileDescriptor fd, uint64_t size, const std::string& path)
      : fd_(std::move(fd)), size_(size), path_(path) {}

  uint64_t size() const override { return size_; }

  absl::StatusOr<size_t> Read(uint64_t offset, size_t size, char* to) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = pread(fd_.get(), to + done, size - done,
                                static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FileError("read", path_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  const FileDescriptor fd_;
  const uint64_t size_;
  const std::string path_;
};

// flock() and not fcntl(): the lock belongs to the open file, so that two
// servers in one process (as in tests) exclude each other too, and it ends with
// the process however that ends.
class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(FileDescriptor fd) : fd_(std::move(fd)) {}

 private:
  const FileDescriptor fd_;
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
    return FileError("make directory", path);
  }

  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override {
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr) return FileError("list", directory);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const absl::Status status =
        errno == 0 ? absl::OkStatus() : FileError("list", directory);
    closedir(stream);
    if (!status.ok()) return status;
    return names;
  }

  absl::StatusOr<std::unique_ptr<OutputFile>> Create(
      const std::string& path) override {
    FileDescriptor fd = OpenFile(path, O_RDWR | O_CREAT | O_TRUNC);
    if (!fd.ok()) return FileError("create", path);
    return std::make_unique<PosixOutputFile>(std::move(fd), path);
  }

  absl::StatusOr<std::unique_ptr<InputFile>> Open(
      const std::string& path) override {
    FileDescriptor fd = OpenFile(path, O_RDONLY);
    struct stat info = {};
    if (!fd.ok() || fstat(fd.get(), &info) != 0) return FileError("open", path);
    posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<PosixInputFile>(
        std::move(fd), static_cast<uint64_t>(info.st_size), path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus()
                                                 : FileError("rename", from);
  }

  absl::Status Remove(const std::string& path) override {
    return unlink(path.c_str()) == 0 ? absl::OkStatus()
                                     : FileError("remove", path);
  }

  absl::Status Truncate(const std::string& path, uint64_t size) override {
    const FileDescriptor fd = OpenFile(path, O_WRONLY);
    if (!fd.ok() || ftruncate(fd.get(), static_cast<off_t>(size)) != 0 ||
        fsync(fd.get()) != 0) {
      return FileError("truncate", path);
    }
    return absl::OkStatus();
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    const FileDescriptor fd = OpenFile(directory, O_RDONLY | O_DIRECTORY);
    if (!fd.ok() || fsync(fd.get()) != 0) return FileError("sync", directory);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override {
    FileDescriptor fd = OpenFile(path, O_RDWR | O_CREAT);
    if (!fd.ok()) return FileError("create", path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      return std::make_unique<PosixFileLock>(std::move(fd));
    }
    if (errno != EWOULDBLOCK) return FileError("lock", path);
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
