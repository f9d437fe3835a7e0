#ifndef FASTKV_SERVER_LOG_LOG_H_
#define FASTKV_SERVER_LOG_LOG_H_

#include "absl/strings/string_view.h"

namespace kv::server {

// The server's log: lines on standard error, for people and for journald.
//
//   2026-01-31T12:00:00.123Z INFO  text protocol on 127.0.0.1:1234
//
// Each is written by one call, so that lines of threads do not mix. For events
// of the process (start, stop, trouble), never for requests.
//
// Threads    safe.
void LogInfo(absl::string_view message);
void LogWarning(absl::string_view message);
void LogError(absl::string_view message);

}  // namespace kv::server

#endif  // FASTKV_SERVER_LOG_LOG_H_
