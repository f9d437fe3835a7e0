#include "server/rpc/grpc_startup_log.h"

#include <cstdio>

#include "absl/base/call_once.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpc/support/log.h"

namespace kv::server {
namespace {

thread_local std::string* captured = nullptr;

// gRPC has one log function per process and cannot be asked for its own again:
// what is not captured is printed in much the same form.
void Log(gpr_log_func_args* args) {
  if (captured != nullptr) {
    absl::StrAppend(captured, args->message, "\n");
    return;
  }
  std::fprintf(stderr, "%s %s grpc: %s\n",
               gpr_log_severity_string(args->severity),
               absl::FormatTime(absl::Now()).c_str(), args->message);
}

}  // namespace

GrpcStartupLog::GrpcStartupLog() {
  static absl::once_flag once;
  absl::call_once(once, [] { gpr_set_log_function(&Log); });
  captured = &text_;
}

GrpcStartupLog::~GrpcStartupLog() { captured = nullptr; }

std::string GrpcStartupLog::Cause() const {
  const absl::string_view text = text_;
  constexpr absl::string_view kMark = "\"os_error\":\"";
  const size_t mark = text.find(kMark);
  if (mark == text.npos) {
    return std::string(absl::StripAsciiWhitespace(text));
  }
  const size_t begin = mark + kMark.size();
  return std::string(text.substr(begin, text.find('"', begin) - begin));
}

}  // namespace kv::server
