#ifndef FASTKV_STORE_DURABLE_RANDOM_SALT_H_
#define FASTKV_STORE_DURABLE_RANDOM_SALT_H_

#include <cstdint>
#include <random>

namespace kv::store {

// Of a new file: what is in it is told from the like inside of clients' values,
// who cannot know it.
inline uint64_t RandomSalt() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_RANDOM_SALT_H_
