#ifndef FASTKV_STORE_BASE_LIMITS_H_
#define FASTKV_STORE_BASE_LIMITS_H_

#include <cstddef>

namespace kv::store {

// The longest key, string value and sorted-set member: what Redis accepts.
inline constexpr size_t kMaxValueBytes = size_t{512} << 20;

// Numbered databases, as SELECT has them.
inline constexpr int kDatabases = 16;

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_LIMITS_H_
