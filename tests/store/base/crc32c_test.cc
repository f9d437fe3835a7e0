#include "store/base/crc32c.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

// RFC 3720, B.4.
TEST(Crc32cTest, EqualsTheStandardsExamples) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
}

TEST(Crc32cTest, BothWaysAgreeHoweverTheBytesAreCut) {
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = random.Bytes(random.Below(100));
    const size_t cut = random.Below(bytes.size() + 1);
    const uint32_t whole = Crc32c(bytes);
    EXPECT_EQ(whole, internal::PortableCrc32c(bytes, 0));
    EXPECT_EQ(whole, Crc32c(bytes.substr(cut), Crc32c(bytes.substr(0, cut))));
  }
}

}  // namespace
}  // namespace kv::store
