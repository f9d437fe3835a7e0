#ifndef FASTKV_BENCH_STORE_DATASET_H_
#define FASTKV_BENCH_STORE_DATASET_H_

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/base/key.h"

namespace kv::bench {

inline constexpr size_t kEntries = 1000000;
inline constexpr size_t kKeyBytes = 16;
inline constexpr size_t kValueBytes = 64;

// The name of the i-th key, kKeyBytes long.
inline std::string NameOf(size_t i) {
  char name[kKeyBytes + 1];
  std::snprintf(name, sizeof(name), "key:%012zu", i);
  return name;
}

// Names from `first` on, in one run of bytes, as input arrives; the keys are
// hashed when asked for, which is part of what an operation costs.
class Names {
 public:
  explicit Names(size_t first = 0) {
    bytes_.reserve(kEntries * kKeyBytes);
    for (size_t i = 0; i < kEntries; ++i) bytes_ += NameOf(first + i);
  }
  store::Key At(size_t i) const {
    return store::Key(
        absl::string_view(bytes_).substr(i * kKeyBytes, kKeyBytes));
  }

 private:
  std::string bytes_;
};

// Numbers below kEntries in a fixed random order: what a benchmark asks for
// next is in no cache, and to find out what it is costs almost nothing.
inline std::vector<uint32_t> RandomOrder() {
  std::mt19937_64 random(1);
  std::vector<uint32_t> order(1 << 20);
  for (uint32_t& i : order) i = random() % kEntries;
  return order;
}

// The memory that the process holds.
inline size_t ResidentBytes() {
  size_t total = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu %zu", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace kv::bench

#endif  // FASTKV_BENCH_STORE_DATASET_H_
