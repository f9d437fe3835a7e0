#include "store/base/number.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Formatted(double value) {
  char buffer[kNumberBufferBytes];
  return std::string(FormatDouble(value, buffer));
}

TEST(NumberTest, ParseInt64TakesOneTextPerNumber) {
  const struct {
    const char* text;
    int64_t value;
  } kGood[] = {
      {"0", 0},
      {"7", 7},
      {"-7", -7},
      {"1000", 1000},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
  };
  for (const auto& c : kGood) {
    int64_t value = 1;
    EXPECT_TRUE(ParseInt64(c.text, &value)) << c.text;
    EXPECT_EQ(value, c.value);
  }
  for (const char* text : {"", "-", "+1", " 1", "1 ", "01", "-0", "-01", "1.0",
                           "1e3", "0x10", "--1", "9223372036854775808",
                           "-9223372036854775809", "99999999999999999999999"}) {
    int64_t value;
    EXPECT_FALSE(ParseInt64(text, &value)) << '"' << text << '"';
  }
  int64_t value;
  EXPECT_FALSE(ParseInt64(absl::string_view("1\0", 2), &value));
}

TEST(NumberTest, ParseDoubleTakesDecimalsAndInfinities) {
  const struct {
    const char* text;
    double value;
  } kGood[] = {
      {"0", 0},
      {"3", 3},
      {"+3", 3},
      {"-3.25", -3.25},
      {".5", 0.5},
      {"5.", 5},
      {"1e3", 1000},
      {"1E-2", 0.01},
      {"1e+2", 100},
      {"inf", kInfinity},
      {"+inf", kInfinity},
      {"-inf", -kInfinity},
      {"Infinity", kInfinity},
      {"-INFINITY", -kInfinity},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {"0003", 3},
  };
  for (const auto& c : kGood) {
    double value = 1;
    EXPECT_TRUE(ParseDouble(c.text, &value)) << c.text;
    EXPECT_EQ(value, c.value) << c.text;
  }
  double zero = 1;
  EXPECT_TRUE(ParseDouble("-0", &zero));
  EXPECT_TRUE(zero == 0 && std::signbit(zero));
  for (const char* text :
       {"",    "+",  "-",       ".",         "nan",   "-nan", "NaN",
        " 1",  "1 ", "1,5",     "0x10",      "1e",    "++1",  "+-1",
        "-+1", "in", "infinit", "infinityy", "1.2.3", "abc"}) {
    double value;
    EXPECT_FALSE(ParseDouble(text, &value)) << '"' << text << '"';
  }
}

TEST(NumberTest, FormatInt64WritesTheWholeRange) {
  char buffer[kNumberBufferBytes];
  EXPECT_EQ(FormatInt64(0, buffer), "0");
  EXPECT_EQ(FormatInt64(-12, buffer), "-12");
  EXPECT_EQ(FormatInt64(INT64_MAX, buffer), "9223372036854775807");
  EXPECT_EQ(FormatInt64(INT64_MIN, buffer), "-9223372036854775808");
}

// The spellings of Redis 7.2 (fpconv_dtoa).
TEST(NumberTest, FormatDoubleSpellsAsRedisDoes) {
  const struct {
    double value;
    const char* text;
  } kCases[] = {
      {3, "3"},
      {-3, "-3"},
      {0.0, "0"},
      {-0.0, "-0"},
      {3.5, "3.5"},
      {0.1, "0.1"},
      {-0.25, "-0.25"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1.0 / 3, "0.3333333333333333"},
      {3.141592653589793, "3.141592653589793"},
      {1234567.891, "1234567.891"},
      {0.001, "0.001"},
      {0.0001, "0.0001"},
      {0.000001, "0.000001"},
      {1e-7, "1e-7"},
      {1.5e-7, "1.5e-7"},
      {1e-300, "1e-300"},
      {4503599627370497.0, "4503599627370497"},
      {9007199254740993.0, "9007199254740992"},
      {1.7e12, "1700000000000"},
      {1e15, "1000000000000000"},
      {1e16, "1e+16"},
      {1e20, "1e+20"},
      {1.2345e20, "1.2345e+20"},
      {1.234567890123e18, "1234567890123000000"},
      {1.5e300, "1.5e+300"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {std::numeric_limits<double>::denorm_min(), "5e-324"},
      {kInfinity, "inf"},
      {-kInfinity, "-inf"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Formatted(c.value), c.text);
}

TEST(NumberTest, FormattedDoublesReadBackBitForBit) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 100000; ++i) {
      // Any bits; then decimals as people write them; then whole numbers.
      const uint64_t bits = random();
      double value;
      std::memcpy(&value, &bits, sizeof(value));
      if (i % 3 == 1) value = static_cast<int64_t>(bits % 2000000) / 1000.0;
      if (i % 3 == 2) value = static_cast<double>(bits >> (bits % 60));
      if (std::isnan(value)) continue;
      const std::string text = Formatted(value);
      ASSERT_LT(text.size(), kNumberBufferBytes);
      double parsed;
      ASSERT_TRUE(ParseDouble(text, &parsed)) << text;
      ASSERT_EQ(std::memcmp(&parsed, &value, sizeof(value)), 0) << text;
    }
  }
}

}  // namespace
}  // namespace kv::store
