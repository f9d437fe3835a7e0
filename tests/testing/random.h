#ifndef FASTKV_TESTS_TESTING_RANDOM_H_
#define FASTKV_TESTS_TESTING_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace kv::test {

// The seed of the environment's FASTKV_TEST_SEED, else `otherwise`. A test
// names it in its SCOPED_TRACE, so that a failure can be repeated.
inline uint64_t SeedOr(uint64_t otherwise) {
  const char* text = std::getenv("FASTKV_TEST_SEED");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Random: what a random test draws from; the same seed gives the same draws
// with every compiler and library.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Next() { return engine_(); }
  // From 0 to limit - 1. REQUIRES: limit > 0
  size_t Below(size_t limit) { return engine_() % limit; }
  // From min to max, both included.
  int64_t Between(int64_t min, int64_t max) {
    return min + static_cast<int64_t>(Below(max - min + 1));
  }
  bool OneIn(size_t n) { return Below(n) == 0; }

  std::string Bytes(size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(engine_());
    return bytes;
  }

  template <typename T, size_t kSize>
  const T& OneOf(const T (&choices)[kSize]) {
    return choices[Below(kSize)];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_RANDOM_H_
