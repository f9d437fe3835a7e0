#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/rdb/reader.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"
#include "tests/clients/cli/rdb/read_rdb.h"
#include "tests/clients/cli/rdb/sample_files.h"

namespace kv::rdb {
namespace {

using absl::StrAppend;
using absl::StrCat;
using test::DoubleBytes;
using test::ErrorOf;
using test::Header;
using test::Key;
using test::Length;
using test::Little;
using test::OtherOpcodes;
using test::OtherValue;
using test::OtherValues;
using test::Read;
using test::ReadFile;
using test::ReadWhole;
using test::Skipped;
using test::String;

TEST(ReaderSkipTest, KeysThatHaveExpiredAreCountedAndLeftOut) {
  const auto expiring = [](int64_t when, const std::string& key) {
    return StrCat(Little(252, 1), Little(when, 8), key);
  };
  const std::string set = StrCat(Length(1), String("m"), DoubleBytes(1));
  const Read read = ReadWhole(
      StrCat(expiring(-1, Key(0, "negative", String("v"))),
             expiring(1000, Key(0, "now", String("v"))),
             expiring(999, Key(5, "set", set)),
             expiring(999, Key(1, "list", Length(0))),
             StrCat(Little(253, 1), Little(-1, 4), Key(0, "old", String("v"))),
             expiring(1001, Key(0, "later", String("v"))),
             expiring(std::numeric_limits<int64_t>::max(),
                      Key(0, "last", String("v")))),
      {.now_ms = 1000});
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[0].key, "later");
  EXPECT_EQ(read.entries[1].key, "last");
  EXPECT_EQ(read.summary.expired, 5);
  EXPECT_EQ(Skipped(read, Kind::kList), 0);
}

TEST(ReaderSkipTest, OneDatabaseIsReadAndTheKeysOfOthersAreCounted) {
  const std::string file = StrCat(
      Key(0, "zero", String("v")), Little(254, 1), Length(3),
      Key(0, "three", String("v")), Key(1, "list", Length(0)), Little(254, 1),
      Length(70000), Key(0, "far", String("v")), Little(254, 1), Length(9));
  const Read zero = ReadWhole(file);
  ASSERT_EQ(zero.entries.size(), 1u);
  EXPECT_EQ(zero.entries[0].key, "zero");
  EXPECT_EQ(zero.summary.elsewhere, 3);
  EXPECT_EQ(zero.summary.databases,
            (std::map<uint64_t, int64_t>{{3, 2}, {70000, 1}}));
  const Read three = ReadWhole(file, {.database = 3});
  ASSERT_EQ(three.entries.size(), 1u);
  EXPECT_EQ(three.entries[0].key, "three");
  EXPECT_EQ(Skipped(three, Kind::kList), 1);
  EXPECT_EQ(three.summary.elsewhere, 2);
}

TEST(ReaderSkipTest, AFileOfVeryManyDatabasesTakesNoMemory) {
  std::string file;
  for (int i = 1; i <= 5000; ++i) {
    StrAppend(&file, Little(254, 1), Length(i), Key(0, "", String("")));
  }
  const Read read = ReadWhole(file);
  EXPECT_EQ(read.summary.elsewhere, 5000);
  EXPECT_EQ(read.summary.databases.size(), 100u);
}

TEST(ReaderSkipTest, OtherOpcodesAreReadOver) {
  const Read read = ReadWhole(StrCat(OtherOpcodes(), Key(0, "k", String("v"))));
  ASSERT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.summary.functions, 3);
}

TEST(ReaderSkipTest, ValuesOfOtherTypesAreSkippedByTheirLengthAndCounted) {
  std::string all;
  std::array<int64_t, kKinds> counts{};
  for (const OtherValue& value : OtherValues()) {
    const std::string item = Key(value.type, "k", value.bytes);
    // The key behind it is found at its place.
    const Read read = ReadWhole(StrCat(item, Key(0, "next", String("v"))));
    ASSERT_EQ(read.entries.size(), 1u) << value.type;
    EXPECT_EQ(read.entries[0].offset, 9 + item.size()) << value.type;
    EXPECT_EQ(Skipped(read, value.kind), 1) << value.type;
    all += item;
    ++counts[static_cast<int>(value.kind)];
  }
  EXPECT_EQ(ReadWhole(all).summary.skipped, counts);
}

// Strings and sorted sets are skipped as well, where they are not wanted.
TEST(ReaderSkipTest, ValuesOfOtherDatabasesAreSkippedByTheirLength) {
  const std::string listpack = String(test::Listpack({"\x01", "\x02"}));
  const std::string values[] = {
      Key(0, "k", String("v")),
      Key(0, "k", "\xc2" + Little(9, 4)),
      Key(0, "k", test::CompressedString(std::string(1000, 'c'))),
      Key(3, "k",
          StrCat(Length(2), String("m"),
                 "\x01"
                 "1",
                 String("n"), "\xfe")),
      Key(5, "k", StrCat(Length(1), String("m"), DoubleBytes(1))),
      Key(12, "k", String(test::Ziplist({"\xf2", "\xf3"}))),
      Key(17, "k", listpack),
      // What is in it is not looked at.
      Key(5, "k", StrCat(Length(1), String("m"), DoubleBytes(std::nan("")))),
  };
  for (const std::string& value : values) {
    const Read read =
        ReadWhole(StrCat(Little(254, 1), Length(1), value, Little(254, 1),
                         Length(0), Key(0, "next", String("v"))));
    ASSERT_EQ(read.entries.size(), 1u);
    EXPECT_EQ(read.entries[0].key, "next");
    EXPECT_EQ(read.summary.elsewhere, 1);
  }
}

TEST(ReaderSkipTest, WhatCannotBeSkippedIsAnErrorThatNamesTheKey) {
  EXPECT_EQ(ErrorOf(Key(6, "module \xff", "?")),
            "key \"module \\xff\" has a module's value of the old form that "
            "cannot be skipped, at byte 9");
  EXPECT_EQ(ErrorOf(Key(8, std::string(100, 'k'), "?")),
            StrCat("key \"", std::string(64, 'k'),
                   "...\" has the type 8, which is unknown, at byte 9"));
  EXPECT_EQ(ErrorOf(Key(26, "k", "?")),
            "key \"k\" has the type 26, which is unknown, at byte 9");
  EXPECT_EQ(ErrorOf(Key(243, "k", "?")),
            "key \"k\" has the type 243, which is unknown, at byte 9");
  EXPECT_EQ(ErrorOf(Key(7, "k", StrCat(Length(5), Length(6)))),
            "a module's value has an unknown part 6, at byte 13");
  EXPECT_EQ(ErrorOf(StrCat(Little(247, 1), Length(5), Length(1), Length(1))),
            "a module's data is damaged, at byte 11");
}

TEST(ReaderSkipTest, CountsThatAreLiesEndWithTheFile) {
  const std::string many = Length(~uint64_t{0});
  for (const int type : {1, 2, 3, 4, 5, 14, 15, 18, 19, 21, 22, 24}) {
    const std::string value =
        type == 24 ? StrCat(std::string(8, 't'), many) : many;
    const std::string file = Header() + Key(type, "k", value);
    EXPECT_EQ(ReadFile(file).status.message(),
              StrCat("the file is cut off, at byte ", file.size()))
        << type;
  }
}

}  // namespace
}  // namespace kv::rdb
