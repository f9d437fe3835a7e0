#ifndef FASTKV_STORE_BASE_ALLOCATION_H_
#define FASTKV_STORE_BASE_ALLOCATION_H_

#include <bit>
#include <cstddef>

namespace kv::store {

// What an allocator hands out for `bytes`: steps of 16 bytes up to 128, then
// four steps for each doubling (mimalloc, jemalloc). Whoever asks for this much
// may use all of it, and need not store it beside what it uses.
inline size_t UsableBytes(size_t bytes) {
  const size_t step = bytes <= 128 ? 16 : std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) / step * step;
}

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_ALLOCATION_H_
