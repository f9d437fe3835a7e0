// Every byte of a small log and of a snapshot is changed, and every length of
// them tried: a start finds a prefix of what was written, or refuses with the
// file and the offset, and then changes nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/durable/data_directory.h"
#include "store/durable/log.h"
#include "store/durable/recovery.h"
#include "store/durable/segment.h"
#include "store/durable/snapshot.h"
#include "store/durable/take_snapshot.h"
#include "store/keyspace.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

using test::Contents;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

class DamageTest : public testing::Test {
 protected:
  // A log of two segments with several groups each, and some room behind the
  // last.
  void SetUp() override {
    FaultyFileSystem files;
    test::Random random(test::SeedOr(3));
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways,
                                .segment_bytes = 600,
                                .room_bytes = kRoomBytes});
    states_.push_back(live.contents());
    for (int i = 0; i < 14; ++i) {
      live.Set(absl::StrCat("key", i % 5), random.Bytes(random.Below(40)));
      ASSERT_EQ(live.Await(), CommitGate::Verdict::kPassed);
      states_.push_back(live.contents());
    }
    crashed_ = files.files();
    ASSERT_EQ(crashed_.size(), 2u);
  }

  // Which state a start finds; -1: it refuses, and says so properly.
  int StateAfterStart(const FaultyFileSystem::Files& content) {
    FaultyFileSystem files;
    files.SetFiles(content);
    const auto directory = DataDirectory::Open(files, test::kDirectory);
    Keyspace keyspace({.shards = 4});
    const auto recovery = Recover(**directory, keyspace);
    if (!recovery.ok()) {
      const std::string message(recovery.status().message());
      EXPECT_TRUE(absl::StrContains(message, "data")) << message;
      EXPECT_TRUE(absl::StrContains(message, "offset") ||
                  absl::StrContains(message, "version") ||
                  absl::StrContains(message, "position"))
          << message;
      EXPECT_EQ(files.files(), content) << "a refused start changed something";
      return -1;
    }
    const Contents found = test::ContentsOf(keyspace, LoggedKeyspace::kNow);
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_[i] == found) return static_cast<int>(i);
    }
    ADD_FAILURE() << "found what was never there";
    return -1;
  }

  // Where the last segment's room begins.
  size_t RoomBegin() const {
    return crashed_.rbegin()->second.find_last_not_of('\0') + 1;
  }

  static constexpr uint64_t kRoomBytes = 100;

  std::vector<Contents> states_;
  FaultyFileSystem::Files crashed_;  // as it was while the server ran
};

TEST_F(DamageTest, AChangedByteNeverChangesData) {
  const std::string last = crashed_.rbegin()->first;
  for (const auto& [name, bytes] : crashed_) {
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (const char change : {'\x01', '\x80'}) {
        SCOPED_TRACE(absl::StrCat(name, " at ", at));
        FaultyFileSystem::Files damaged = crashed_;
        damaged[name][at] ^= change;
        const int state = StateAfterStart(damaged);
        // Only the end of the last segment can be a torn write.
        if (name != last || at < SegmentHeader::kBytes) {
          ASSERT_EQ(state, -1);
        }
        // Only one group follows no other: that of the last transaction.
        if (state >= 0) {
          ASSERT_GE(state, static_cast<int>(states_.size()) - 2);
        }
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(DamageTest, AfterAnOrderlyStopEveryChangedByteIsNoticed) {
  FaultyFileSystem files;
  files.SetFiles(crashed_);
  { LoggedKeyspace stopped(files, {.fsync = FsyncPolicy::kAlways}); }
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    live.Set("one", "more");
    states_.push_back(live.contents());
  }
  const FaultyFileSystem::Files stopped = files.files();
  const std::string last = stopped.rbegin()->first;
  for (const auto& [name, bytes] : stopped) {
    for (size_t at = 0; at < bytes.size(); ++at) {
      SCOPED_TRACE(absl::StrCat(name, " at ", at));
      FaultyFileSystem::Files damaged = stopped;
      damaged[name][at] ^= 0x10;
      const int state = StateAfterStart(damaged);
      const bool in_end =
          name == last && at + GroupHeader::kBytes >= bytes.size();
      ASSERT_EQ(state, in_end ? static_cast<int>(states_.size()) - 1 : -1);
    }
  }
}

TEST_F(DamageTest, EveryLengthOfTheLastSegmentIsAPrefix) {
  const auto& [name, bytes] = *crashed_.rbegin();
  int before = -1;
  for (size_t size = SegmentHeader::kBytes; size <= bytes.size(); ++size) {
    SCOPED_TRACE(size);
    FaultyFileSystem::Files cut = crashed_;
    cut[name].resize(size);
    const int state = StateAfterStart(cut);
    ASSERT_GE(state, before);
    ASSERT_GE(state, 1);
    before = state;
  }
  EXPECT_EQ(before, static_cast<int>(states_.size()) - 1);
}

TEST_F(DamageTest, RoomAtTheEndIsNoTornWriteAndIsCutOff) {
  const auto& [name, bytes] = *crashed_.rbegin();
  ASSERT_LT(RoomBegin(), bytes.size());
  for (const bool torn : {false, true}) {
    FaultyFileSystem files;
    FaultyFileSystem::Files content = crashed_;
    if (torn) content[name].back() = 'x';
    files.SetFiles(content);
    LoggedKeyspace again(files, {});
    ASSERT_TRUE(again.status().ok()) << again.status();
    EXPECT_EQ(again.contents(), states_.back());
    EXPECT_EQ(again.recovery().log.cut.empty(), !torn)
        << again.recovery().log.cut;
    EXPECT_EQ(files.files()[name], bytes.substr(0, RoomBegin()));
  }
}

TEST_F(DamageTest, RoomBeforeAnotherSegmentIsRefused) {
  FaultyFileSystem::Files damaged = crashed_;
  damaged.begin()->second.append(kRoomBytes, '\0');
  EXPECT_EQ(StateAfterStart(damaged), -1);
}

TEST_F(DamageTest, AShorterFirstSegmentOrNoneIsRefused) {
  const auto& [name, bytes] = *crashed_.begin();
  for (size_t size = 0; size < bytes.size(); ++size) {
    FaultyFileSystem::Files cut = crashed_;
    cut[name].resize(size);
    ASSERT_EQ(StateAfterStart(cut), -1) << size;
  }
  FaultyFileSystem::Files missing = crashed_;
  missing.erase(name);
  EXPECT_EQ(StateAfterStart(missing), -1);
}

TEST_F(DamageTest, AValueThatLooksLikeALogIsNotTakenForOne) {
  FaultyFileSystem files;
  LoggedKeyspace live(
      files, {.fsync = FsyncPolicy::kAlways, .room_bytes = kRoomBytes});
  live.Set("a", crashed_.rbegin()->second);
  ASSERT_EQ(live.Await(), CommitGate::Verdict::kPassed);
  FaultyFileSystem::Files torn = files.files();
  std::string& bytes = torn.begin()->second;
  bytes[SegmentHeader::kBytes] ^= 1;
  files.SetFiles(torn);
  FaultyFileSystem other;
  other.SetFiles(torn);
  LoggedKeyspace again(other, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  EXPECT_TRUE(again.contents().empty());
  EXPECT_NE(again.recovery().log.cut, "");
}

// A snapshot, and writes before, while and after it was taken.
class SnapshotDamageTest : public DamageTest {
 protected:
  void SetUp() override {
    FaultyFileSystem files;
    test::Random random(test::SeedOr(4));
    // Not always, which would leave a megabyte of room in the log.
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    const auto write = [&] {
      live.Set(absl::StrCat("key", random.Below(6)),
               random.Bytes(random.Below(40)));
      ASSERT_TRUE(live.log().SyncThrough(live.log().last_position()).ok());
    };
    for (int i = 0; i < 10; ++i) write();
    int written_meanwhile = 0;
    const auto snapshot = TakeSnapshot(
        live.keyspace(), live.log(), live.directory(),
        [&](const SnapshotProgress&) {
          write();
          ++written_meanwhile;
          return true;
        },
        {.block_bytes = 1, .walk = {.scan_bytes = 1, .min_scan_entries = 1}});
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    ASSERT_GE(written_meanwhile, 4);
    // A start that needs the snapshot can only find what was there at its end,
    // and what came later.
    states_.push_back(live.contents());
    with_older_files_ = files.files();
    ASSERT_TRUE(live.directory().RemoveBefore(snapshot->begin).ok());
    write();
    states_.push_back(live.contents());
    crashed_ = files.files();
    ASSERT_EQ(crashed_.size(), 2u);
    log_ = absl::StrCat(test::kDirectory, "/", SegmentName(snapshot->begin));
    snapshot_ =
        absl::StrCat(test::kDirectory, "/", SnapshotName(snapshot->begin));
    ASSERT_EQ(StateAfterStart(crashed_), 1);
    ASSERT_EQ(StateAfterStart(with_older_files_), 0);
  }

  FaultyFileSystem::Files with_older_files_;
  std::string log_;
  std::string snapshot_;
};

TEST_F(SnapshotDamageTest, AChangedByteIsRefused) {
  for (size_t at = 0; at < crashed_[snapshot_].size(); ++at) {
    for (const char change : {'\x01', '\x80'}) {
      FaultyFileSystem::Files damaged = crashed_;
      damaged[snapshot_][at] ^= change;
      ASSERT_EQ(StateAfterStart(damaged), -1) << at;
    }
  }
}

TEST_F(SnapshotDamageTest, AnyOtherLengthIsRefused) {
  const size_t size = crashed_[snapshot_].size();
  for (size_t length = 0; length <= size + 1; ++length) {
    if (length == size) continue;
    FaultyFileSystem::Files cut = crashed_;
    cut[snapshot_].resize(length);
    ASSERT_EQ(StateAfterStart(cut), -1) << length;
  }
}

TEST_F(SnapshotDamageTest, WhereOlderFilesAreStillThereTheyAreRead) {
  for (size_t at = 0; at < crashed_[snapshot_].size(); ++at) {
    FaultyFileSystem::Files damaged = with_older_files_;
    damaged[snapshot_][at] ^= 0x20;
    ASSERT_EQ(StateAfterStart(damaged), 0) << at;
    FaultyFileSystem files;
    files.SetFiles(damaged);
    LoggedKeyspace again(files, {});
    EXPECT_TRUE(absl::StrContains(again.recovery().warning, snapshot_))
        << again.recovery().warning;
  }
}

TEST_F(SnapshotDamageTest, ALogThatDoesNotReachTheSnapshotsEndIsRefused) {
  const std::string bytes = crashed_[log_];
  int last = -1;
  for (size_t length = 0; length <= bytes.size(); ++length) {
    FaultyFileSystem::Files cut = crashed_;
    cut[log_].resize(length);
    const int state = StateAfterStart(cut);
    ASSERT_GE(state, last) << length;
    last = state;
  }
  EXPECT_EQ(last, 1);
  FaultyFileSystem::Files missing = crashed_;
  missing.erase(log_);
  EXPECT_EQ(StateAfterStart(missing), -1);
}

TEST_F(SnapshotDamageTest, AMissingOrRenamedSnapshotIsRefused) {
  FaultyFileSystem::Files missing = crashed_;
  const std::string bytes = missing.extract(snapshot_).mapped();
  EXPECT_EQ(StateAfterStart(missing), -1);
  FaultyFileSystem::Files renamed = missing;
  renamed[absl::StrCat(test::kDirectory, "/", SnapshotName(5))] = bytes;
  EXPECT_EQ(StateAfterStart(renamed), -1);
}

}  // namespace
}  // namespace kv::store
