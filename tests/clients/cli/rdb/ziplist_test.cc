#include "clients/cli/rdb/ziplist.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"

namespace kv::rdb {
namespace {

using test::Big;
using test::Little;
using test::ZiplistString;

// The elements as strings; then "damaged" if it is.
std::vector<std::string> Elements(absl::string_view bytes) {
  Ziplist list(bytes);
  std::vector<std::string> elements;
  PackedElement element;
  while (true) {
    const bool at_end = list.AtEnd();
    const PackedStep step = list.Next(&element);
    if (step != PackedStep::kElement) {
      EXPECT_TRUE(at_end || step == PackedStep::kBroken);
      if (step == PackedStep::kBroken) elements.push_back("damaged");
      return elements;
    }
    EXPECT_FALSE(at_end);
    elements.push_back(element.ToString());
  }
}

const std::vector<std::string> kDamaged = {"damaged"};

// The example in Redis' src/ziplist.c, with the element that is added there.
TEST(ZiplistTest, TheExampleInItsDefinitionIsRead) {
  const std::string two("\x0f\0\0\0\x0c\0\0\0\x02\0\0\xf3\x02\xf6\xff", 15);
  EXPECT_EQ(Elements(two), (std::vector<std::string>{"2", "5"}));
  const std::string three(
      "\x1c\0\0\0\x0e\0\0\0\x03\0\0\xf3\x02\xf6\x02\x0bHello World\xff", 28);
  EXPECT_EQ(Elements(three),
            (std::vector<std::string>{"2", "5", "Hello World"}));
}

TEST(ZiplistTest, EveryEncodingOfAnIntegerIsRead) {
  const std::pair<std::string, std::string> encodings[] = {
      {"\xf1", "0"},
      {"\xf2", "1"},
      {"\xfd", "12"},
      {"\xfe" + Little(0x7f, 1), "127"},
      {"\xfe" + Little(0x80, 1), "-128"},
      {"\xc0" + Little(0x7fff, 2), "32767"},
      {"\xc0" + Little(0x8000, 2), "-32768"},
      {"\xf0" + Little(0x7fffff, 3), "8388607"},
      {"\xf0" + Little(0x800000, 3), "-8388608"},
      {"\xd0" + Little(0x7fffffff, 4), "2147483647"},
      {"\xd0" + Little(0x80000000, 4), "-2147483648"},
      {"\xe0" + Little(0x7fffffffffffffff, 8), "9223372036854775807"},
      {"\xe0" + Little(0x8000000000000000, 8), "-9223372036854775808"},
  };
  std::vector<std::string> all;
  std::vector<std::string> expected;
  for (const auto& [bytes, text] : encodings) {
    EXPECT_EQ(Elements(test::Ziplist({bytes})), std::vector<std::string>{text});
    all.push_back(bytes);
    expected.push_back(text);
  }
  EXPECT_EQ(Elements(test::Ziplist(all)), expected);
}

TEST(ZiplistTest, EveryEncodingOfAStringIsRead) {
  std::vector<std::string> strings;
  std::vector<std::string> encoded;
  for (const size_t size : {0, 1, 63}) {
    strings.push_back(std::string(size, 'a'));
    encoded.push_back(Little(size, 1) + strings.back());
  }
  for (const size_t size : {0, 64, 16383}) {
    strings.push_back(std::string(size, 'b'));
    encoded.push_back(Big(0x4000 | size, 2) + strings.back());
  }
  for (const size_t size : {0, 16384, 70000}) {
    strings.push_back(std::string(size, '\xff'));
    encoded.push_back("\x80" + Big(size, 4) + strings.back());
  }
  EXPECT_EQ(Elements(test::Ziplist(encoded)), strings);
}

TEST(ZiplistTest, LengthsOfPreviousElementsHaveOneByteOrFive) {
  for (const size_t size : {250, 251, 252, 253, 300}) {
    const std::string text(size, 'x');
    const std::string bytes =
        test::Ziplist({ZiplistString(text), ZiplistString(text), "\xf2"});
    EXPECT_EQ(Elements(bytes), (std::vector<std::string>{text, text, "1"}))
        << size;
  }
  // Five where one would do: what stood there before was longer.
  EXPECT_EQ(Elements(std::string(
                "\x13\0\0\0\x0c\0\0\0\x02\0\0\xf3\xfe\x02\0\0\0\xf6\xff", 19)),
            (std::vector<std::string>{"2", "5"}));
}

TEST(ZiplistTest, AnEmptyOneHasNoElements) {
  EXPECT_TRUE(Elements(test::Ziplist({})).empty());
}

TEST(ZiplistTest, TheCountMayBeUnknownButNotWrong) {
  std::string bytes = test::Ziplist({"\xf2", "\xf3"});
  bytes.replace(8, 2, "\xff\xff");
  EXPECT_EQ(Elements(bytes), (std::vector<std::string>{"1", "2"}));
  bytes.replace(8, 2, Little(3, 2));
  EXPECT_EQ(Elements(bytes), (std::vector<std::string>{"1", "2", "damaged"}));
}

TEST(ZiplistTest, AWrongOffsetOfTheLastElementIsDamaged) {
  std::string bytes = test::Ziplist({"\xf2", "\xf3"});
  bytes.replace(4, 4, Little(10, 4));
  EXPECT_EQ(Elements(bytes), (std::vector<std::string>{"1", "2", "damaged"}));
}

TEST(ZiplistTest, WhatDoesNotFitIsDamaged) {
  const std::string good = test::Ziplist({ZiplistString("ab"), "\xf8"});
  for (size_t size = 0; size < good.size(); ++size) {
    const std::string cut = good.substr(0, size);
    EXPECT_EQ(Elements(cut), kDamaged);
    // With the length put right.
    if (size > 10) {
      EXPECT_EQ(Elements(Little(size, 4) + cut.substr(4)).back(), "damaged");
    }
  }
  EXPECT_EQ(Elements(good + "\xff"), kDamaged);
  EXPECT_EQ(Elements(Little(good.size() + 1, 4) + good.substr(4) + "\xff"),
            (std::vector<std::string>{"ab", "7", "damaged"}));
}

TEST(ZiplistTest, WhatIsNoElementIsDamaged) {
  // Those between the integers' encodings, and the end's in a wrong place.
  for (const int first : {0xc1, 0xcf, 0xd1, 0xe1, 0xef, 0xff}) {
    const std::string bytes(12, static_cast<char>(first));
    EXPECT_EQ(Elements(test::Ziplist({bytes})), kDamaged) << first;
  }
  // Strings longer than the list.
  EXPECT_EQ(Elements(test::Ziplist({"\x3f"
                                    "abc"})),
            kDamaged);
  EXPECT_EQ(Elements(test::Ziplist({"\x7f\xff"
                                    "abc"})),
            kDamaged);
  EXPECT_EQ(Elements(test::Ziplist({"\x80\xff\xff\xff\xff"
                                    "abc"})),
            kDamaged);
}

TEST(ZiplistTest, AWrongLengthOfThePreviousElementIsDamaged) {
  const std::string good = test::Ziplist({ZiplistString("ab"), "\xf8"});
  for (int previous = 0; previous < 255; ++previous) {
    std::string bytes = good;
    bytes[14] = static_cast<char>(previous);
    EXPECT_EQ(Elements(bytes).back() == "damaged", previous != 4) << previous;
  }
}

}  // namespace
}  // namespace kv::rdb
