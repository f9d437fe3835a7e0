#include "tcp_gateway/command/process_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace kv::gateway {

ProcessMemory ReadProcessMemory() {
  const int64_t page = sysconf(_SC_PAGESIZE);
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const int64_t resident = pages * page;
  return {resident, std::max(resident, int64_t{usage.ru_maxrss} * 1024),
          sysconf(_SC_PHYS_PAGES) * page};
}

}  // namespace kv::gateway
