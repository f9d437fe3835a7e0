#include "clients/cli/exit_code.h"

#include "absl/strings/cord.h"

namespace kv::cli {
namespace {

// Payloads that tell our own errors from the server's, whatever their code.
constexpr char kUsageMark[] = "fastkv-cli/usage";
constexpr char kFileMark[] = "fastkv-cli/file";

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsageMark, absl::Cord());
  return status;
}

absl::Status FileError(absl::string_view message) {
  absl::Status status = absl::UnknownError(message);
  status.SetPayload(kFileMark, absl::Cord());
  return status;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kYes;
  if (status.GetPayload(kUsageMark)) return kUsage;
  if (status.GetPayload(kFileMark)) return kIncomplete;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kUnreachable;
    default:
      return kRefused;
  }
}

}  // namespace kv::cli
