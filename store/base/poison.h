#ifndef FASTKV_STORE_BASE_POISON_H_
#define FASTKV_STORE_BASE_POISON_H_

#include <cstddef>

#include "absl/base/config.h"

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace kv::store {

// For allocators of our own: tells the address sanitizer, where there is one,
// that nobody may touch the bytes. Of a piece that does not begin or end at
// eight bytes, a little is left out.
inline void Poison([[maybe_unused]] const void* at,
                   [[maybe_unused]] size_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  ASAN_POISON_MEMORY_REGION(at, bytes);
#endif
}

// And that they are used again.
inline void Unpoison([[maybe_unused]] const void* at,
                     [[maybe_unused]] size_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  ASAN_UNPOISON_MEMORY_REGION(at, bytes);
#endif
}

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_POISON_H_
