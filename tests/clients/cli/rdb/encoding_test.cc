#include "clients/cli/rdb/encoding.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/chopped_source.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"

namespace kv::rdb {
namespace {

using test::Big;
using test::Little;
using test::Whole;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What is read of the bytes, all of which must be used up.
template <typename Value>
Value ReadAll(const std::string& bytes, Value (*read)(Input&)) {
  Input input(Whole(bytes));
  const Value value = read(input);
  EXPECT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(input.offset(), bytes.size());
  return value;
}

// The string that is read; what is skipped must be as long.
std::string ReadOne(const std::string& bytes) {
  Input skipping(Whole(bytes));
  SkipString(skipping);
  EXPECT_EQ(skipping.offset(), bytes.size());
  Input input(Whole(bytes));
  std::string out = "what was there before";
  ReadString(input, &out);
  EXPECT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(input.offset(), bytes.size());
  return out;
}

std::string ErrorOf(const std::string& bytes) {
  Input input(Whole(bytes));
  std::string out;
  ReadString(input, &out);
  EXPECT_FALSE(input.ok());
  EXPECT_LT(out.capacity(), 1000u);
  return std::string(input.status().message());
}

TEST(EncodingTest, LengthsOfAllSizesAreRead) {
  for (const uint64_t length :
       {uint64_t{0}, uint64_t{63}, uint64_t{64}, uint64_t{16383},
        uint64_t{16384}, uint64_t{0xffffffff}, uint64_t{0x100000000},
        ~uint64_t{0}}) {
    EXPECT_EQ(ReadAll(test::Length(length), ReadLength), length);
  }
  // Not the shortest form.
  EXPECT_EQ(ReadAll("\x80" + Big(5, 4), ReadLength), 5u);
  EXPECT_EQ(ReadAll("\x81" + Big(5, 8), ReadLength), 5u);
}

TEST(EncodingTest, WhatIsNoLengthIsAnError) {
  for (int first = 0x82; first < 0x100; ++first) {
    const std::string bytes = Little(first, 1) + "12345678";
    Input input(Whole(bytes));
    ReadLength(input);
    EXPECT_TRUE(absl::EndsWith(input.status().message(), ", at byte 0"))
        << first;
  }
}

TEST(EncodingTest, StringsOfAllFormsAreRead) {
  EXPECT_EQ(ReadOne(test::String("")), "");
  for (const size_t size : {1, 63, 64, 16383, 16384, 100000}) {
    const std::string text(size, 's');
    EXPECT_EQ(ReadOne(test::String(text)), text);
    EXPECT_EQ(ReadOne(test::CompressedString(text)), text);
  }
  const std::pair<std::string, std::string> integers[] = {
      {"\xc0" + Little(0, 1), "0"},
      {"\xc0" + Little(0x7f, 1), "127"},
      {"\xc0" + Little(0x80, 1), "-128"},
      {"\xc1" + Little(0x7fff, 2), "32767"},
      {"\xc1" + Little(0x8000, 2), "-32768"},
      {"\xc2" + Little(0x7fffffff, 4), "2147483647"},
      {"\xc2" + Little(0x80000000, 4), "-2147483648"},
  };
  for (const auto& [bytes, text] : integers) EXPECT_EQ(ReadOne(bytes), text);
}

TEST(EncodingTest, WhatIsNoStringIsAnErrorThatTakesNoMemory) {
  EXPECT_EQ(ErrorOf("\xc4 and more"), "a string of unknown form 4, at byte 0");
  EXPECT_EQ(ErrorOf("\xff and more"), "a string of unknown form 63, at byte 0");
  EXPECT_EQ(ErrorOf("\x04"
                    "abc"),
            "the file is cut off, at byte 4");
  EXPECT_EQ(ErrorOf(absl::StrCat("\x81", Big(uint64_t{1} << 63, 8), "abc")),
            "a string of 9223372036854775808 bytes, more than 512 MiB, at byte "
            "9");
  EXPECT_EQ(ErrorOf(absl::StrCat("\x80", Big(kMaxStringBytes, 4), "abc")),
            "the file is cut off, at byte 8");
}

TEST(EncodingTest, WhatIsNotCompressedIsAnErrorThatTakesNoMemory) {
  const auto compressed = [](uint64_t size, absl::string_view bytes) {
    return absl::StrCat("\xc3", test::Length(bytes.size()), test::Length(size),
                        bytes);
  };
  const std::string damaged = "a compressed string is damaged, at byte 0";
  EXPECT_EQ(ErrorOf(compressed(3, "\x20\x05")), damaged);
  EXPECT_EQ(ErrorOf(compressed(kMaxStringBytes,
                               "\x02"
                               "abc")),
            damaged);
  EXPECT_EQ(ErrorOf(compressed(kMaxStringBytes + 1,
                               "\x02"
                               "abc")),
            "a compressed string of 536870913 bytes, more than 512 MiB, at "
            "byte 0");
  // A compressed length that is a lie.
  EXPECT_EQ(ErrorOf(absl::StrCat("\xc3\x80", Big(kMaxStringBytes, 4),
                                 test::Length(100), "abc")),
            "the file is cut off, at byte 11");
}

TEST(EncodingTest, TextScoresAreRead) {
  const auto text = [](const std::string& digits) {
    return ReadAll(Little(digits.size(), 1) + digits, ReadTextScore);
  };
  EXPECT_EQ(text("0"), 0);
  EXPECT_EQ(text("-1.5"), -1.5);
  EXPECT_EQ(text("3.1400000000000001"), 3.14);
  EXPECT_EQ(text("4.9406564584124654e-324"), 4.9406564584124654e-324);
  EXPECT_EQ(text("1.7976931348623157e+308"), 1.7976931348623157e+308);
  EXPECT_EQ(text("inf"), kInfinity);
  EXPECT_EQ(text("-inf"), -kInfinity);
  EXPECT_TRUE(std::isnan(text("one")));
  EXPECT_TRUE(std::isnan(text("")));
  EXPECT_EQ(ReadAll("\xff", ReadTextScore), -kInfinity);
  EXPECT_EQ(ReadAll("\xfe", ReadTextScore), kInfinity);
  EXPECT_TRUE(std::isnan(ReadAll("\xfd", ReadTextScore)));
}

TEST(EncodingTest, BinaryScoresAreRead) {
  for (const double score : {0.0, -0.0, 1.5, -1e300, kInfinity, -kInfinity,
                             std::numeric_limits<double>::denorm_min()}) {
    const double read = ReadAll(test::DoubleBytes(score), ReadBinaryScore);
    EXPECT_EQ(read, score);
    EXPECT_EQ(std::signbit(read), std::signbit(score));
  }
}

}  // namespace
}  // namespace kv::rdb
