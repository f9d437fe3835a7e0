#ifndef FASTKV_BENCH_LOAD_SERVER_USAGE_H_
#define FASTKV_BENCH_LOAD_SERVER_USAGE_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace kv::bench {

// What a process has used so far.
struct ServerUsage {
  int64_t cpu_ns = 0;  // user and system time of all its threads, ever
  int64_t resident_bytes = 0;
};

// Reads the scheduler's own account, which is exact; /proc/PID/stat has the
// same in hundredths of a second. Memory is from /proc/PID/statm.
absl::StatusOr<ServerUsage> ReadServerUsage(pid_t pid);

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_SERVER_USAGE_H_
