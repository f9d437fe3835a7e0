#include "clients/cli/rdb/lzf.h"

#include <cstdint>
#include <cstring>

namespace kv::rdb {
namespace {

constexpr uint8_t kFirstCopy = 0x20;  // below: literal bytes
constexpr size_t kLongCopy = 7;

// Copies `size` bytes from `distance` before `to`, front to back.
void CopyWithin(char* to, size_t distance, size_t size) {
  const char* from = to - distance;
  if (distance >= size) {
    std::memcpy(to, from, size);
    return;
  }
  for (size_t i = 0; i < size; ++i) to[i] = from[i];
}

}  // namespace

bool LzfDecompress(absl::string_view compressed, size_t size,
                   std::string* out) {
  if (size / kLzfMaxRatio > compressed.size()) return false;
  out->resize(size);
  char* const begin = &(*out)[0];
  char* to = begin;
  const char* from = compressed.data();
  const char* const end = from + compressed.size();
  const auto room = [&] { return size - static_cast<size_t>(to - begin); };
  const auto left = [&] { return static_cast<size_t>(end - from); };

  while (from < end) {
    const uint8_t control = static_cast<uint8_t>(*from++);
    if (control < kFirstCopy) {
      const size_t count = size_t{control} + 1;
      if (left() < count || room() < count) return false;
      std::memcpy(to, from, count);
      from += count;
      to += count;
      continue;
    }
    size_t count = control >> 5;
    if (left() < (count == kLongCopy ? 2 : 1)) return false;
    if (count == kLongCopy) count += static_cast<uint8_t>(*from++);
    count += 2;
    const size_t distance =
        (size_t{control & 0x1fu} << 8) + static_cast<uint8_t>(*from++) + 1;
    if (distance > static_cast<size_t>(to - begin) || room() < count) {
      return false;
    }
    CopyWithin(to, distance, count);
    to += count;
  }
  return room() == 0;
}

}  // namespace kv::rdb
