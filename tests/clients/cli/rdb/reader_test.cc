#include "clients/cli/rdb/reader.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"
#include "tests/clients/cli/rdb/read_rdb.h"

namespace kv::rdb {
namespace {

using absl::StrAppend;
using absl::StrCat;
using test::DoubleBytes;
using test::ErrorOf;
using test::Key;
using test::Length;
using test::Little;
using test::Read;
using test::ReadWhole;
using test::String;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The members of the only entry.
std::vector<ScoredMember> MembersOf(const Read& read) {
  EXPECT_EQ(read.entries.size(), 1u);
  if (read.entries.empty()) return {};
  EXPECT_EQ(read.entries[0].kind, Kind::kSortedSet);
  return read.entries[0].members;
}

TEST(ReaderTest, AFileWithoutKeysHasNone) {
  const Read read = ReadWhole("");
  EXPECT_TRUE(read.entries.empty());
  EXPECT_EQ(read.summary.version, 11);
}

TEST(ReaderTest, StringsComeWithTheirKeys) {
  const Read read = ReadWhole(
      StrCat(Key(0, "greeting", String("hello")), Key(0, "", String("")),
             Key(0, "number", "\xc1" + Little(1000, 2)),
             Key(0, "long", test::CompressedString(std::string(9000, 'z')))));
  ASSERT_EQ(read.entries.size(), 4u);
  EXPECT_EQ(read.entries[0],
            (Entry{.offset = 9, .key = "greeting", .value = "hello"}));
  EXPECT_EQ(read.entries[1], (Entry{.offset = 25}));
  EXPECT_EQ(read.entries[2].value, "1000");
  EXPECT_EQ(read.entries[3].value, std::string(9000, 'z'));
  EXPECT_EQ(read.summary.entries, 4);
}

TEST(ReaderTest, SortedSetsOfEveryEncodingAreRead) {
  const std::vector<ScoredMember> members = {
      {"first", -kInfinity}, {"2", 2}, {"", 2.5}, {"last", kInfinity}};
  const std::string with_text =
      StrCat(Length(4), String("first"), "\xff", "\xc0\x02",
             "\x01"
             "2",
             String(""),
             "\x03"
             "2.5",
             String("last"), "\xfe");
  EXPECT_EQ(MembersOf(ReadWhole(Key(3, "z", with_text))), members);
  const std::string with_binary =
      StrCat(Length(4), String("first"), DoubleBytes(-kInfinity), "\xc0\x02",
             DoubleBytes(2), String(""), DoubleBytes(2.5), String("last"),
             DoubleBytes(kInfinity));
  EXPECT_EQ(MembersOf(ReadWhole(Key(5, "z", with_binary))), members);
  const auto z = test::ZiplistString;
  const std::string ziplist =
      test::Ziplist({z("first"), z("-inf"), "\xf3", "\xf3", z(""), z("2.5"),
                     z("last"), z("inf")});
  EXPECT_EQ(MembersOf(ReadWhole(Key(12, "z", String(ziplist)))), members);
  const auto l = test::ListpackString;
  const std::string listpack =
      test::Listpack({l("first"), l("-inf"), "\x02", "\x02", l(""), l("2.5"),
                      l("last"), l("inf")});
  EXPECT_EQ(MembersOf(ReadWhole(Key(17, "z", String(listpack)))), members);
  EXPECT_EQ(
      MembersOf(ReadWhole(Key(17, "z", test::CompressedString(listpack)))),
      members);
}

TEST(ReaderTest, LargeSortedSetsComeInBatches) {
  constexpr size_t kMembers = 2 * SortedSetReader::kBatchMembers + 1;
  std::string plain = Length(kMembers);
  std::vector<std::string> packed;
  for (size_t i = 0; i < kMembers; ++i) {
    const std::string member = StrCat("member", i);
    StrAppend(&plain, String(member), DoubleBytes(i));
    packed.push_back(test::ListpackString(member));
    packed.push_back("\xf3" + Little(i, 4));
  }
  const std::string values[] = {Key(5, "z", plain),
                                Key(17, "z", String(test::Listpack(packed)))};
  for (const std::string& value : values) {
    const Read read = ReadWhole(StrCat(Little(252, 1), Little(5000, 8), value,
                                       Key(0, "s", String("v"))));
    ASSERT_EQ(read.entries.size(), 4u);
    size_t next = 0;
    for (int piece = 0; piece < 3; ++piece) {
      const Entry& entry = read.entries[piece];
      EXPECT_EQ(entry.key, "z");
      EXPECT_EQ(entry.expire_time_ms, 5000);
      EXPECT_EQ(entry.offset, 18u);
      EXPECT_EQ(entry.continues, piece < 2);
      for (const ScoredMember& member : entry.members) {
        EXPECT_EQ(member, (ScoredMember{StrCat("member", next), 1.0 * next}));
        ++next;
      }
    }
    EXPECT_EQ(next, kMembers);
    EXPECT_EQ(read.entries[3].key, "s");
    EXPECT_EQ(read.entries[3].expire_time_ms, absl::nullopt);
    EXPECT_EQ(read.summary.entries, 2);
  }
}

TEST(ReaderTest, ABatchThatIsFullAtTheEndIsTheLast) {
  std::string value = Length(SortedSetReader::kBatchMembers);
  for (size_t i = 0; i < SortedSetReader::kBatchMembers; ++i) {
    StrAppend(&value, String(StrCat(i)), DoubleBytes(0));
  }
  EXPECT_FALSE(ReadWhole(Key(5, "z", value)).entries[0].continues);
  // And by bytes.
  const std::string half(SortedSetReader::kBatchBytes / 2, 'm');
  value = StrCat(Length(2), String(half), DoubleBytes(0), String(half + "2"),
                 DoubleBytes(0));
  EXPECT_EQ(MembersOf(ReadWhole(Key(5, "z", value))).size(), 2u);
}

TEST(ReaderTest, ASortedSetWithoutMembersIsPassedOver) {
  const Read read = ReadWhole(StrCat(
      Key(3, "a", Length(0)), Key(5, "b", Length(0)),
      Key(12, "c", String(test::Ziplist({}))),
      Key(17, "d", String(test::Listpack({}))), Key(0, "e", String("v"))));
  ASSERT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.entries[0].key, "e");
  EXPECT_EQ(read.summary.empty, 4);
  EXPECT_EQ(read.summary.entries, 1);
}

TEST(ReaderTest, ScoresThatAreNoNumbersAreErrors) {
  const auto l = test::ListpackString;
  EXPECT_EQ(ErrorOf(Key(3, "z", StrCat(Length(1), String("m"), "\xfd"))),
            "the score of a member is not a number, at byte 15");
  EXPECT_EQ(ErrorOf(Key(3, "z", StrCat(Length(1), String("m"), "\x01x"))),
            "the score of a member is not a number, at byte 15");
  EXPECT_EQ(
      ErrorOf(Key(5, "z",
                  StrCat(Length(1), String("m"), DoubleBytes(std::nan(""))))),
      "the score of a member is not a number, at byte 15");
  for (const std::string& score : {l("nan"), l("x"), l("1x"), l("")}) {
    EXPECT_EQ(ErrorOf(Key(17, "z", String(test::Listpack({l("m"), score})))),
              "a sorted set is damaged, at byte 12");
  }
}

TEST(ReaderTest, PackedSortedSetsThatAreDamagedAreErrors) {
  const std::string error = "a sorted set is damaged, at byte 12";
  // A member without a score; a list that is none.
  EXPECT_EQ(ErrorOf(Key(17, "z", String(test::Listpack({"\x01"})))), error);
  EXPECT_EQ(ErrorOf(Key(12, "z", String(test::Ziplist({"\xf2"})))), error);
  EXPECT_EQ(ErrorOf(Key(17, "z", String("no list"))), error);
  EXPECT_EQ(ErrorOf(Key(12, "z", String(""))), error);
  // Behind a whole batch.
  const std::vector<std::string> zeros(2 * SortedSetReader::kBatchMembers,
                                       std::string(1, '\0'));
  std::string list = test::Listpack(zeros);
  list[4] ^= 1;  // the count
  EXPECT_EQ(ErrorOf(Key(17, "z", String(list))), error);
}

TEST(ReaderTest, ExpiriesBelongToTheNextKey) {
  const std::string seconds = StrCat(Little(253, 1), Little(2000, 4));
  const std::string milliseconds = StrCat(Little(252, 1), Little(1999999, 8));
  const Read read = ReadWhole(
      StrCat(seconds, Key(0, "a", String("")), milliseconds,
             Key(0, "b", String("")), Key(0, "c", String("")), milliseconds,
             Key(1, "list", Length(0)), Key(0, "d", String(""))));
  ASSERT_EQ(read.entries.size(), 4u);
  EXPECT_EQ(read.entries[0].expire_time_ms, 2000000);
  EXPECT_EQ(read.entries[1].expire_time_ms, 1999999);
  EXPECT_EQ(read.entries[2].expire_time_ms, absl::nullopt);
  EXPECT_EQ(read.entries[3].expire_time_ms, absl::nullopt);
}

}  // namespace
}  // namespace kv::rdb
