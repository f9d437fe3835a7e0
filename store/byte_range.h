#ifndef FASTKV_STORE_BYTE_RANGE_H_
#define FASTKV_STORE_BYTE_RANGE_H_

#include <algorithm>
#include <cstdint>

namespace kv::store {

// A part of a sequence: [begin, end).
struct Extent {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
};

// Which part of a sequence of `length` items is meant by the first and the last
// one, where negative numbers count from the end, -1 being the last item. What
// lies outside is cut off, except that an end before the first item means that
// item: Redis' rule for strings and bits. REQUIRES: length <= INT64_MAX.
inline Extent ResolveRange(int64_t first, int64_t last, uint64_t length) {
  const int64_t size = static_cast<int64_t>(length);
  if (first < 0) first = std::max<int64_t>(first + size, 0);
  if (last < 0) last = std::max<int64_t>(last + size, 0);
  last = std::min(last, size - 1);
  if (first > last) return {};
  return {static_cast<uint64_t>(first), static_cast<uint64_t>(last) + 1};
}

// Whether both ends count from the end, the wrong way round: reads of strings
// and counts of bits are empty then, before anything is cut off.
inline bool IsReversedFromEnd(int64_t first, int64_t last) {
  return first < 0 && last < 0 && first > last;
}

}  // namespace kv::store

#endif  // FASTKV_STORE_BYTE_RANGE_H_
