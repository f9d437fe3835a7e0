#include "clients/cli/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/exit_code.h"

namespace kv::cli {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

absl::Status OpenError(const std::string& path) {
  return FileError(
      absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
}

}  // namespace

void File::CloseFile::operator()(std::FILE* file) const {
  if (file != stdin && file != stdout) std::fclose(file);
}

absl::StatusOr<File> File::OpenToRead(const std::string& path) {
  if (path == "-") return File("the standard input", stdin);
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return OpenError(path);
  std::setvbuf(file, nullptr, _IOFBF, kBufferBytes);
  return File(path, file);
}

absl::StatusOr<File> File::OpenToWrite(const std::string& path) {
  if (path == "-") return File("the standard output", stdout);
  std::FILE* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) return OpenError(path);
  std::setvbuf(file, nullptr, _IOFBF, kBufferBytes);
  return File(path, file);
}

absl::Status File::Error(absl::string_view doing) const {
  return FileError(
      absl::StrCat("cannot ", doing, " ", path_, ": ", std::strerror(errno)));
}

int64_t File::Size() const {
  struct stat status;
  const bool known =
      fstat(fileno(file_.get()), &status) == 0 && S_ISREG(status.st_mode);
  return known ? status.st_size : 0;
}

absl::Status File::Write(absl::string_view bytes) {
  const size_t written =
      std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
  return written == bytes.size() ? absl::OkStatus() : Error("write");
}

absl::Status File::Read(size_t limit, std::string* bytes) {
  bytes->resize(limit);
  bytes->resize(std::fread(bytes->data(), 1, limit, file_.get()));
  return std::ferror(file_.get()) ? Error("read") : absl::OkStatus();
}

absl::Status File::ReadLine(std::string* line) {
  char* text = nullptr;
  size_t capacity = 0;
  const ssize_t length = getline(&text, &capacity, file_.get());
  const auto free_text = absl::MakeCleanup([&] { std::free(text); });
  line->assign(text, length > 0 ? static_cast<size_t>(length) : 0);
  return std::ferror(file_.get()) ? Error("read") : absl::OkStatus();
}

absl::Status File::Close() {
  const bool flushed = std::fflush(file_.get()) == 0;
  const absl::Status status = flushed ? absl::OkStatus() : Error("write");
  file_.reset();
  return status;
}

}  // namespace kv::cli
