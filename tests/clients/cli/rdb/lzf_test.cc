#include "clients/cli/rdb/lzf.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"
#include "tests/testing/random.h"

namespace kv::rdb {
namespace {

using absl::string_view;

// What the bytes stand for, if it is as many bytes; else "damaged".
std::string Decompressed(string_view compressed, size_t size) {
  std::string out;
  return LzfDecompress(compressed, size, &out) ? out : "damaged";
}

TEST(LzfTest, LiteralsAndCopiesMakeUpTheString) {
  EXPECT_EQ(Decompressed("", 0), "");
  EXPECT_EQ(Decompressed(string_view("\0a", 2), 1), "a");
  EXPECT_EQ(Decompressed("\x02"
                         "abc",
                         3),
            "abc");
  // Three bytes from three before: the shortest copy.
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\x20\x02",
                         6),
            "abcabc");
  // Eight: the longest short one, which overlaps itself.
  EXPECT_EQ(Decompressed(string_view("\0a\xc0\0", 4), 9), "aaaaaaaaa");
  // Nine: the shortest long one. 264: the longest.
  EXPECT_EQ(Decompressed(string_view("\0a\xe0\0\0", 5), 10),
            std::string(10, 'a'));
  EXPECT_EQ(Decompressed(string_view("\0a\xe0\xff\0", 5), 265),
            std::string(265, 'a'));
}

TEST(LzfTest, CopiesReach8192BytesBack) {
  std::string compressed;
  std::string text;
  for (int i = 0; i < 256; ++i) {
    const std::string run = absl::StrCat(absl::Hex(i, absl::kZeroPad8),
                                         absl::Hex(i * 7, absl::kZeroPad8),
                                         absl::Hex(i * 31, absl::kZeroPad16));
    ASSERT_EQ(run.size(), 32u);
    absl::StrAppend(&compressed, "\x1f", run);
    text += run;
  }
  ASSERT_EQ(text.size(), 8192u);
  EXPECT_EQ(Decompressed(compressed + "\x3f\xff", 8195),
            text + text.substr(0, 3));
}

TEST(LzfTest, WhatReachesBeforeTheBeginningIsDamaged) {
  EXPECT_EQ(Decompressed(string_view("\x20\0", 2), 3), "damaged");
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\x20\x03",
                         6),
            "damaged");
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\x3f\xff",
                         6),
            "damaged");
}

TEST(LzfTest, WhatReachesBeyondTheEndIsDamaged) {
  // Of the string: literals, a short copy, a long one.
  EXPECT_EQ(Decompressed("\x02"
                         "abc",
                         2),
            "damaged");
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\x20\x02",
                         5),
            "damaged");
  EXPECT_EQ(Decompressed(string_view("\0a\xe0\xff\0", 5), 264), "damaged");
  // Of the compressed bytes.
  EXPECT_EQ(Decompressed("\x02"
                         "ab",
                         3),
            "damaged");
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\x20",
                         6),
            "damaged");
  EXPECT_EQ(Decompressed("\x02"
                         "abc"
                         "\xe0",
                         12),
            "damaged");
  EXPECT_EQ(Decompressed(string_view("\x02"
                                     "abc"
                                     "\xe0\0",
                                     6),
                         12),
            "damaged");
}

TEST(LzfTest, ALengthThatIsNotMetIsDamaged) {
  EXPECT_EQ(Decompressed("\x02"
                         "abc",
                         4),
            "damaged");
  EXPECT_EQ(Decompressed("", 1), "damaged");
}

TEST(LzfTest, ALengthThatCannotBeTakesNoMemory) {
  std::string out;
  EXPECT_FALSE(
      LzfDecompress("\x02"
                    "abc",
                    size_t{1} << 62, &out));
  EXPECT_FALSE(
      LzfDecompress("\x02"
                    "abc",
                    5 * kLzfMaxRatio, &out));
  EXPECT_LT(out.capacity(), 1000u);
}

TEST(LzfTest, WhatIsCompressedComesBack) {
  const uint64_t seed = kv::test::SeedOr(5);
  SCOPED_TRACE(seed);
  kv::test::Random random(seed);
  for (int round = 0; round < 200; ++round) {
    // Few letters, so that much repeats at many distances.
    std::string text;
    const size_t size = random.Below(3000);
    while (text.size() < size) {
      if (!text.empty() && random.OneIn(3)) {
        text += text.substr(random.Below(text.size()), random.Below(300));
      }
      text += static_cast<char>('a' + random.Below(4));
    }
    const std::string compressed = test::LzfCompress(text);
    EXPECT_EQ(Decompressed(compressed, text.size()), text);
    // And no beginning of it does.
    const size_t cut = random.Below(compressed.size());
    EXPECT_EQ(Decompressed(string_view(compressed).substr(0, cut), text.size()),
              "damaged");
  }
}

TEST(LzfTest, AnyBytesAreDecompressedOrDamaged) {
  const uint64_t seed = kv::test::SeedOr(6);
  SCOPED_TRACE(seed);
  kv::test::Random random(seed);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = random.Bytes(random.Below(40));
    Decompressed(bytes, random.Below(400));
  }
}

}  // namespace
}  // namespace kv::rdb
