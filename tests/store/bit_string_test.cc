#include "store/bit_string.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/random.h"

namespace kv::store::bits {
namespace {

bool BitAt(absl::string_view bytes, uint64_t at) {
  return at / 8 < bytes.size() &&
         (static_cast<uint8_t>(bytes[at / 8]) >> (7 - at % 8) & 1) != 0;
}

// Mostly long runs of equal bytes, which is where searches skip words.
std::string RandomBytes(test::Random& random, size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const size_t run = random.OneIn(2) ? 1 : random.Below(90);
    const char filler = random.OneIn(2) ? '\0' : '\xff';
    bytes.append(run, run == 1 ? static_cast<char>(random.Next()) : filler);
  }
  bytes.resize(size);
  return bytes;
}

Extent RandomExtent(test::Random& random, uint64_t bits) {
  uint64_t begin = random.Below(bits + 1), end = random.Below(bits + 1);
  if (begin > end) std::swap(begin, end);
  return {begin, end};
}

TEST(BitString, CountsAndFindsAsBitByBit) {
  const uint64_t seed = test::SeedOr(20260704);
  SCOPED_TRACE(seed);
  test::Random random(seed);
  for (int round = 0; round < 3000; ++round) {
    const std::string bytes = RandomBytes(random, 1 + random.Below(200));
    const Extent range = RandomExtent(random, bytes.size() * 8);
    uint64_t ones = 0;
    absl::optional<uint64_t> first[2];
    for (uint64_t i = range.begin; i < range.end; ++i) {
      const bool bit = BitAt(bytes, i);
      ones += bit;
      if (!first[bit].has_value()) first[bit] = i;
    }
    ASSERT_EQ(Count(bytes, range), ones);
    ASSERT_EQ(Find(bytes, false, range), first[0]);
    ASSERT_EQ(Find(bytes, true, range), first[1]);
  }
}

TEST(BitString, CountsNothingInNothing) {
  EXPECT_EQ(Count(""), 0);
  EXPECT_EQ(Count(std::string(1000, '\xff')), 8000);
}

TEST(BitString, CombinesSourcesOfAnyLengths) {
  const uint64_t seed = test::SeedOr(20260704);
  SCOPED_TRACE(seed);
  test::Random random(seed);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> strings(1 + random.Below(4));
    size_t size = 0;
    for (std::string& bytes : strings) {
      // Some longer than the chunks in which the work is done.
      bytes = RandomBytes(random, random.Below(round % 10 == 0 ? 20000 : 100));
      size = std::max(size, bytes.size());
    }
    const std::vector<absl::string_view> views(strings.begin(), strings.end());
    for (const Operation operation :
         {Operation::kAnd, Operation::kOr, Operation::kXor, Operation::kNot}) {
      std::string expected(size, '\0');
      for (size_t i = 0; i < size; ++i) {
        const auto at = [i](const std::string& s) -> char {
          return i < s.size() ? s[i] : '\0';
        };
        char byte = at(strings[0]);
        for (size_t s = 1; s < strings.size(); ++s) {
          if (operation == Operation::kAnd) byte &= at(strings[s]);
          if (operation == Operation::kOr) byte |= at(strings[s]);
          if (operation == Operation::kXor) byte ^= at(strings[s]);
        }
        expected[i] = operation == Operation::kNot ? ~byte : byte;
      }
      std::string result(size, 'x');
      Combine(operation, views, size, result.data());
      ASSERT_EQ(result, expected) << static_cast<int>(operation);
    }
  }
}

TEST(BitString, FieldsOfAnyWidthAtAnyOffset) {
  const uint64_t seed = test::SeedOr(20260704);
  SCOPED_TRACE(seed);
  test::Random random(seed);
  std::string bytes(40, '\0');
  for (int round = 0; round < 20000; ++round) {
    const int width = 1 + random.Below(64);
    const uint64_t offset = random.Below(bytes.size() * 8 - width + 1);
    const uint64_t value = random.Next();
    std::string expected = bytes;
    for (int i = 0; i < width; ++i) {
      const uint64_t at = offset + i;
      const char mask = static_cast<char>(0x80 >> at % 8);
      const bool bit = value >> (width - 1 - i) & 1;
      expected[at / 8] =
          bit ? expected[at / 8] | mask : expected[at / 8] & ~mask;
    }
    WriteField(bytes.data(), offset, width, value);
    ASSERT_EQ(bytes, expected) << offset << " " << width;
    const uint64_t kept = width == 64 ? value : value & ((1ull << width) - 1);
    ASSERT_EQ(ReadField(bytes, offset, width), kept);
  }
}

TEST(BitString, FieldsBehindTheEndAreZero) {
  EXPECT_EQ(ReadField("\xff", 4, 8), 0xf0);
  EXPECT_EQ(ReadField("\xff", 8, 64), 0);
  EXPECT_EQ(ReadField("", uint64_t{1} << 31, 64), 0);
}

}  // namespace
}  // namespace kv::store::bits
