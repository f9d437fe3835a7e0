#include "store/durable/snapshotter.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/durable/log.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/eventually.h"
#include "tests/testing/faulty_file_system.h"

namespace kv::store {
namespace {

using kv::testing::Eventually;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

class SnapshotterTest : public ::testing::Test {
 protected:
  std::unique_ptr<Snapshotter> Start(const SnapshotterOptions& options) {
    return std::make_unique<Snapshotter>(live_.keyspace(), live_.log(),
                                         live_.directory(), live_.recovery(),
                                         options);
  }
  void Write(int count) {
    for (int i = 0; i < count; ++i) {
      live_.Set(absl::StrCat("key ", i), std::string(100, 'v'));
    }
    ASSERT_TRUE(live_.log().SyncThrough(live_.log().last_position()).ok());
  }

  FaultyFileSystem files_;
  LoggedKeyspace live_{files_, {.fsync = FsyncPolicy::kNo}};
};

TEST_F(SnapshotterTest, TakesOneWhenAskedAndTellsWhenItIsThere) {
  const auto snapshotter = Start({.log_bytes = 0});
  Write(3);
  EXPECT_EQ(snapshotter->stats().changes, 3u);
  EXPECT_EQ(snapshotter->stats().last_success_ms, 0);
  std::atomic<int> done = 0;
  snapshotter->Request([&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_TRUE(files_.files().contains("data/00000000000000000004.snapshot"));
    ++done;
  });
  ASSERT_TRUE(Eventually([&] { return done == 1; }));
  ASSERT_TRUE(Eventually([&] { return !snapshotter->stats().in_progress; }));
  const SnapshotterStats stats = snapshotter->stats();
  EXPECT_EQ(stats.changes, 0u);
  EXPECT_EQ(stats.taken, 1u);
  EXPECT_GT(stats.last_success_ms, 0);
  EXPECT_GT(stats.last_bytes, 0u);
  EXPECT_LT(stats.log_bytes, 100u);
}

TEST_F(SnapshotterTest, TakesOneWhenTheLogHasGrown) {
  const auto snapshotter = Start({.log_bytes = 10'000});
  Write(50);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  EXPECT_EQ(snapshotter->stats().taken, 0u);
  Write(100);
  ASSERT_TRUE(Eventually([&] { return snapshotter->stats().taken == 1; }));
  EXPECT_EQ(snapshotter->stats().changes, 0u);
}

TEST_F(SnapshotterTest, TakesOneByTheClockIfAnythingHasChanged) {
  const auto snapshotter =
      Start({.log_bytes = 0, .interval = std::chrono::milliseconds(1)});
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  EXPECT_EQ(snapshotter->stats().taken, 0u);
  Write(1);
  ASSERT_TRUE(Eventually([&] { return snapshotter->stats().taken == 1; }));
}

TEST_F(SnapshotterTest, GivesUpAtTheEndAndSaysSoToThoseWhoWait) {
  // So slow that it would take minutes.
  auto snapshotter = Start({.log_bytes = 0, .bytes_per_second = 1});
  Write(10);
  std::atomic<int> done = 0;
  const auto expect_cancelled = [&](const absl::Status& status) {
    EXPECT_TRUE(absl::IsCancelled(status)) << status;
    ++done;
  };
  snapshotter->Request(expect_cancelled);
  ASSERT_TRUE(Eventually([&] { return snapshotter->stats().in_progress; }));
  snapshotter->Request(expect_cancelled);
  snapshotter.reset();
  EXPECT_EQ(done, 2);
  for (const auto& [name, bytes] : files_.files()) {
    EXPECT_EQ(name.find("snapshot"), std::string::npos) << name;
  }
}

TEST_F(SnapshotterTest, ReportsAFailureAndTriesAgainWhenAsked) {
  std::atomic<int> failures = 0;
  SnapshotterOptions options = {.log_bytes = 0};
  options.report = [&](const SnapshotReport& report) {
    failures += !report.snapshot.ok();
  };
  const auto snapshotter = Start(options);
  Write(100);
  files_.SetCapacity(1);
  snapshotter->Request();
  ASSERT_TRUE(Eventually([&] { return failures == 1; }));
  // The log may have failed of the full disk as well, or not.
  EXPECT_FALSE(snapshotter->stats().last_status.ok());
  EXPECT_EQ(snapshotter->stats().taken, 0u);
}

}  // namespace
}  // namespace kv::store
