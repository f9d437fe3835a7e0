#ifndef FASTKV_TCP_GATEWAY_COMMAND_PROCESS_MEMORY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_PROCESS_MEMORY_H_

#include <cstdint>

namespace kv::gateway {

// What the kernel says that the process takes.
struct ProcessMemory {
  int64_t resident_bytes = 0;
  int64_t peak_bytes = 0;     // of the resident ones
  int64_t machine_bytes = 0;  // all memory there is
};

ProcessMemory ReadProcessMemory();

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_PROCESS_MEMORY_H_
