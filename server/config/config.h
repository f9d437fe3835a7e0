#ifndef FASTKV_SERVER_CONFIG_CONFIG_H_
#define FASTKV_SERVER_CONFIG_CONFIG_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/durable/log.h"

namespace kv::server {

// Config: what the process was asked to do. The flags in config.cc set it; the
// components take option structs of their own, which main fills from here.
struct Config {
  std::string bind;
  int port = 0;  // 0: any free one
  int workers = 0;
  int64_t max_connections = 0;
  absl::Duration idle_timeout;  // zero: none
  std::string requirepass;      // empty: clients need not authenticate
  std::string grpc_bind;
  int grpc_port = 0;  // 0: any free one
  int grpc_threads = 0;
  int64_t grpc_max_message_bytes = 0;
  int64_t grpc_max_calls = 0;
  int64_t grpc_max_streams = 0;
  int64_t grpc_max_answer_bytes = 0;
  int64_t grpc_max_upload_bytes = 0;
  absl::Duration grpc_max_connection_age;  // zero: none
  absl::Duration grpc_max_connection_age_grace;
  absl::Duration request_id_window;
  int64_t request_id_max_bytes = 0;
  int shards = 0;
  std::string data_dir;  // empty: in memory only
  store::FsyncPolicy fsync = store::FsyncPolicy::kEverySec;
  int64_t log_segment_bytes = 0;
  absl::Duration snapshot_interval;       // zero: never
  int64_t snapshot_log_bytes = 0;         // 0: never
  int64_t snapshot_bytes_per_second = 0;  // 0: no limit
  absl::Duration shutdown_grace;
};

// Parses the command line (and --flagfile). Prints help and exits for --help
// and --version; exits with a message if a flag is unknown or cannot be parsed.
// The status is an error, of one line, if the values make no sense.
absl::StatusOr<Config> ParseConfig(int argc, char** argv);

// Whether an address can be reached from this machine only.
bool IsLoopback(const std::string& address);

// Makes sure that the process may open as many files as so many connections
// need, raising the soft limit. The error says what to do.
absl::Status EnsureFileLimit(int64_t connections);

// The version that --version, INFO and the log show.
extern const char kVersion[];

}  // namespace kv::server

#endif  // FASTKV_SERVER_CONFIG_CONFIG_H_
