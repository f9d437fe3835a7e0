#include "bench/load/server_usage.h"

#include <unistd.h>

#include <ctime>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace kv::bench {

absl::StatusOr<ServerUsage> ReadServerUsage(pid_t pid) {
  ServerUsage usage;
  clockid_t clock;
  timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 ||
      clock_gettime(clock, &time) != 0) {
    return absl::NotFoundError(absl::StrCat("no process ", pid));
  }
  usage.cpu_ns = time.tv_sec * int64_t{1000000000} + time.tv_nsec;

  std::ifstream statm(absl::StrCat("/proc/", pid, "/statm"));
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  if (!(statm >> total_pages >> resident_pages)) {
    return absl::NotFoundError(absl::StrCat("no /proc/", pid, "/statm"));
  }
  usage.resident_bytes = resident_pages * sysconf(_SC_PAGESIZE);
  return usage;
}

}  // namespace kv::bench
