// What fastkv-check says, and what it repairs: every byte of a directory is
// changed, and a repair either leads to a prefix of what was written or says
// that it cannot help, and then changes nothing.

#include "store/durable/inspection.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/durable/data_directory.h"
#include "store/durable/log.h"
#include "store/durable/segment.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"

namespace kv::store {
namespace {

using test::Contents;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

std::unique_ptr<DataDirectory> Open(FaultyFileSystem& files) {
  auto directory = DataDirectory::OpenToInspect(files, test::kDirectory);
  return directory.ok() ? *std::move(directory) : nullptr;
}

class InspectionTest : public testing::Test {
 protected:
  // A snapshot in the middle, three segments behind it.
  void SetUp() override {
    FaultyFileSystem files;
    LoggedKeyspace live(files,
                        {.fsync = FsyncPolicy::kAlways, .segment_bytes = 300});
    const auto write = [&](int i) {
      live.Set(absl::StrCat("key", i % 5), absl::StrCat("value ", i));
      ASSERT_EQ(live.Await(), CommitGate::Verdict::kPassed);
      states_.push_back(live.contents());
    };
    for (int i = 0; i < 4; ++i) write(i);
    states_.clear();
    ASSERT_TRUE(live.Snapshot().ok());
    states_.push_back(live.contents());
    for (int i = 4; i < 14; ++i) write(i);
    // Replies do not wait for the next segment to be made; this does.
    ASSERT_TRUE(live.log().SyncThrough(live.log().last_position()).ok());
    crashed_ = files.files();
    ASSERT_GE(crashed_.size(), 4u);
  }

  std::vector<Contents> states_;  // from the snapshot on
  FaultyFileSystem::Files crashed_;
};

TEST_F(InspectionTest, SaysWhatIsThereAndChangesNothing) {
  FaultyFileSystem files;
  files.SetFiles(crashed_);
  const auto inspection = Inspect(*Open(files));
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  ASSERT_TRUE(inspection->start.ok()) << inspection->start.status();
  EXPECT_EQ(inspection->start->snapshot.records, 4u);
  EXPECT_EQ(inspection->start->log.records, 10u);
  ASSERT_EQ(inspection->files.size(), crashed_.size());
  EXPECT_TRUE(absl::StrContains(inspection->files[0].what,
                                "4 records; the log goes on from position 5"))
      << inspection->files[0].what;
  EXPECT_TRUE(absl::StrContains(inspection->files[1].what, "positions 5 to "))
      << inspection->files[1].what;
  EXPECT_EQ(files.files(), crashed_);
  EXPECT_TRUE(Repair(*Open(files))->empty());
  EXPECT_EQ(files.files(), crashed_);
}

TEST_F(InspectionTest, NoServerMayUseItMeanwhile) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {});
  EXPECT_TRUE(absl::IsUnavailable(
      DataDirectory::OpenToInspect(files, test::kDirectory).status()));
}

TEST_F(InspectionTest, WhateverIsDamagedARepairLeadsToAPrefixOrRefuses) {
  int repaired = 0, refused = 0;
  for (const auto& [name, bytes] : crashed_) {
    for (size_t at = 0; at < bytes.size(); ++at) {
      SCOPED_TRACE(absl::StrCat(name, " at ", at));
      FaultyFileSystem::Files damaged = crashed_;
      damaged[name][at] ^= 0x04;
      FaultyFileSystem files;
      files.SetFiles(damaged);
      const auto before = Inspect(*Open(files));
      ASSERT_TRUE(before.ok()) << before.status();
      const auto done = Repair(*Open(files));
      if (!done.ok()) {
        EXPECT_FALSE(before->start.ok());
        EXPECT_FALSE(before->can_be_repaired);
        EXPECT_EQ(files.files(), damaged);
        ++refused;
        continue;
      }
      EXPECT_EQ(before->start.ok(), done->empty());
      EXPECT_TRUE(before->start.ok() || before->can_be_repaired);
      repaired += !done->empty();
      LoggedKeyspace again(files, {});
      ASSERT_TRUE(again.status().ok()) << again.status();
      EXPECT_NE(std::find(states_.begin(), states_.end(), again.contents()),
                states_.end());
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(repaired, 100);
  // The snapshot.
  EXPECT_GT(refused, 100);
}

TEST_F(InspectionTest, WhatARepairCutsIsKept) {
  FaultyFileSystem::Files damaged = crashed_;
  auto segment = damaged.begin();
  while (absl::EndsWith(segment->first, ".snapshot") ||
         segment->second.size() <= SegmentHeader::kBytes) {
    ++segment;
  }
  segment->second.back() ^= 1;
  FaultyFileSystem files;
  files.SetFiles(damaged);
  const auto done = Repair(*Open(files));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_GT(done->size(), 1u);
  size_t before = 0, after = 0;
  for (const auto& [name, bytes] : damaged) before += bytes.size();
  for (const auto& [name, bytes] : files.files()) after += bytes.size();
  EXPECT_EQ(after, before);
}

TEST_F(InspectionTest, WhatAnEarlierRepairKeptStays) {
  FaultyFileSystem files;
  files.SetFiles(crashed_);
  // The same damage again: the same names are lost.
  size_t lost = 0;
  for (int round = 0; round < 3; ++round) {
    FaultyFileSystem::Files damaged = files.files();
    for (const auto& [name, bytes] : crashed_) damaged[name] = bytes;
    auto segment = damaged.find(crashed_.rbegin()->first);
    while (segment->second.size() <= SegmentHeader::kBytes) --segment;
    // Its header: all of it goes, so that the name is its own.
    segment->second[0] ^= 1;
    files.SetFiles(damaged);
    ASSERT_TRUE(Repair(*Open(files)).ok());
    size_t now = 0;
    for (const auto& [name, bytes] : files.files()) {
      now += absl::StrContains(name, "/lost/");
    }
    EXPECT_GT(now, lost) << round;
    lost = now;
  }
}

TEST_F(InspectionTest, AMissingSegmentGivesUpWhatComesBehind) {
  FaultyFileSystem::Files damaged = crashed_;
  damaged.erase(std::prev(std::prev(damaged.end())));
  FaultyFileSystem files;
  files.SetFiles(damaged);
  ASSERT_TRUE(Repair(*Open(files)).ok());
  LoggedKeyspace again(files, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  EXPECT_NE(std::find(states_.begin(), states_.end(), again.contents()),
            states_.end());
}

}  // namespace
}  // namespace kv::store
