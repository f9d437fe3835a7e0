#ifndef FASTKV_CLIENTS_CLI_FILE_H_
#define FASTKV_CLIENTS_CLI_FILE_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kv::cli {

// File: a file to read from or write to; "-" is the standard input or output.
// Errors name the file and its error.
//
// Threads    compatible.
class File {
 public:
  static absl::StatusOr<File> OpenToRead(const std::string& path);
  static absl::StatusOr<File> OpenToWrite(const std::string& path);

  // The bytes of the file, if that is known; 0 for a pipe.
  int64_t Size() const;

  absl::Status Write(absl::string_view bytes);
  // Replaces *bytes by the next ones, at most `limit`; empty at the end.
  absl::Status Read(size_t limit, std::string* bytes);
  // Replaces *line by the next one, with its end; empty at the end.
  absl::Status ReadLine(std::string* line);
  // Writes what is left. Needed after the last Write.
  absl::Status Close();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const;
  };

  File(std::string path, std::FILE* file)
      : path_(std::move(path)), file_(file) {}
  absl::Status Error(absl::string_view doing) const;

  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_FILE_H_
