#include "clients/cli/rdb/crc64.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/testing/random.h"

namespace kv::rdb {
namespace {

// The check value of Redis' src/crc64.c.
TEST(Crc64Test, IsThatOfRedis) {
  EXPECT_EQ(Crc64("123456789"), 0xe9c6d914c4b8d9ca);
  EXPECT_EQ(Crc64(""), 0u);
}

// Bit by bit, as the definition has it.
uint64_t SlowCrc64(absl::string_view bytes) {
  uint64_t crc = 0;
  for (const char byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool top = (crc >> 63) != ((byte >> bit & 1) != 0);
      crc = crc << 1 ^ (top ? 0xad93d23594c935a9 : 0);
    }
  }
  uint64_t reflected = 0;
  for (int bit = 0; bit < 64; ++bit) {
    reflected |= (crc >> bit & 1) << (63 - bit);
  }
  return reflected;
}

TEST(Crc64Test, EveryLengthAndSplitIsAsTheDefinitionHasIt) {
  const uint64_t seed = kv::test::SeedOr(17);
  SCOPED_TRACE(seed);
  const std::string bytes = kv::test::Random(seed).Bytes(100);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const absl::string_view all = absl::string_view(bytes).substr(0, size);
    const uint64_t expected = SlowCrc64(all);
    for (size_t split = 0; split <= size; ++split) {
      EXPECT_EQ(Crc64(all.substr(split), Crc64(all.substr(0, split))), expected)
          << size << ", " << split;
    }
  }
}

}  // namespace
}  // namespace kv::rdb
