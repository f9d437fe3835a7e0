#include "store/base/long_double.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

std::string Format(long double value) {
  char buffer[kLongDoubleBufferBytes];
  return std::string(FormatLongDouble(value, buffer));
}

std::string ParsedAndFormatted(absl::string_view text) {
  long double value = 0;
  if (!ParseLongDouble(text, &value)) return "refused";
  return std::isinf(value) ? "infinite" : Format(value);
}

TEST(LongDouble, IsWrittenWithoutExponentAndTrailingZeros) {
  EXPECT_EQ(Format(0), "0");
  EXPECT_EQ(Format(-0.0L), "0");
  EXPECT_EQ(Format(10.5L), "10.5");
  EXPECT_EQ(Format(5.0e3L), "5000");
  EXPECT_EQ(Format(1e20L), "100000000000000000000");
  EXPECT_EQ(Format(0.1L + 0.2L), "0.3");
  EXPECT_EQ(Format(1e-17L), "0.00000000000000001");
  EXPECT_EQ(Format(-1e-18L), "0");
}

TEST(LongDouble, TheLargestFitsTheBuffer) {
  EXPECT_EQ(Format(-std::numeric_limits<long double>::max()).size(), 4934);
}

TEST(LongDouble, ReadsWhatStrtoldReads) {
  EXPECT_EQ(ParsedAndFormatted("3.0"), "3");
  EXPECT_EQ(ParsedAndFormatted("+5e-1"), "0.5");
  EXPECT_EQ(ParsedAndFormatted("0x10"), "16");
  EXPECT_EQ(ParsedAndFormatted("-inf"), "infinite");
  EXPECT_EQ(ParsedAndFormatted("1e5000"), "refused");
  EXPECT_EQ(ParsedAndFormatted("1e-6000"), "refused");
  EXPECT_EQ(ParsedAndFormatted("nan"), "refused");
  EXPECT_EQ(ParsedAndFormatted(""), "refused");
  EXPECT_EQ(ParsedAndFormatted(" 1"), "refused");
  EXPECT_EQ(ParsedAndFormatted("1 "), "refused");
  EXPECT_EQ(ParsedAndFormatted(absl::string_view("1\0", 2)), "refused");
  EXPECT_EQ(ParsedAndFormatted(std::string(kLongDoubleBufferBytes - 1, '0')),
            "0");
  EXPECT_EQ(ParsedAndFormatted(std::string(kLongDoubleBufferBytes, '0')),
            "refused");
}

}  // namespace
}  // namespace kv::store
