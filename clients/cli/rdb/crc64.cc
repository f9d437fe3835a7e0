#include "clients/cli/rdb/crc64.h"

#include <array>

#include "clients/cli/rdb/bytes.h"

namespace kv::rdb {
namespace {

// 0xad93d23594c935a9, its bits the other way round.
constexpr uint64_t kPolynomial = 0x95ac9329ac4bc9b5;

// Tables[n][b]: what byte b contributes when n more bytes come behind it.
// Eight bytes are then eight lookups that do not wait for each other
// ("slicing by 8": Kounavis and Berry, 2005).
using Tables = std::array<std::array<uint64_t, 256>, 8>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (int n = 1; n < 8; ++n) {
    for (int byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[n - 1][byte];
      tables[n][byte] = tables[0][before & 0xff] ^ before >> 8;
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

}  // namespace

uint64_t Crc64(absl::string_view bytes, uint64_t crc) {
  while (bytes.size() >= 8) {
    crc ^= LittleEndian(bytes.substr(0, 8));
    uint64_t next = 0;
    for (int i = 0; i < 8; ++i) next ^= kTables[7 - i][crc >> 8 * i & 0xff];
    crc = next;
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) {
    crc = kTables[0][(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ crc >> 8;
  }
  return crc;
}

}  // namespace kv::rdb
