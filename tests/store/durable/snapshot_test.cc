// Snapshots that are taken while others write, and what a start makes of them.

#include "store/durable/snapshot.h"

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/durable/data_directory.h"
#include "store/durable/log.h"
#include "store/durable/log_buffer.h"
#include "store/durable/record.h"
#include "store/durable/recovery.h"
#include "store/durable/segment_writer.h"
#include "store/durable/snapshot_reader.h"
#include "store/durable/snapshot_writer.h"
#include "store/durable/take_snapshot.h"
#include "store/effect/effect.h"
#include "store/transaction.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

using test::Contents;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

using Versions = std::map<std::string, uint64_t>;

Versions VersionsOf(Keyspace& keyspace, const Contents& contents) {
  Versions versions;
  for (const auto& [id, entry] : contents) {
    const Key key(id.second, id.first);
    const Transaction txn(keyspace, LoggedKeyspace::kNow, key);
    versions[absl::StrCat(id.first, " ", id.second)] = txn.Find(key)->version();
  }
  return versions;
}

// What the next start makes of the directory must be what there was.
void ExpectFoundAgain(FaultyFileSystem& files, const Contents& contents,
                      const Versions& versions) {
  LoggedKeyspace again(files, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  EXPECT_EQ(again.recovery().warning, "");
  EXPECT_EQ(again.contents(), contents);
  EXPECT_EQ(VersionsOf(again.keyspace(), contents), versions);
  // Versions are never used again.
  again.Set("one more", "v");
  const Key key("one more");
  const Transaction txn(again.keyspace(), LoggedKeyspace::kNow, key);
  for (const auto& [name, version] : versions) {
    EXPECT_GT(txn.Find(key)->version(), version) << name;
  }
}

size_t CountFiles(const FaultyFileSystem& files, absl::string_view suffix) {
  size_t count = 0;
  for (const auto& [name, bytes] : files.files()) {
    count += absl::EndsWith(name, suffix);
  }
  return count;
}

// Writes the one snapshot again, with its records in a random order, each in a
// block of its own.
void ShuffleRecords(FaultyFileSystem& files, test::Random& random) {
  std::string path;
  for (const auto& [name, bytes] : files.files()) {
    if (absl::EndsWith(name, ".snapshot")) path = name;
  }
  const auto reader = SnapshotReader::Open(files, path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::vector<std::string> records;
  SnapshotReader::Block block;
  for (auto more = (*reader)->Next(&block); *more;
       more = (*reader)->Next(&block)) {
    absl::string_view left = SnapshotReader::Unpack(block).value();
    while (!left.empty()) {
      const absl::string_view from = left;
      uint64_t sequence = 0;
      std::vector<Effect> effects;
      ASSERT_TRUE(DecodeRecord(&left, &sequence, &effects));
      records.emplace_back(from.substr(0, from.size() - left.size()));
    }
  }
  for (size_t i = 0; i < records.size(); ++i) {
    std::swap(records[i], records[i + random.Below(records.size() - i)]);
  }
  const auto writer =
      SnapshotWriter::Create(files, test::kDirectory, (*reader)->header());
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (const std::string& record : records) {
    ASSERT_TRUE((*writer)->WriteBlock(record, 1).ok());
  }
  const SnapshotEnd end = (*reader)->end();
  ASSERT_TRUE((*writer)->Finish(end.end, end.sequence, end.map).ok());
}

// The next start must find the same in whatever order the records of the
// snapshot are loaded.
void ExpectFoundAgainInAnyOrder(const FaultyFileSystem& files,
                                const Contents& contents,
                                const Versions& versions,
                                test::Random& random) {
  for (int i = 0; i < 2; ++i) {
    FaultyFileSystem copy;
    copy.SetFiles(files.files());
    ShuffleRecords(copy, random);
    ExpectFoundAgain(copy, contents, versions);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SnapshotTest, HoldsEveryKindOfEntry) {
  FaultyFileSystem files;
  Contents contents;
  Versions versions;
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    test::Random random(test::SeedOr(1));
    Keyspace& keyspace = live.keyspace();
    const std::string large = random.Bytes(10'000);
    const std::string empty_value_key(100'000, 'k');
    // Transactions borrow what they are given.
    std::vector<std::string> members;
    for (int i = 0; i < 1000; ++i) members.push_back(absl::StrCat(i));
    for (const uint8_t db : {0, 3, 15}) {
      const auto in = [&](absl::string_view name, auto change) {
        const Key key(name, db);
        Transaction txn(keyspace, LoggedKeyspace::kNow, key);
        change(txn, key);
      };
      in("short", [&](Transaction& txn, const Key& key) {
        txn.PutString(key, "value", kNoDeadline);
      });
      in("", [&](Transaction& txn, const Key& key) {
        txn.PutString(key, "", LoggedKeyspace::kNow + 5);
      });
      in(empty_value_key, [&](Transaction& txn, const Key& key) {
        txn.PutString(key, "", LoggedKeyspace::kNow + 6);
      });
      in("large", [&](Transaction& txn, const Key& key) {
        txn.PutString(key, large, LoggedKeyspace::kNow + 7);
      });
      in("large, for ever", [&](Transaction& txn, const Key& key) {
        txn.PutString(key, large, kNoDeadline);
      });
      in("small set", [&](Transaction& txn, const Key& key) {
        txn.PutMember(key, "m", -1.5);
        txn.PutMember(key, "", 0);
      });
      in("large set", [&](Transaction& txn, const Key& key) {
        for (int i = 0; i < 1000; ++i) {
          txn.PutMember(key, members[i], i % 7);
        }
        txn.SetDeadline(key, LoggedKeyspace::kNow + 8);
      });
    }
    Transaction(keyspace, LoggedKeyspace::kNow, Transaction::AllShards())
        .SwapDatabases(0, 3);
    contents = live.contents();
    versions = VersionsOf(keyspace, contents);
    ASSERT_EQ(contents.size(), 21u);
    ASSERT_TRUE(live.Snapshot().ok());
    EXPECT_EQ(live.log().stats().durable_position, live.log().last_position());
  }
  EXPECT_EQ(CountFiles(files, ".snapshot"), 1u);
  test::Random random(test::SeedOr(1));
  ExpectFoundAgainInAnyOrder(files, contents, versions, random);
  ExpectFoundAgain(files, contents, versions);
  LoggedKeyspace again(files, {});
  // All of it came from the snapshot.
  EXPECT_EQ(again.recovery().log.records, 1u);
}

TEST(SnapshotTest, WithWhatIsWrittenMeanwhileEndsInTheStateAtTheEnd) {
  const uint64_t seed = test::SeedOr(1);
  for (uint64_t round = 0; round < 150; ++round) {
    SCOPED_TRACE(testing::Message()
                 << "FASTKV_TEST_SEED=" << seed << " round " << round);
    FaultyFileSystem files(seed + round);
    test::Random random(seed + round);
    Contents contents;
    Versions versions;
    {
      LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
      for (int i = 0; i < 30; ++i) live.RunRandomTransaction(random);
      for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(live.Snapshot([&] {
                          for (int j = 0; j < 2; ++j) {
                            live.RunRandomTransaction(random);
                          }
                        })
                        .ok());
        live.RunRandomTransaction(random);
      }
      contents = live.contents();
      versions = VersionsOf(live.keyspace(), contents);
    }
    ASSERT_EQ(CountFiles(files, ".snapshot"), 1u);
    ExpectFoundAgainInAnyOrder(files, contents, versions, random);
    ExpectFoundAgain(files, contents, versions);
    if (HasFailure()) return;
  }
}

TEST(SnapshotTest, ALargeSetThatChangesWhileItIsWalkedIsPutRight) {
  const uint64_t seed = test::SeedOr(1);
  test::Random random(seed);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  FaultyFileSystem files;
  Contents contents;
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    const Key key("set");
    const auto put = [&] {
      const std::string member = absl::StrCat(random.Below(400));
      Transaction txn(live.keyspace(), LoggedKeyspace::kNow, key);
      txn.PutMember(key, member, random.Below(1000));
    };
    for (int i = 0; i < 2000; ++i) put();
    ASSERT_TRUE(live.Snapshot([&] {
                      put();
                      put();
                      const std::string gone = absl::StrCat(random.Below(400));
                      Transaction txn(live.keyspace(), LoggedKeyspace::kNow,
                                      key);
                      txn.EraseMember(key, gone);
                      if (random.OneIn(100)) txn.Erase(key);
                    })
                    .ok());
    contents = live.contents();
  }
  LoggedKeyspace again(files, {});
  EXPECT_EQ(again.contents(), contents);
}

TEST(SnapshotTest, OfWritersOnOtherThreadsLosesNothing) {
  FaultyFileSystem files;
  Contents contents;
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 3; ++writer) {
      writers.emplace_back([&live, writer] {
        test::Random random(writer);
        for (int i = 0; i < 1500; ++i) live.RunRandomTransaction(random);
      });
    }
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(live.Snapshot().ok());
    for (std::thread& writer : writers) writer.join();
    contents = live.contents();
  }
  LoggedKeyspace again(files, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  EXPECT_EQ(again.contents(), contents);
}

// A piece of a set may be older than another that is loaded before it, and the
// change between them may be one that both have already.
TEST(SnapshotTest, TheVersionIsThatOfTheLastChangeWhateverComesLast) {
  const auto effect = [](absl::string_view member) {
    return Effect{
        .kind = Effect::Kind::kZPut, .score = 1, .key = "set", .value = member};
  };
  FaultyFileSystem files;
  ASSERT_TRUE(files.MakeDirectory(test::kDirectory).ok());
  auto snapshot =
      SnapshotWriter::Create(files, test::kDirectory, {.salt = 1, .begin = 5});
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  for (const auto& [version, member] :
       {std::pair(40, "changed"), std::pair(36, "unchanged")}) {
    LogBuffer record;
    EncodeRecord(version, {effect(member)}, &record);
    ASSERT_TRUE((*snapshot)->WriteBlock(record.bytes(), 1).ok());
  }
  ASSERT_TRUE((*snapshot)->Finish(5, 40, DatabaseMap()).ok());
  auto log = SegmentWriter::Create(files, test::kDirectory,
                                   {.salt = 1, .first = 5}, 0);
  ASSERT_TRUE(log.ok()) << log.status();
  LogBuffer record;
  EncodeRecord(40, {effect("changed")}, &record);
  ASSERT_TRUE((*log)->WriteGroup(5, 1, record, /*durably=*/false).ok());

  const auto directory = DataDirectory::Open(files, test::kDirectory);
  Keyspace keyspace({.shards = 4});
  const auto recovery = Recover(**directory, keyspace, {.threads = 1});
  ASSERT_TRUE(recovery.ok()) << recovery.status();
  const Key key("set");
  const Transaction txn(keyspace, LoggedKeyspace::kNow, key);
  EXPECT_EQ(txn.Find(key)->sorted_set().size(), 2u);
  EXPECT_EQ(txn.Find(key)->version(), 40u);
}

TEST(SnapshotTest, TakesThePlaceOfOlderFiles) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo, .segment_bytes = 200});
  for (int i = 0; i < 50; ++i) {
    live.Set("k", absl::StrCat(i));
    ASSERT_TRUE(live.log().SyncThrough(i + 1).ok());
  }
  EXPECT_GT(CountFiles(files, ".log"), 5u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(live.Snapshot().ok());
    EXPECT_EQ(CountFiles(files, ".log"), 1u);
    EXPECT_EQ(CountFiles(files, ".snapshot"), 1u);
    live.Set("k", "v");
  }
}

TEST(SnapshotTest, ThatIsGivenUpLeavesNothingBehind) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {});
  live.Set("k", "v");
  const size_t before = files.files().size();
  const auto snapshot =
      TakeSnapshot(live.keyspace(), live.log(), live.directory(),
                   [](const SnapshotProgress&) { return false; });
  EXPECT_TRUE(absl::IsCancelled(snapshot.status())) << snapshot.status();
  EXPECT_EQ(CountFiles(files, ".snapshot"), 0u);
  EXPECT_EQ(CountFiles(files, ".tmp"), 0u);
  EXPECT_LE(files.files().size(), before + 1);  // another segment
}

TEST(SnapshotTest, OfAFailedLogIsNotMade) {
  FaultyFileSystem files;
  LoggedKeyspace live(files, {.fsync = FsyncPolicy::kAlways});
  files.FailSyncs();
  live.Set("k", "v");
  EXPECT_EQ(live.Await(), CommitGate::Verdict::kLost);
  EXPECT_FALSE(live.Snapshot().ok());
  EXPECT_EQ(CountFiles(files, ".snapshot"), 0u);
}

TEST(SnapshotTest, ThatDoesNotFitIsAnErrorAndTheOldOneStays) {
  FaultyFileSystem files;
  Contents contents;
  {
    LoggedKeyspace live(files, {.fsync = FsyncPolicy::kNo});
    for (int i = 0; i < 20; ++i) live.Set(absl::StrCat(i), "v");
    ASSERT_TRUE(live.Snapshot().ok());
    for (int i = 20; i < 40; ++i) live.Set(absl::StrCat(i), "v");
    ASSERT_TRUE(live.log().SyncThrough(40).ok());
    uint64_t used = 0;
    for (const auto& [name, bytes] : files.files()) used += bytes.size();
    files.SetCapacity(used + 500);
    EXPECT_FALSE(live.Snapshot().ok());
    files.SetCapacity(UINT64_MAX);
    contents = live.contents();
  }
  EXPECT_EQ(CountFiles(files, ".snapshot"), 1u);
  LoggedKeyspace again(files, {});
  ASSERT_TRUE(again.status().ok()) << again.status();
  EXPECT_EQ(again.contents(), contents);
}

}  // namespace
}  // namespace kv::store
