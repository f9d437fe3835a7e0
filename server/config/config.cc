#include "server/config/config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

ABSL_FLAG(std::string, bind, "127.0.0.1",
          "address that both ports listen on; 0.0.0.0 or :: for all. Without "
          "--requirepass keep it on a network you trust");
ABSL_FLAG(std::string, requirepass, "",
          "password that clients of the TCP port must show with AUTH or HELLO; "
          "empty: none. Others on the machine may read a command line: prefer "
          "--requirepass_file, --flagfile, or the variable "
          "FASTKV_REQUIREPASS. The gRPC port asks for no password yet, so with "
          "one it must listen on a loopback address: see --grpc_bind");
ABSL_FLAG(std::string, requirepass_file, "",
          "file whose first line is the password; instead of --requirepass");
ABSL_FLAG(int, port, 1234, "TCP port; 0 picks a free one");
ABSL_FLAG(int, workers, 0,
          "event-loop threads of the TCP port; 0: one per core");
ABSL_FLAG(int64_t, max_connections, 10000,
          "TCP clients at a time; one more is refused with an error");
ABSL_FLAG(absl::Duration, idle_timeout, absl::ZeroDuration(),
          "closes a TCP connection that has sent nothing for so long, as 5m; "
          "0: never");
ABSL_FLAG(std::string, grpc_bind, "",
          "address that the gRPC port listens on; empty: that of --bind");
ABSL_FLAG(int, grpc_port, 50051, "gRPC port; 0 picks a free one");
ABSL_FLAG(int, grpc_threads, 1,
          "completion-queue threads of the gRPC port. One costs least per "
          "call; more carry more on idle cores");
ABSL_FLAG(int64_t, grpc_max_message_bytes, int64_t{64} << 20,
          "largest gRPC message accepted or sent");
ABSL_FLAG(int64_t, grpc_max_calls, 10000,
          "unary gRPC calls under way at a time; one more is refused");
ABSL_FLAG(int64_t, grpc_max_streams, 4096,
          "gRPC streams at a time; one more is refused");
ABSL_FLAG(int64_t, grpc_max_answer_bytes, int64_t{1} << 30,
          "what the answers of unary gRPC calls that clients are slow to take "
          "may come to; calls beyond it are refused");
ABSL_FLAG(int64_t, grpc_max_upload_bytes, int64_t{1} << 30,
          "what the unfinished values of WriteValue may take, all together; "
          "what comes beyond it is refused");
ABSL_FLAG(absl::Duration, grpc_max_connection_age, absl::ZeroDuration(),
          "asks a gRPC client to connect anew after so long, as 1h, so that "
          "connections spread over servers; 0: never");
ABSL_FLAG(absl::Duration, grpc_max_connection_age_grace, absl::Seconds(30),
          "how long calls may take to end on a connection of that age");
ABSL_FLAG(absl::Duration, request_id_window, absl::Minutes(1),
          "how long a gRPC call with a request_id is answered with its first "
          "answer instead of being applied again");
ABSL_FLAG(int64_t, request_id_max_bytes, int64_t{128} << 20,
          "memory for the request ids of a window with their answers; new ones "
          "beyond it are refused. About 120 bytes each, and the answer if it "
          "is not short");
ABSL_FLAG(
    int, shards, 1024,
    "parts of the keyspace, each with a lock, a table, and room for 16 GiB "
    "of keys and short values; a power of two up to 65536");
ABSL_FLAG(std::string, data_dir, "",
          "directory in which every change is kept, made if there is none; "
          "empty: in memory only");
ABSL_FLAG(std::string, fsync, "everysec",
          "with --data_dir, when a change is on disk: always: before it is "
          "acknowledged; everysec: about a second later; no: when the kernel "
          "sees fit. A server that is killed loses next to nothing either way; "
          "this is about power");
ABSL_FLAG(int64_t, log_segment_bytes, int64_t{64} << 20,
          "size at which one file of the log is followed by the next");
ABSL_FLAG(int64_t, snapshot_log_bytes, int64_t{256} << 20,
          "takes a snapshot, which makes the log before it unnecessary, when "
          "the log has grown by so much since the last one, and by as much as "
          "that one is long; 0: never");
ABSL_FLAG(absl::Duration, snapshot_interval, absl::ZeroDuration(),
          "takes a snapshot when so much time has passed since the last one, "
          "as 1h, if anything has changed; 0: never");
ABSL_FLAG(int64_t, snapshot_bytes_per_second, int64_t{128} << 20,
          "what is written for a snapshot, at most; 0: no limit");
ABSL_FLAG(absl::Duration, shutdown_grace, absl::Seconds(5),
          "after SIGTERM or SIGINT, how long requests in flight may take; a "
          "second signal ends the process at once");

namespace kv::server {

const char kVersion[] = "0.1.0";

namespace {

// Files beside the clients of the TCP port: listeners, epoll, gRPC's
// connections, and room.
constexpr int64_t kReservedFiles = 512;

// As Redis.
constexpr size_t kMaxPasswordBytes = 512;

int WorkersFrom(int flag) {
  if (flag != 0) return flag;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// The password, from whichever of its places it stands in.
absl::StatusOr<std::string> ReadPassword() {
  const std::string path = absl::GetFlag(FLAGS_requirepass_file);
  const std::string flag = absl::GetFlag(FLAGS_requirepass);
  if (path.empty()) {
    const char* variable = std::getenv("FASTKV_REQUIREPASS");
    return flag.empty() && variable != nullptr ? variable : flag;
  }
  if (!flag.empty()) {
    return absl::InvalidArgumentError(
        "--requirepass and --requirepass_file exclude each other");
  }
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--requirepass_file: cannot read a password from ", path));
  }
  if (line.back() == '\r') line.pop_back();
  return line;
}

absl::optional<store::FsyncPolicy> ParseFsync(absl::string_view text) {
  if (text == "always") return store::FsyncPolicy::kAlways;
  if (text == "everysec") return store::FsyncPolicy::kEverySec;
  if (text == "no") return store::FsyncPolicy::kNo;
  return absl::nullopt;
}

absl::Status Check(bool ok, absl::string_view message) {
  return ok ? absl::OkStatus() : absl::InvalidArgumentError(message);
}

absl::Status Validate(const Config& config) {
  const auto is_port = [](int port) { return port >= 0 && port <= 65535; };
  const auto is_power_of_two = [](int n) {
    return n > 0 && (n & (n - 1)) == 0;
  };
  absl::Status status;
  status.Update(Check(!config.bind.empty(), "--bind must be an address"));
  status.Update(Check(is_port(config.port), "--port must be 0 to 65535"));
  status.Update(
      Check(is_port(config.grpc_port), "--grpc_port must be 0 to 65535"));
  status.Update(Check(config.requirepass.size() <= kMaxPasswordBytes,
                      "--requirepass must be at most 512 bytes"));
  status.Update(Check(
      config.requirepass.empty() || IsLoopback(config.grpc_bind),
      "the gRPC port asks for no password yet: with --requirepass it must "
      "listen on a loopback address, as --grpc_bind=127.0.0.1"));
  status.Update(Check(config.workers >= 1 && config.workers <= 1024,
                      "--workers must be 0 to 1024"));
  status.Update(
      Check(config.max_connections >= 1 && config.max_connections <= 10000000,
            "--max_connections must be 1 to 10000000"));
  status.Update(Check(config.idle_timeout >= absl::ZeroDuration(),
                      "--idle_timeout must not be negative"));
  status.Update(Check(config.grpc_threads >= 1 && config.grpc_threads <= 256,
                      "--grpc_threads must be 1 to 256"));
  status.Update(Check(config.grpc_max_message_bytes >= 1024 &&
                          config.grpc_max_message_bytes <= int64_t{512} << 20,
                      "--grpc_max_message_bytes must be 1024 to 536870912"));
  status.Update(Check(config.grpc_max_calls >= 1 &&
                          config.grpc_max_streams >= 1 &&
                          config.grpc_max_answer_bytes >= 1 &&
                          config.grpc_max_upload_bytes >= 1,
                      "--grpc_max_calls, --grpc_max_streams, "
                      "--grpc_max_answer_bytes and --grpc_max_upload_bytes "
                      "must be positive"));
  const auto is_age = [](absl::Duration age) {
    return age >= absl::ZeroDuration() && age <= absl::Hours(24 * 24);
  };
  status.Update(Check(is_age(config.grpc_max_connection_age) &&
                          is_age(config.grpc_max_connection_age_grace),
                      "--grpc_max_connection_age and its grace must be 0 to "
                      "576h"));
  status.Update(Check(config.request_id_window >= absl::Milliseconds(1) &&
                          config.request_id_window <= absl::Hours(24),
                      "--request_id_window must be 1ms to 24h"));
  status.Update(Check(config.request_id_max_bytes >= 0,
                      "--request_id_max_bytes must not be negative"));
  status.Update(Check(is_power_of_two(config.shards) && config.shards <= 65536,
                      "--shards must be a power of two up to 65536"));
  status.Update(Check(config.log_segment_bytes >= int64_t{1} << 16 &&
                          config.log_segment_bytes <= int64_t{1} << 40,
                      "--log_segment_bytes must be 65536 to 1099511627776"));
  status.Update(Check(config.snapshot_log_bytes >= 0,
                      "--snapshot_log_bytes must not be negative"));
  status.Update(Check(config.snapshot_interval >= absl::ZeroDuration() &&
                          config.snapshot_interval <= absl::Hours(24 * 365),
                      "--snapshot_interval must be 0 to 8760h"));
  status.Update(Check(config.snapshot_bytes_per_second == 0 ||
                          config.snapshot_bytes_per_second >= 1 << 20,
                      "--snapshot_bytes_per_second must be 0 or at least "
                      "1048576"));
  status.Update(Check(config.shutdown_grace >= absl::ZeroDuration() &&
                          config.shutdown_grace <= absl::Hours(1),
                      "--shutdown_grace must be 0 to 1h"));
  return status;
}

void SetUpHelp() {
  absl::SetProgramUsageMessage(
      "an in-memory data store behind gRPC and a text protocol.\n\n"
      "  fastkv --port 1234 --grpc_port 50051 --bind 127.0.0.1\n\n"
      "Flags may also stand in a file, one a line: --flagfile=FILE");
  absl::FlagsUsageConfig config;
  const auto ours = [](absl::string_view file) {
    return absl::StrContains(file, "server/config/");
  };
  config.contains_helpshort_flags = ours;
  config.contains_help_flags = ours;
  config.version_string = [] {
    return absl::StrCat("fastkv ", kVersion, "\n");
  };
  absl::SetFlagsUsageConfig(config);
}

}  // namespace

absl::StatusOr<Config> ParseConfig(int argc, char** argv) {
  SetUpHelp();
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument '", rest[1], "'; see --help"));
  }
  Config config;
  config.bind = absl::GetFlag(FLAGS_bind);
  config.port = absl::GetFlag(FLAGS_port);
  config.workers = WorkersFrom(absl::GetFlag(FLAGS_workers));
  config.max_connections = absl::GetFlag(FLAGS_max_connections);
  config.idle_timeout = absl::GetFlag(FLAGS_idle_timeout);
  config.grpc_bind = absl::GetFlag(FLAGS_grpc_bind);
  if (config.grpc_bind.empty()) config.grpc_bind = config.bind;
  absl::StatusOr<std::string> password = ReadPassword();
  if (!password.ok()) return password.status();
  config.requirepass = *std::move(password);
  config.grpc_port = absl::GetFlag(FLAGS_grpc_port);
  config.grpc_threads = absl::GetFlag(FLAGS_grpc_threads);
  config.grpc_max_message_bytes = absl::GetFlag(FLAGS_grpc_max_message_bytes);
  config.grpc_max_calls = absl::GetFlag(FLAGS_grpc_max_calls);
  config.grpc_max_streams = absl::GetFlag(FLAGS_grpc_max_streams);
  config.grpc_max_answer_bytes = absl::GetFlag(FLAGS_grpc_max_answer_bytes);
  config.grpc_max_upload_bytes = absl::GetFlag(FLAGS_grpc_max_upload_bytes);
  config.grpc_max_connection_age = absl::GetFlag(FLAGS_grpc_max_connection_age);
  config.grpc_max_connection_age_grace =
      absl::GetFlag(FLAGS_grpc_max_connection_age_grace);
  config.request_id_window = absl::GetFlag(FLAGS_request_id_window);
  config.request_id_max_bytes = absl::GetFlag(FLAGS_request_id_max_bytes);
  config.shards = absl::GetFlag(FLAGS_shards);
  config.data_dir = absl::GetFlag(FLAGS_data_dir);
  const auto fsync = ParseFsync(absl::GetFlag(FLAGS_fsync));
  if (!fsync.has_value()) {
    return absl::InvalidArgumentError("--fsync must be always, everysec or no");
  }
  config.fsync = *fsync;
  config.log_segment_bytes = absl::GetFlag(FLAGS_log_segment_bytes);
  config.snapshot_log_bytes = absl::GetFlag(FLAGS_snapshot_log_bytes);
  config.snapshot_interval = absl::GetFlag(FLAGS_snapshot_interval);
  config.snapshot_bytes_per_second =
      absl::GetFlag(FLAGS_snapshot_bytes_per_second);
  config.shutdown_grace = absl::GetFlag(FLAGS_shutdown_grace);
  if (absl::Status status = Validate(config); !status.ok()) return status;
  return config;
}

bool IsLoopback(const std::string& address) {
  if (address == "localhost") return true;
  in_addr ipv4;
  if (inet_pton(AF_INET, address.c_str(), &ipv4) == 1) {
    return ntohl(ipv4.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  in6_addr ipv6;
  return inet_pton(AF_INET6, address.c_str(), &ipv6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&ipv6);
}

absl::Status EnsureFileLimit(int64_t connections) {
  const rlim_t needed = static_cast<rlim_t>(connections) + kReservedFiles;
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) {
    return absl::OkStatus();
  }
  if (limit.rlim_max < needed) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the limit of open files is ", limit.rlim_max, ", but ", needed,
        " are needed for --max_connections=", connections,
        ": raise it (ulimit -Hn ", needed, ") or lower --max_connections"));
  }
  limit.rlim_cur = needed;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return absl::InternalError(
        absl::StrCat("cannot raise the limit of open files to ", needed));
  }
  return absl::OkStatus();
}

}  // namespace kv::server
