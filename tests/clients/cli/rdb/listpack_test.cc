#include "clients/cli/rdb/listpack.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"

namespace kv::rdb {
namespace {

using test::Big;
using test::ListpackString;
using test::Little;

// The elements as strings; then "damaged" if it is.
std::vector<std::string> Elements(absl::string_view bytes) {
  Listpack list(bytes);
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

TEST(ListpackTest, EveryEncodingOfAnIntegerIsRead) {
  const std::pair<std::string, std::string> encodings[] = {
      {Little(0, 1), "0"},
      {Little(127, 1), "127"},
      // 13 bits
      {Big(0xc000 | 128, 2), "128"},
      {Big(0xc000 | 4095, 2), "4095"},
      {Big(0xc000 | 4096, 2), "-4096"},
      {Big(0xc000 | 8191, 2), "-1"},
      {"\xf1" + Little(0x7fff, 2), "32767"},
      {"\xf1" + Little(0x8000, 2), "-32768"},
      {"\xf2" + Little(0x7fffff, 3), "8388607"},
      {"\xf2" + Little(0x800000, 3), "-8388608"},
      {"\xf3" + Little(0x7fffffff, 4), "2147483647"},
      {"\xf3" + Little(0x80000000, 4), "-2147483648"},
      {"\xf4" + Little(0x7fffffffffffffff, 8), "9223372036854775807"},
      {"\xf4" + Little(0x8000000000000000, 8), "-9223372036854775808"},
  };
  std::vector<std::string> all;
  std::vector<std::string> expected;
  for (const auto& [bytes, text] : encodings) {
    EXPECT_EQ(Elements(test::Listpack({bytes})),
              std::vector<std::string>{text});
    all.push_back(bytes);
    expected.push_back(text);
  }
  EXPECT_EQ(Elements(test::Listpack(all)), expected);
}

TEST(ListpackTest, EveryEncodingOfAStringIsRead) {
  std::vector<std::string> strings;
  std::vector<std::string> encoded;
  for (const size_t size : {0, 1, 63}) {
    strings.push_back(std::string(size, 'a'));
    encoded.push_back(Little(0x80 | size, 1) + strings.back());
  }
  for (const size_t size : {0, 64, 4095}) {
    strings.push_back(std::string(size, 'b'));
    encoded.push_back(Big(0xe000 | size, 2) + strings.back());
  }
  for (const size_t size : {0, 4096, 70000}) {
    strings.push_back(std::string(size, '\xff'));
    encoded.push_back("\xf0" + Little(size, 4) + strings.back());
  }
  EXPECT_EQ(Elements(test::Listpack(encoded)), strings);
}

// Where the length of the length changes; Redis has these limits.
TEST(ListpackTest, EveryLengthOfABackwardLengthIsRead) {
  for (const size_t length :
       {126, 127, 128, 16382, 16383, 16384, 2097150, 2097151, 2097152}) {
    const std::string text(length - 5, 'x');
    const std::string element = "\xf0" + Little(text.size(), 4) + text;
    ASSERT_EQ(element.size(), length);
    EXPECT_EQ(Elements(test::Listpack({element, "\x05"})),
              (std::vector<std::string>{text, "5"}))
        << length;
  }
}

TEST(ListpackTest, AnEmptyOneHasNoElements) {
  EXPECT_TRUE(Elements(test::Listpack({})).empty());
}

TEST(ListpackTest, TheCountMayBeUnknownButNotWrong) {
  std::string bytes = test::Listpack({"\x01", "\x02"});
  bytes.replace(4, 2, "\xff\xff");
  EXPECT_EQ(Elements(bytes), (std::vector<std::string>{"1", "2"}));
  bytes.replace(4, 2, Little(3, 2));
  EXPECT_EQ(Elements(bytes), (std::vector<std::string>{"1", "2", "damaged"}));
}

TEST(ListpackTest, WhatDoesNotFitIsDamaged) {
  const std::string good = test::Listpack({ListpackString("ab"), "\x07"});
  for (size_t size = 0; size < good.size(); ++size) {
    const std::string cut = good.substr(0, size);
    EXPECT_EQ(Elements(cut), kDamaged);
    // With the length put right.
    if (size > 6) {
      EXPECT_EQ(Elements(Little(size, 4) + cut.substr(4)).back(), "damaged");
    }
  }
  EXPECT_EQ(Elements(good + "\xff"), kDamaged);
  EXPECT_EQ(Elements(Little(good.size() + 1, 4) + good.substr(4) + "\xff"),
            (std::vector<std::string>{"ab", "7", "damaged"}));
}

TEST(ListpackTest, WhatIsNoElementIsDamaged) {
  for (int first = 0xf5; first < 0xff; ++first) {
    const std::string bytes(12, static_cast<char>(first));
    EXPECT_EQ(Elements(test::Listpack({bytes})), kDamaged) << first;
  }
  // Strings longer than the list.
  EXPECT_EQ(Elements(test::Listpack({"\xbf"
                                     "abc"})),
            kDamaged);
  EXPECT_EQ(Elements(test::Listpack({"\xef\xff"
                                     "abc"})),
            kDamaged);
  EXPECT_EQ(Elements(test::Listpack({"\xf0\xff\xff\xff\xff"
                                     "abc"})),
            kDamaged);
}

TEST(ListpackTest, AWrongBackwardLengthIsDamaged) {
  const std::string good = test::Listpack({ListpackString("ab")});
  for (int back = 0; back < 256; ++back) {
    std::string bytes = good;
    bytes[9] = static_cast<char>(back);
    EXPECT_EQ(Elements(bytes) == kDamaged, back != 3) << back;
  }
}

}  // namespace
}  // namespace kv::rdb
