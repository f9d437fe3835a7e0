#include "clients/cpp/request_id.h"

#include <cstdint>

#include "absl/random/random.h"

namespace fastkv {

std::string MakeRequestId() {
  // Seeded from the system's entropy, once per thread.
  thread_local absl::BitGen random;
  const uint64_t bits[2] = {absl::Uniform<uint64_t>(random),
                            absl::Uniform<uint64_t>(random)};
  return std::string(reinterpret_cast<const char*>(bits), sizeof(bits));
}

}  // namespace fastkv
