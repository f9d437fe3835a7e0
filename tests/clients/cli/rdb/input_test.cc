#include "clients/cli/rdb/input.h"

#include <string>

#include "clients/cli/rdb/crc64.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/chopped_source.h"

namespace kv::rdb {
namespace {

using test::Chopped;
using test::Whole;

const std::string kBytes = "\x01\x02\x03\x04\x05\x06\x07\x08\x09 and text";

TEST(InputTest, TakesBytesAndNumbersAcrossBlocks) {
  for (size_t first = 0; first <= kBytes.size(); ++first) {
    for (size_t later = 1; later < 4; ++later) {
      // No bytes are the end, so none come first.
      Input input(Chopped(kBytes, first == 0 ? later : first, later));
      std::string scratch;
      EXPECT_EQ(input.Byte(), 1);
      EXPECT_EQ(input.LittleEndianNumber(2), 0x0302u);
      EXPECT_EQ(input.BigEndianNumber(4), 0x04050607u);
      input.Skip(2);
      EXPECT_EQ(input.Bytes(4, &scratch), " and");
      EXPECT_EQ(input.offset(), 13u);
      EXPECT_EQ(input.Checksum(), Crc64(kBytes.substr(0, 13)));
      EXPECT_FALSE(input.AtEnd());
      input.Skip(5);
      EXPECT_TRUE(input.AtEnd());
      EXPECT_EQ(input.Checksum(), Crc64(kBytes));
      EXPECT_TRUE(input.ok());
    }
  }
}

TEST(InputTest, TheEndInTheMiddleNamesItsOffset) {
  for (size_t block : {1, 5, 100}) {
    Input input(Chopped(kBytes, block, block));
    input.Skip(kBytes.size() - 2);
    EXPECT_TRUE(input.ok());
    EXPECT_EQ(input.LittleEndianNumber(4), 0u);
    EXPECT_EQ(input.status(),
              absl::DataLossError("the file is cut off, at byte 18"));
  }
}

TEST(InputTest, NothingIsTakenAfterAnError) {
  Input input(Whole(kBytes));
  std::string scratch;
  input.Byte();
  input.Fail("first");
  input.FailAt(7, "second");
  EXPECT_EQ(input.Byte(), 0);
  EXPECT_EQ(input.Bytes(2, &scratch), "");
  input.Skip(1);
  EXPECT_TRUE(input.AtEnd());
  EXPECT_EQ(input.offset(), 1u);
  EXPECT_EQ(input.status(), absl::DataLossError("first, at byte 1"));
}

TEST(InputTest, AnErrorOfTheSourceIsKept) {
  bool begun = false;
  Input input([&](std::string* block) {
    *block = "ab";
    return std::exchange(begun, true) ? absl::UnknownError("the disk is gone")
                                      : absl::OkStatus();
  });
  input.Skip(1 << 20);
  EXPECT_EQ(input.status(), absl::UnknownError("the disk is gone"));
  EXPECT_EQ(input.offset(), 2u);
}

TEST(InputTest, ALengthThatIsALieTakesNoMemory) {
  Input input(Chopped(kBytes, 4, 4));
  std::string scratch;
  input.Bytes(kMaxStringBytes, &scratch);
  EXPECT_FALSE(input.ok());
  EXPECT_LT(scratch.capacity(), 100u);
}

TEST(InputTest, AStringOfMoreThan512MiBIsAnError) {
  for (const uint64_t size : {kMaxStringBytes + 1, ~uint64_t{0}}) {
    Input input(Whole(kBytes));
    std::string scratch;
    input.Bytes(size, &scratch);
    EXPECT_NE(input.status().message().find("more than 512 MiB, at byte 0"),
              absl::string_view::npos);
  }
}

TEST(InputTest, SkippingBeyondTheEndIsAnErrorThere) {
  Input input(Chopped(kBytes, 4, 4));
  input.Skip(~uint64_t{0});
  EXPECT_EQ(input.offset(), kBytes.size());
  EXPECT_FALSE(input.ok());
}

}  // namespace
}  // namespace kv::rdb
