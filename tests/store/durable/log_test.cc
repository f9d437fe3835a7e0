#include "store/durable/log.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/durable/commit_gate.h"
#include "store/effect/durable_mark.h"
#include "store/transaction.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"

namespace kv::store {
namespace {

using Clock = std::chrono::steady_clock;
using Verdict = CommitGate::Verdict;
using test::Contents;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

void Read(LoggedKeyspace& live, absl::string_view name) {
  const Key key(name);
  const Transaction txn(live.keyspace(), LoggedKeyspace::kNow, key);
  static_cast<void>(txn.Find(key));
}

void AwaitTaken(LoggedKeyspace& live) {
  while (live.log().stats().buffered_bytes > 0) std::this_thread::yield();
}

// A group of one record, and one of those that come while it is synced.
void WriteTwoGroups(FaultyFileSystem& files, LoggedKeyspace& live,
                    int second_count) {
  const uint64_t before = live.log().stats().groups;
  files.HoldSyncs(true);
  live.Set("k", "v");
  AwaitTaken(live);
  for (int i = 0; i < second_count; ++i) live.Set("k", "v");
  files.HoldSyncs(false);
  ASSERT_EQ(live.Await(), Verdict::kPassed);
  ASSERT_EQ(live.log().stats().groups, before + 2);
}

Clock::duration TimeToPass(LoggedKeyspace& live) {
  const Clock::time_point begin = Clock::now();
  EXPECT_EQ(live.Await(), Verdict::kPassed);
  return Clock::now() - begin;
}

// No group ends with as many zeros.
bool EndsWithRoom(const std::string& bytes) {
  return absl::EndsWith(bytes, std::string(16, '\0'));
}

TEST(LogTest, WhoWritesOrSeesAWriteWaitsForItWithAlways) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways});
  CommitGate& gate = live.log().gate();
  Read(live, "k");
  EXPECT_EQ(gate.Judge(DurableMark::Take()), Verdict::kPassed);
  files.HoldSyncs(true);
  live.Set("k", "v");
  const DurableMark writers = DurableMark::Take();
  Read(live, "k");
  const DurableMark readers = DurableMark::Take();
  EXPECT_EQ(gate.Judge(writers), Verdict::kWait);
  EXPECT_EQ(gate.Judge(readers), Verdict::kWait);
  EXPECT_EQ(writers.written, readers.seen);
  EXPECT_EQ(readers.written, 0u);
  files.HoldSyncs(false);
  live.Set("other", "v");
  EXPECT_EQ(live.Await(), Verdict::kPassed);
  EXPECT_EQ(gate.Judge(writers), Verdict::kPassed);
  EXPECT_EQ(gate.Judge(readers), Verdict::kPassed);
}

TEST(LogTest, OthersWaitForNothing) {
  for (const FsyncPolicy policy : {FsyncPolicy::kEverySec, FsyncPolicy::kNo}) {
    FaultyFileSystem files;
    LoggedKeyspace live(files, {.fsync = policy});
    files.HoldSyncs(true);
    live.Set("k", "v");
    EXPECT_EQ(live.log().gate().Judge(DurableMark::Take()), Verdict::kPassed);
    files.HoldSyncs(false);
  }
}

TEST(LogTest, OneSyncCarriesTheWritesThatCameMeanwhile) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways});
  files.HoldSyncs(true);
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&live, i] {
      for (int j = 0; j < 25; ++j) live.Set(absl::StrCat(i, "-", j), "v");
    });
  }
  for (std::thread& writer : writers) writer.join();
  files.HoldSyncs(false);
  live.Set("last", "v");
  EXPECT_EQ(live.Await(), Verdict::kPassed);
  const LogStats stats = live.log().stats();
  EXPECT_EQ(stats.durable_position, 101u);
  // One that was under way, one with most of them, one for the last.
  EXPECT_LE(stats.syncs, 3u);
}

TEST(LogTest, NobodyWaitsForTheNextSegment) {
  FaultyFileSystem files;
  LoggedKeyspace live(files,
                      {.fsync = FsyncPolicy::kAlways, .segment_bytes = 1});
  files.HoldSyncs(true);
  live.Set("k", "v");
  files.LetOneSync();
  EXPECT_EQ(live.Await(), Verdict::kPassed);
  files.HoldSyncs(false);
}

TEST(LogTest, AGroupWaitsForMostOfTheManyWhomTheLastOneReleased) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways,
                              .patience = std::chrono::hours(1)});
  WriteTwoGroups(files, live, 32);
  for (int i = 0; i < 27; ++i) live.Set("k", "v");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GT(live.log().stats().buffered_bytes, 0u);
  live.Set("k", "v");
  EXPECT_EQ(live.Await(), Verdict::kPassed);
  EXPECT_EQ(live.log().stats().groups, 3u);
}

TEST(LogTest, AGroupWaitsForNoneOfFew) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways,
                              .patience = std::chrono::hours(1)});
  WriteTwoGroups(files, live, 14);
  live.Set("k", "v");
  EXPECT_EQ(live.Await(), Verdict::kPassed);
}

TEST(LogTest, AfterAGroupThatWaitedInVainOthersDoNotWait) {
  constexpr auto kPatience = std::chrono::milliseconds(500);
  FaultyFileSystem files;
  LoggedKeyspace live(files,
                      {.fsync = FsyncPolicy::kAlways, .patience = kPatience});
  WriteTwoGroups(files, live, 32);
  live.Set("k", "v");
  EXPECT_GE(TimeToPass(live), kPatience / 2);
  WriteTwoGroups(files, live, 32);
  live.Set("k", "v");
  EXPECT_LT(TimeToPass(live), kPatience);
}

TEST(LogTest, AGroupForWhichHalfCameOrThatIsLargeDidNotWaitInVain) {
  constexpr auto kPatience = std::chrono::milliseconds(100);
  FaultyFileSystem files;
  LoggedKeyspace live(files,
                      {.fsync = FsyncPolicy::kAlways, .patience = kPatience});
  WriteTwoGroups(files, live, 32);
  for (int i = 0; i < 20; ++i) live.Set("k", "v");
  TimeToPass(live);
  for (int i = 0; i < 10; ++i) live.Set("k", "v");
  EXPECT_GE(TimeToPass(live), kPatience / 2);
  WriteTwoGroups(files, live, 32);
  // Few, but as many bytes as are written at once.
  files.HoldSyncs(true);
  for (int i = 0; i < 9; ++i) live.Set("k", std::string(30'000, 'v'));
  AwaitTaken(live);
  for (int i = 0; i < 10; ++i) live.Set("k", "v");
  files.HoldSyncs(false);
  EXPECT_GE(TimeToPass(live), kPatience / 2);
}

TEST(LogTest, AfterAFailedSyncNothingPassesAndNothingIsWritten) {
  FaultyFileSystem files;
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways});
    live.Set("before", "v");
    ASSERT_EQ(live.Await(), Verdict::kPassed);
    files.FailSyncs();
    live.Set("failing", "v");
    EXPECT_EQ(live.Await(), Verdict::kLost);
    EXPECT_TRUE(live.log().gate().failed());
    EXPECT_FALSE(live.log().stats().status.ok());
    const FaultyFileSystem::Files then = files.files();
    live.Set("after", "v");
    EXPECT_EQ(live.Await(), Verdict::kLost);
    // Who only reads need not care.
    Read(live, "after");
    EXPECT_EQ(live.Await(), Verdict::kPassed);
    EXPECT_EQ(files.files(), then);
  }
  FaultyFileSystem::Files left = files.files();
  FaultyFileSystem mended;
  mended.SetFiles(left);
  LoggedKeyspace again(mended, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  const Contents contents = again.contents();
  EXPECT_TRUE(contents.count({0, "before"}));
  EXPECT_FALSE(contents.count({0, "after"}));
}

TEST(LogTest, AFullDiskIsAFailureAndARestartFindsWhatFitted) {
  for (const FsyncPolicy policy :
       {FsyncPolicy::kAlways, FsyncPolicy::kEverySec, FsyncPolicy::kNo}) {
    FaultyFileSystem files;
    files.SetCapacity(1000);
    size_t acknowledged = 0;
    {
      LoggedKeyspace live(files, {.fsync = policy, .segment_bytes = 300});
      while (!live.log().gate().failed()) {
        live.Set(absl::StrCat("key", acknowledged), "some value");
        if (live.Await() == Verdict::kPassed) ++acknowledged;
      }
    }
    files.SetCapacity(UINT64_MAX);
    LoggedKeyspace again(files, {});
    ASSERT_TRUE(again.status().ok()) << again.status();
    if (policy == FsyncPolicy::kAlways) {
      EXPECT_GE(again.contents().size(), acknowledged);
      EXPECT_GT(acknowledged, 2u);
    }
    again.Set("k", "v");
    EXPECT_EQ(again.Await(), Verdict::kPassed);
  }
}

TEST(LogTest, OnlyTheSegmentInUseHasRoomAndOnlyWithAlways) {
  for (const FsyncPolicy policy :
       {FsyncPolicy::kAlways, FsyncPolicy::kEverySec, FsyncPolicy::kNo}) {
    FaultyFileSystem files;
    {
      LoggedKeyspace live(
          files, {.fsync = policy, .segment_bytes = 300, .room_bytes = 200});
      for (int i = 0; files.files().size() < 3; ++i) {
        live.Set(absl::StrCat("key", i), "v");
        ASSERT_EQ(live.Await(), Verdict::kPassed);
      }
      // Of one transaction more, the new segment has a group for certain.
      live.Set("last", "v");
      ASSERT_EQ(live.Await(), Verdict::kPassed);
      if (policy == FsyncPolicy::kAlways) {
        EXPECT_TRUE(EndsWithRoom(files.files().rbegin()->second));
      }
    }
    for (const auto& [name, bytes] : files.files()) {
      EXPECT_FALSE(EndsWithRoom(bytes)) << name;
    }
  }
}

TEST(LogTest, ADiskWithoutSpaceForRoomIsNotFull) {
  FaultyFileSystem files;
  files.SetCapacity(1000);
  LoggedKeyspace live(files,
                      {.fsync = FsyncPolicy::kAlways, .room_bytes = 100'000});
  for (int i = 0; i < 12; ++i) {
    live.Set("k", "v");
    ASSERT_EQ(live.Await(), Verdict::kPassed) << i;
  }
}

TEST(LogTest, AFullBufferHoldsWritersUntilTheWriterHasCaughtUp) {
  FaultyFileSystem files;
  // A sync for every group, so that the writer can be held.
  LoggedKeyspace live(
      files,
      {.fsync = FsyncPolicy::kNo, .segment_bytes = 1, .buffer_bytes = 1000});
  files.HoldSyncs(true);
  live.Set("k", "v");
  EXPECT_EQ(live.log().gate().Judge(DurableMark::Take()), Verdict::kPassed);
  // The first is with the writer, who waits for the disk.
  AwaitTaken(live);
  std::thread writer([&live, &files] {
    for (int i = 0; i < 200; ++i) {
      live.Set("k", std::string(100, 'v'));
      const DurableMark mark = DurableMark::Take();
      if (live.log().gate().Judge(mark) == Verdict::kWait) {
        // Now it is told to wait, and would be blocked if it did not.
        files.HoldSyncs(false);
      }
      EXPECT_LE(live.log().stats().buffered_bytes, 2200u);
    }
  });
  writer.join();
  live.Set("k", "last");
  EXPECT_EQ(live.Await(), Verdict::kPassed);
}

TEST(LogTest, GoesOnWhereItEndedAndKeepsVersions) {
  FaultyFileSystem files;
  uint64_t version = 0;
  for (int start = 0; start < 4; ++start) {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    ASSERT_TRUE(live.status().ok()) << live.status();
    EXPECT_EQ(live.recovery().log.next_position, 1u + start);
    EXPECT_EQ(live.recovery().log.cut, "");
    const Key key("k");
    if (start > 0) {
      const Transaction txn(live.keyspace(), LoggedKeyspace::kNow, key);
      EXPECT_EQ(txn.Find(key)->version(), version);
    }
    live.Set("k", "v");
    const Transaction txn(live.keyspace(), LoggedKeyspace::kNow, key);
    EXPECT_GT(txn.Find(key)->version(), version);
    version = txn.Find(key)->version();
  }
  // Starts without a write leave nothing behind.
  const size_t before = files.files().size();
  for (int start = 0; start < 3; ++start) LoggedKeyspace live(files, {});
  EXPECT_LE(files.files().size(), before + 1);
}

TEST(LogTest, ASegmentBegunOnRequestHasWhatComesAfterwards) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
  // Nothing to end yet.
  EXPECT_EQ(live.log().BeginSegment().value(), 1u);
  EXPECT_EQ(live.log().BeginSegment().value(), 1u);
  live.Set("before", "v");
  live.Set("before too", "v");
  EXPECT_EQ(live.log().BeginSegment().value(), 3u);
  EXPECT_EQ(live.log().stats().durable_position, 2u);
  live.Set("after", "v");
  EXPECT_EQ(live.log().BeginSegment().value(), 4u);
}

TEST(LogTest, SyncsOnRequestWhateverThePolicy) {
  for (const FsyncPolicy policy :
       {FsyncPolicy::kAlways, FsyncPolicy::kEverySec, FsyncPolicy::kNo}) {
    FaultyFileSystem files;
    LoggedKeyspace live(files, {.fsync = policy});
    EXPECT_TRUE(live.log().SyncThrough(0).ok());
    live.Set("k", "v");
    live.Set("k", "w");
    EXPECT_EQ(live.log().last_position(), 2u);
    EXPECT_TRUE(live.log().SyncThrough(2).ok());
    EXPECT_EQ(live.log().stats().durable_position, 2u);
  }
}

TEST(LogTest, RequestsOfAFailedLogFail) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
  files.FailSyncs();
  live.Set("k", "v");
  EXPECT_FALSE(live.log().SyncThrough(1).ok());
  EXPECT_FALSE(live.log().BeginSegment().ok());
}

TEST(LogTest, ADirectoryHasOneServer) {
  FaultyFileSystem files;
  LoggedKeyspace one(files, {});
  LoggedKeyspace other(files, {});
  EXPECT_TRUE(absl::IsUnavailable(other.status())) << other.status();
}

}  // namespace
}  // namespace kv::store
