#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/rdb/reader.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/chopped_source.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"
#include "tests/clients/cli/rdb/read_rdb.h"
#include "tests/clients/cli/rdb/sample_files.h"

namespace kv::rdb {
namespace {

using absl::StrCat;
using test::Ended;
using test::EverythingFile;
using test::Header;
using test::Key;
using test::Read;
using test::ReadFile;
using test::ReadFrom;
using test::String;

void ExpectSame(const Read& read, const Read& expected) {
  EXPECT_EQ(read.entries, expected.entries);
  EXPECT_EQ(read.status, expected.status);
  EXPECT_EQ(read.summary.skipped, expected.summary.skipped);
  EXPECT_EQ(read.summary.elsewhere, expected.summary.elsewhere);
  EXPECT_EQ(read.offset, expected.offset);
}

TEST(ReaderFileTest, EveryVersionUpToTwelveIsRead) {
  const std::string key = Key(0, "k", String("v"));
  for (int version = 1; version <= 12; ++version) {
    // The checksum is there since version 5.
    const std::string file = version < 5 ? StrCat(Header(version), key, "\xff")
                                         : Ended(Header(version) + key);
    const Read read = ReadFile(file);
    EXPECT_TRUE(read.status.ok()) << version << ": " << read.status;
    EXPECT_EQ(read.entries.size(), 1u);
    EXPECT_EQ(read.summary.version, version);
  }
}

TEST(ReaderFileTest, NewerVersionsAreRefusedByName) {
  const Read read = ReadFile(Ended(Header(13) + Key(0, "k", String("v"))));
  EXPECT_TRUE(read.entries.empty());
  EXPECT_EQ(read.status.message(),
            "the file is of RDB version 13; this program reads 12 and those "
            "before, at byte 0");
}

TEST(ReaderFileTest, WhatIsNoRdbFileIsRefused) {
  for (const char* text :
       {"{\"key\":\"k\",\"value\":\"v\"}", "REDIS0000", "REDIS-001",
        "REDISabcd", "redis0011", "VALKEY080 and more"}) {
    EXPECT_EQ(ReadFile(text).status.message(),
              "not an RDB file: it does not begin with REDIS and a version, at "
              "byte 0");
  }
  EXPECT_EQ(ReadFile("").status.message(), "the file is cut off, at byte 0");
}

TEST(ReaderFileTest, TheChecksumIsVerifiedUnlessItIsZero) {
  const std::string file = Header() + Key(0, "k", String("v")) + "\xff";
  const Read wrong = ReadFile(file + std::string(8, '\x01'));
  EXPECT_EQ(wrong.entries.size(), 1u);
  EXPECT_TRUE(
      absl::StartsWith(wrong.status.message(),
                       "the checksum is 0101010101010101 and should be "))
      << wrong.status;
  EXPECT_TRUE(absl::EndsWith(wrong.status.message(),
                             ": the file is damaged somewhere, at byte 15"));
  EXPECT_TRUE(ReadFile(file + std::string(8, '\0')).status.ok());
}

TEST(ReaderFileTest, WhatFollowsTheEndIsAnErrorAfterAllEntries) {
  const std::string file = Ended(Header() + Key(0, "k", String("v")));
  for (const std::string& rest :
       {std::string("*2\r\n$6\r\nSELECT\r\n"), std::string(1, '\0'),
        std::string(39, 'a'), std::string(41, 'a'), std::string(40, 'g'),
        std::string(100, 'a')}) {
    const Read read = ReadFile(file + rest);
    EXPECT_EQ(read.entries.size(), 1u);
    EXPECT_TRUE(absl::StartsWith(read.status.message(),
                                 "something follows the end of the RDB file"))
        << rest;
    EXPECT_TRUE(absl::EndsWith(read.status.message(), ", at byte 23"));
  }
}

// As `redis-cli --rdb -` leaves it there.
TEST(ReaderFileTest, TheMarkOfATransferMayFollowTheEnd) {
  const std::string mark = "0123456789abcdef0123456789abcdef01234567";
  const Read read = ReadFile(Ended(Header() + Key(0, "k", String("v"))) + mark);
  EXPECT_EQ(read.entries.size(), 1u);
  EXPECT_TRUE(read.status.ok()) << read.status;
}

TEST(ReaderFileTest, EverySplitOfTheInputIsReadTheSame) {
  const std::string file = EverythingFile();
  const Read whole = ReadFile(file);
  EXPECT_TRUE(whole.status.ok()) << whole.status;
  EXPECT_EQ(whole.entries.size(), 7u);
  for (size_t split = 1; split < file.size(); ++split) {
    ExpectSame(ReadFrom(test::Chopped(file, split, file.size()), {}), whole);
  }
  for (size_t block = 1; block < 40; ++block) {
    ExpectSame(ReadFrom(test::Chopped(file, block, block), {}), whole);
  }
}

TEST(ReaderFileTest, EveryTruncationIsAnErrorAtItsEnd) {
  const std::string file = EverythingFile();
  const Read whole = ReadFile(file);
  for (size_t size = 0; size < file.size(); ++size) {
    const Read read = ReadFile(file.substr(0, size));
    EXPECT_EQ(read.status.message(),
              StrCat("the file is cut off, at byte ", size));
    ASSERT_LE(read.entries.size(), whole.entries.size());
    for (size_t i = 0; i < read.entries.size(); ++i) {
      EXPECT_EQ(read.entries[i], whole.entries[i]);
    }
  }
}

TEST(ReaderFileTest, EveryByteThatIsChangedIsAnError) {
  const std::string file = EverythingFile();
  for (size_t i = 0; i < file.size(); ++i) {
    for (const int flip : {0x01, 0x40, 0x80, 0xff}) {
      std::string damaged = file;
      damaged[i] ^= flip;
      EXPECT_FALSE(ReadFile(damaged).status.ok()) << i << ", " << flip;
    }
  }
}

}  // namespace
}  // namespace kv::rdb
