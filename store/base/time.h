#ifndef FASTKV_STORE_BASE_TIME_H_
#define FASTKV_STORE_BASE_TIME_H_

#include <cstdint>
#include <limits>

namespace kv::store {

// A point in time: milliseconds since the Unix epoch. The store never reads a
// clock; whoever admits a request reads it once and passes it down, so that
// time stands still within one operation (and replay needs no clock).
using TimeMs = int64_t;

// The deadline of an entry that never expires. Later than every other time, so
// `deadline <= now` needs no special case.
inline constexpr TimeMs kNoDeadline = std::numeric_limits<TimeMs>::max();

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_TIME_H_
