// A load that is given up, wherever it is: it ends soon and changes nothing.

#include "store/durable/recovery.h"

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "store/durable/data_directory.h"
#include "store/durable/log.h"
#include "store/keyspace.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"

namespace kv::store {
namespace {

using test::FaultyFileSystem;
using test::LoggedKeyspace;

class GiveUpTest : public testing::Test {
 protected:
  // A snapshot, the log behind it, and a tail that a start would cut.
  GiveUpTest() {
    {
      LoggedKeyspace live(files_, {.fsync = FsyncPolicy::kAlways});
      live.Set("a", "v");
      EXPECT_TRUE(live.Snapshot().ok());
      live.Set("b", "v");
      live.Await();
      live.Set("c", "v");
      live.Await();
    }
    FaultyFileSystem::Files files = files_.files();
    for (auto& [path, bytes] : files) {
      if (absl::EndsWith(path, ".log")) bytes += "torn";  // only the last
    }
    files_.SetFiles(files);
  }

  // Recovers with this, which must give up.
  void ExpectGivenUp(
      const std::function<bool(const RecoveryProgress&)>& go_on) {
    const FaultyFileSystem::Files before = files_.files();
    const auto directory = DataDirectory::Open(files_, test::kDirectory);
    ASSERT_TRUE(directory.ok());
    Keyspace keyspace({.shards = 4});
    const auto recovery =
        Recover(**directory, keyspace, {.threads = 2, .go_on = go_on});
    EXPECT_TRUE(absl::IsCancelled(recovery.status())) << recovery.status();
    EXPECT_EQ(files_.files(), before);
  }

  FaultyFileSystem files_;
};

TEST_F(GiveUpTest, BeforeAnythingIsLoaded) {
  int calls = 0;
  ExpectGivenUp([&](const RecoveryProgress& progress) {
    EXPECT_GT(progress.bytes_total, 0u);
    EXPECT_EQ(progress.bytes_read, 0u);
    return ++calls == 0;
  });
  EXPECT_EQ(calls, 1);
}

TEST_F(GiveUpTest, OnceTheSnapshotIsRead) {
  int calls = 0;
  RecoveryProgress last;
  ExpectGivenUp([&](const RecoveryProgress& progress) {
    last = progress;
    return ++calls == 1;
  });
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(last.records, 1u);
  EXPECT_GT(last.bytes_read, 0u);
  EXPECT_LT(last.bytes_read, last.bytes_total);
}

TEST_F(GiveUpTest, WhileTheLogIsRead) {
  uint64_t records = 0;
  ExpectGivenUp([&](const RecoveryProgress& progress) {
    records = progress.records;
    return records < 2;
  });
  EXPECT_EQ(records, 2u);
}

TEST_F(GiveUpTest, AfterASnapshotThatIsDamaged) {
  FaultyFileSystem::Files files = files_.files();
  FaultyFileSystem::Files older;
  {
    FaultyFileSystem disk;
    {
      LoggedKeyspace live(disk, {.fsync = FsyncPolicy::kAlways});
      live.Set("a", "v");
      live.Await();
    }
    older = disk.files();
  }
  for (auto& [path, bytes] : files) {
    if (absl::EndsWith(path, ".snapshot")) bytes[bytes.size() / 2] ^= 1;
  }
  // The log from its beginning on is still there.
  for (const auto& [path, bytes] : older) files.emplace(path, bytes);
  files_.SetFiles(files);
  int begins = 0;
  ExpectGivenUp([&](const RecoveryProgress& progress) {
    begins += progress.bytes_read == 0;
    return begins < 2;
  });
  EXPECT_EQ(begins, 2);
}

}  // namespace
}  // namespace kv::store
