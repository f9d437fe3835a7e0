#ifndef FASTKV_CLIENTS_CLI_RDB_BYTES_H_
#define FASTKV_CLIENTS_CLI_RDB_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

// Integers out of bytes, as RDB files have them on every machine.
namespace kv::rdb {

inline uint8_t ByteAt(absl::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// REQUIRES: at most 8 bytes
inline uint64_t LittleEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | ByteAt(bytes, i);
  return value;
}

// REQUIRES: at most 8 bytes
inline uint64_t BigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

// The number whose two's complement of so many bits is `value`.
// REQUIRES: 1 <= bits <= 64; the bits above are 0
inline int64_t SignExtended(uint64_t value, int bits) {
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

// A little-endian number with a sign, as long as the bytes.
// REQUIRES: 1 to 8 bytes
inline int64_t SignedLittleEndian(absl::string_view bytes) {
  return SignExtended(LittleEndian(bytes), static_cast<int>(bytes.size()) * 8);
}

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_BYTES_H_
