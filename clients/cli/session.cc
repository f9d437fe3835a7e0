#include "clients/cli/session.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/message_json.h"
#include "clients/cpp/status.h"

namespace kv::cli {

Session::Session(SessionOptions options)
    : options_(std::move(options)),
      bytes_style_(isatty(STDOUT_FILENO) ? BytesStyle::kEscaped
                                         : BytesStyle::kExact) {}

absl::StatusOr<fastkv::Client*> Session::client() {
  if (!client_) {
    auto connected = fastkv::Client::Connect(options_.client);
    if (!connected.ok()) return connected.status();
    client_ = *std::move(connected);
  }
  return client_.get();
}

void Session::Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Session::PrintAnswer(const fastkv::v1::Operation& operation,
                          const fastkv::v1::OperationResult& result) {
  if (options_.json) {
    Print(ToJson(result) + "\n");
  } else if (options_.raw && result.has_get()) {
    Print(result.get().value());
  } else {
    Print(ToText(operation, result, bytes_style_));
  }
}

void Session::PrintError(const absl::Status& error) {
  std::fflush(stdout);
  std::string text;
  if (options_.json) {
    text = ToJson(error);
  } else {
    const std::string reason = fastkv::ReasonNameOf(error);
    const bool ours =
        ExitCodeOf(error) == kUsage || ExitCodeOf(error) == kIncomplete;
    text = absl::StrCat(
        "error: ", ours ? "" : absl::StatusCodeToString(error.code()) + " ",
        reason.empty() ? "" : absl::StrCat("(", reason, ") "),
        BytesText(error.message(), BytesStyle::kEscaped));
  }
  text += "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

absl::Status Session::Flush() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    return FileError(absl::StrCat("cannot write the standard output: ",
                                  std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace kv::cli
