// The example of FORMAT.md is what is written and read.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/database_map.h"
#include "store/durable/file_system.h"
#include "store/durable/log_buffer.h"
#include "store/durable/record.h"
#include "store/durable/segment.h"
#include "store/durable/segment_reader.h"
#include "store/durable/segment_writer.h"
#include "store/durable/snapshot_reader.h"
#include "store/durable/snapshot_writer.h"
#include "store/effect/effect.h"
#include "tests/testing/faulty_file_system.h"

namespace kv::store {
namespace {

// The hex before each comment in a part of the document.
std::string ExampleInTheDocument(absl::string_view heading) {
  std::ifstream file("store/durable/FORMAT.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const size_t begin = all.find(std::string(heading));
  const size_t end = all.find("\n#", begin);
  EXPECT_NE(begin, std::string::npos);
  std::string hex;
  for (const absl::string_view line :
       absl::StrSplit(all.substr(begin, end - begin), '\n')) {
    if (line.substr(0, 4) != "    ") continue;
    for (const char c : std::string(line.substr(0, line.find(';')))) {
      if (c != ' ') hex.push_back(c);
    }
  }
  return absl::HexStringToBytes(hex);
}

constexpr absl::string_view kLogExample = "### 4.1 A log";
constexpr absl::string_view kSnapshotExample = "### 4.2 A snapshot";

constexpr SegmentHeader kHeader = {.salt = 0x0807060504030201, .first = 1};

TEST(FormatTest, TheExampleIsWhatTheWriterWrites) {
  test::FaultyFileSystem files;
  auto writer = SegmentWriter::Create(files, "data", kHeader, /*room_bytes=*/0);
  ASSERT_TRUE(writer.ok());
  LogBuffer buffer;
  const Effect effect = {.kind = Effect::Kind::kPutString,
                         .key = "k",
                         .value = "hi",
                         .created = true};
  EncodeRecord(1, {&effect, 1}, &buffer);
  ASSERT_TRUE((*writer)->WriteGroup(1, 1, buffer, /*durably=*/false).ok());
  const auto written = files.files();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written.begin()->first, "data/00000000000000000001.log");
  EXPECT_EQ(absl::BytesToHexString(written.begin()->second),
            absl::BytesToHexString(ExampleInTheDocument(kLogExample)));
}

TEST(FormatTest, TheExampleIsWhatTheReaderReads) {
  test::FaultyFileSystem files;
  files.SetFiles({{"data/log", ExampleInTheDocument(kLogExample)}});
  auto reader = SegmentReader::Open(files, "data/log");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->header().salt, kHeader.salt);
  EXPECT_EQ((*reader)->header().first, 1u);
  const auto result = (*reader)->Next(1);
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(*result, SegmentReader::Result::kGroup);
  EXPECT_EQ((*reader)->group().count, 1u);
  EXPECT_EQ((*reader)->group().synced, SegmentHeader::kBytes);
  absl::string_view records = (*reader)->records();
  uint64_t sequence = 0;
  std::vector<Effect> effects;
  ASSERT_TRUE(DecodeRecord(&records, &sequence, &effects));
  EXPECT_TRUE(records.empty());
  EXPECT_EQ(sequence, 1u);
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].key, "k");
  EXPECT_EQ(effects[0].value, "hi");
  EXPECT_EQ(*(*reader)->Next(2), SegmentReader::Result::kEnd);
}

TEST(FormatTest, TheSnapshotIsWhatTheWriterWrites) {
  test::FaultyFileSystem files;
  auto writer = SnapshotWriter::Create(
      files, "data", {.salt = 0x0807060504030201, .begin = 2, .entries = 1});
  ASSERT_TRUE(writer.ok());
  LogBuffer buffer;
  const Effect effect = {
      .kind = Effect::Kind::kPutString, .key = "k", .value = "hi"};
  EncodeRecord(1, {&effect, 1}, &buffer);
  ASSERT_TRUE((*writer)->WriteBlock(buffer.bytes(), 1).ok());
  ASSERT_TRUE((*writer)->Finish(1, 1, DatabaseMap()).ok());
  const auto written = files.files();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written.begin()->first, "data/00000000000000000002.snapshot");
  EXPECT_EQ(absl::BytesToHexString(written.begin()->second),
            absl::BytesToHexString(ExampleInTheDocument(kSnapshotExample)));
}

TEST(FormatTest, TheSnapshotIsWhatTheReaderReads) {
  test::FaultyFileSystem files;
  files.SetFiles({{"data/s", ExampleInTheDocument(kSnapshotExample)}});
  auto reader = SnapshotReader::Open(files, "data/s");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->header().begin, 2u);
  SnapshotReader::Block block;
  ASSERT_TRUE(*(*reader)->Next(&block));
  absl::string_view records = *SnapshotReader::Unpack(block);
  uint64_t sequence = 0;
  std::vector<Effect> effects;
  ASSERT_TRUE(DecodeRecord(&records, &sequence, &effects));
  EXPECT_TRUE(records.empty());
  EXPECT_EQ(effects[0].value, "hi");
  ASSERT_FALSE(*(*reader)->Next(&block));
  EXPECT_EQ((*reader)->end().end, 1u);
  EXPECT_EQ((*reader)->end().records, 1u);
}

TEST(FormatTest, NewerVersionsAreRefusedByTheirNumber) {
  char bytes[SegmentHeader::kBytes];
  kHeader.Encode(bytes);
  SegmentHeader header;
  uint16_t version = 0;
  EXPECT_EQ(DecodeSegmentHeader({bytes, sizeof(bytes)}, &header, &version),
            HeaderCheck::kRight);
  // Versions and checksums of headers stand where they stand, for ever.
  bytes[6] = 2;
  EXPECT_EQ(DecodeSegmentHeader({bytes, sizeof(bytes)}, &header, &version),
            HeaderCheck::kDamaged);
}

TEST(FormatTest, NamesOfSegmentsSortAsPositionsDo) {
  EXPECT_EQ(SegmentName(4711), "00000000000000004711.log");
  EXPECT_EQ(ParseSegmentName("00000000000000004711.log"), 4711u);
  EXPECT_EQ(ParseSegmentName(SegmentName(UINT64_MAX)), UINT64_MAX);
  for (const char* name :
       {"LOCK", "00000000000000000000.log", "4711.log",
        "00000000000000004711.log.tmp", "0000000000000000471x.log",
        "99999999999999999999.log"}) {
    EXPECT_FALSE(ParseSegmentName(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace kv::store
