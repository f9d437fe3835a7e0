// What Transaction::Rollback promises, tested at Transaction, through which
// alone an UndoLog works.

#include "store/undo_log.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <forward_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/mutex.h"
#include "store/base/time.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/sorted_set.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"
#include "tests/testing/recording_sink.h"

namespace kv::store {
namespace {

constexpr TimeMs kBeforeAllDeadlines = 0;

// Everything that can be told about a keyspace. Entries whose deadline has
// passed count as long as they are there.
struct Snapshot {
  test::Contents contents;
  std::map<std::pair<int, std::string>, uint64_t> versions;
  std::string database_map;
  std::vector<TimeMs> next_deadlines;

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

void CheckInvariants(Keyspace& keyspace) {
  for (int i = 0; i < keyspace.shards(); ++i) {
    Shard& shard = keyspace.shard(i);
    MutexLock lock(shard.mutex);
    EXPECT_EQ(keyspace.NextDeadlineOf(i), shard.next_deadline());
    for (int place = 0; place < shard.databases(); ++place) {
      const Database& database = shard.database(place);
      database.heap.CheckInvariants();
      database.pool->CheckInvariants();
      size_t deadlines = 0;
      database.table.ForEach([&deadlines](const Entry& entry) {
        deadlines += entry.has_deadline();
        if (entry.type() == ValueType::kString) return;
        entry.sorted_set().CheckInvariants();
        EXPECT_GT(entry.sorted_set().size(), 0u);
      });
      EXPECT_EQ(deadlines, database.heap.size());
    }
  }
}

Snapshot SnapshotOf(Keyspace& keyspace) {
  CheckInvariants(keyspace);
  Snapshot snapshot;
  snapshot.contents = test::ContentsOf(keyspace, kBeforeAllDeadlines);
  for (const auto& [place, entry] : snapshot.contents) {
    const Key key(place.second, place.first);
    const Transaction txn(keyspace, kBeforeAllDeadlines, key);
    snapshot.versions[place] = txn.Find(key)->version();
  }
  snapshot.database_map = std::string(keyspace.database_map().bytes());
  for (int i = 0; i < keyspace.shards(); ++i) {
    snapshot.next_deadlines.push_back(keyspace.NextDeadlineOf(i));
  }
  return snapshot;
}

constexpr int kUsedDatabases[] = {0, 1, 15};
constexpr const char* kNames[] = {"", "a", "b", "c", "d", "a longer name"};
constexpr size_t kSizes[] = {0, 1, 8, 40, 255, 256, 4096, 4097, 9000};

class UndoLogModelTest : public testing::TestWithParam<int> {
 protected:
  Key AnyKey() {
    return Key(random_.OneOf(kNames),
               static_cast<uint8_t>(random_.OneOf(kUsedDatabases)));
  }
  TimeMs AnyDeadline() {
    return random_.OneIn(3) ? kNoDeadline : now_ + random_.Between(-2, 30);
  }
  const std::string& Lend(std::string bytes) {
    return lent_.emplace_front(std::move(bytes));
  }
  const std::string& AnyValue() {
    return Lend(random_.Bytes(random_.OneOf(kSizes)));
  }
  // Enough of them, and long enough, for sets of both representations.
  const std::string& AnyMember() {
    const size_t number = random_.Below(30);
    return Lend(std::string(1 + number * 20, static_cast<char>('a' + number)));
  }

  void ChangeString(Transaction& txn, const Key& key) {
    if (random_.OneIn(3)) return txn.PutString(key, AnyValue(), AnyDeadline());
    const size_t size = random_.OneOf(kSizes);
    const char fill = static_cast<char>(random_.Next());
    const auto write = [&](char* bytes) {
      // A part, so that an edit must keep the rest.
      std::memset(bytes, fill, random_.Below(size + 1));
    };
    if (random_.OneIn(3)) {
      return txn.BuildString(
          key, size, [&](char* bytes) { std::memset(bytes, fill, size); });
    }
    const Entry* entry = txn.Find(key);
    if (entry == nullptr || entry->type() == ValueType::kString) {
      txn.EditString(key, size, write);
    }
  }

  void ChangeSet(Transaction& txn, const Key& key) {
    if (random_.OneIn(8)) {
      SortedSet set;
      const size_t size = random_.Below(4);
      for (size_t i = 0; i < size; ++i) set.Upsert(AnyMember(), i);
      return txn.PutSortedSet(key, std::move(set), AnyDeadline());
    }
    const Entry* entry = txn.Find(key);
    if (entry != nullptr && entry->type() == ValueType::kString) return;
    const size_t changes = random_.OneIn(3) ? 20 : 2;
    for (size_t i = 0; i < changes; ++i) {
      if (random_.OneIn(4)) {
        txn.EraseMember(key, AnyMember());
      } else if (random_.OneIn(20)) {
        txn.EraseRanks(key, random_.Below(5), random_.Below(20));
      } else {
        txn.PutMember(key, AnyMember(), random_.Between(-3, 3));
      }
    }
  }

  void AnyChange(Transaction& txn) {
    const Key key = AnyKey();
    const Key other = AnyKey();
    const bool same = key.bytes == other.bytes && key.db == other.db;
    switch (random_.Below(24)) {
      case 0:
        return txn.Clear(key.db);
      case 1:
        return txn.SwapDatabases(key.db, other.db);
      case 2:
        txn.EraseExpired(random_.Below(3));
        return;
      case 3:
      case 4:
        txn.Erase(key);
        return;
      case 5:
      case 6:
      case 7:
        txn.SetDeadline(key, AnyDeadline());
        return;
      case 8:
      case 9:
      case 10:
        if (!same) txn.Move(key, other);
        return;
      case 11:
      case 12:
        if (!same) txn.Copy(key, other);
        return;
      case 13:
      case 14:
      case 15:
      case 16:
      case 17:
        return ChangeString(txn, key);
      default:
        return ChangeSet(txn, key);
    }
  }
  void AnyChanges(Transaction& txn) {
    const size_t changes = 1 + random_.Below(12);
    for (size_t i = 0; i < changes; ++i) AnyChange(txn);
  }

  const uint64_t seed_ = test::SeedOr(GetParam());
  test::Random random_{seed_};
  test::RecordingSink sink_;
  // Without a sink, what it would have to be told is not kept either.
  Keyspace keyspace_{
      {.shards = 4, .sink = GetParam() % 2 == 0 ? &sink_ : nullptr}};
  TimeMs now_ = 1000;
  test::Replica replica_;
  std::forward_list<std::string> lent_;
};

TEST_P(UndoLogModelTest, LeavesEverythingAsItWas) {
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed_);
  for (int step = 0; step < 1500; ++step) {
    SCOPED_TRACE(step);
    now_ += random_.Below(3);
    const Snapshot before = SnapshotOf(keyspace_);
    {
      Transaction txn(keyspace_, now_, Transaction::AllShards());
      txn.EnableRollback();
      AnyChanges(txn);
      txn.Rollback();
      ASSERT_EQ(txn.sequence(), 0u);
      // Its log is as good as new.
      if (random_.OneIn(2)) {
        AnyChanges(txn);
        txn.Rollback();
      }
    }
    ASSERT_EQ(sink_.Take().size(), 0u);
    ASSERT_TRUE(before == SnapshotOf(keyspace_));
    {
      // What stays must stay whether it could have been undone or not.
      Transaction txn(keyspace_, now_, Transaction::AllShards());
      if (random_.OneIn(2)) {
        txn.EnableRollback();
        if (random_.OneIn(2)) {
          AnyChanges(txn);
          txn.Rollback();
        }
      }
      AnyChanges(txn);
    }
    if (GetParam() % 2 == 0) {
      for (const auto& effect : sink_.Take()) replica_.Apply(effect.Borrow());
      ASSERT_EQ(test::VisibleAt(replica_.contents(), now_),
                test::ContentsOf(keyspace_, now_));
    }
    lent_.clear();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, UndoLogModelTest, testing::Range(1, 9));

class RollbackTest : public test::KeyspaceFixture {
 protected:
  // Calls op(transaction), and undoes what it did.
  template <typename Op>
  void RunAndRollBack(Op&& op) {
    Transaction txn(keyspace_, now_, Transaction::AllShards());
    txn.EnableRollback();
    op(txn);
    txn.Rollback();
  }
};

TEST_F(RollbackTest, TakesAVersionThatLaterChangesExceed) {
  Set("k", "v");
  const uint64_t version = VersionOf("k");
  RunAndRollBack([](Transaction& txn) { txn.Erase(Key("k")); });
  EXPECT_EQ(VersionOf("k"), version);
  Set("k", "w");
  EXPECT_GT(VersionOf("k"), version);
}

TEST_F(RollbackTest, ALargeValueIsPutBackAndNotCopied) {
  const std::string large(kMaxInlineBytes + 1, 'x');
  const Key key("k");
  Set("k", large);
  const auto blob = [&] {
    return Run(key,
               [&](Transaction& txn) { return txn.Find(key)->string().blob; });
  };
  const Blob* before = blob();
  RunAndRollBack([&](Transaction& txn) {
    txn.PutString(key, "other", kNoDeadline);
    txn.Erase(key);
  });
  EXPECT_EQ(blob(), before);
  RunAndRollBack([&](Transaction& txn) {
    txn.Move(key, Key("to"));
    txn.EditString(Key("to"), large.size(), [](char* bytes) { *bytes = 'y'; });
  });
  EXPECT_EQ(blob(), before);
  EXPECT_EQ(Get("k"), large);
  EXPECT_EQ(Get("to"), absl::nullopt);
}

TEST(RollbackWithoutASinkTest, AStringThatTheTransactionMadeIsEditedInPlace) {
  // A sink would be told of each edit, and hold on to what it was told.
  Keyspace keyspace({.shards = 1});
  const Key key("k");
  Transaction txn(keyspace, 1000, key);
  txn.EnableRollback();
  txn.PutString(key, std::string(10000, 'x'), kNoDeadline);
  txn.EditString(key, 10001, [](char*) {});  // gets room to grow
  const Entry* made = txn.Find(key);
  const Blob* blob = made->string().blob;
  for (size_t size = 10002; size < 10100; ++size) {
    txn.EditString(key, size, [](char*) {});
  }
  // Or every small edit of a transaction would copy all of a large string.
  EXPECT_EQ(txn.Find(key), made);
  EXPECT_EQ(made->string().blob, blob);
}

TEST_F(RollbackTest, MembersOfAMovedSetComeBackWithIt) {
  for (int i = 0; i < 1000; ++i) AddMember("from", std::to_string(i), i);
  AddMember("to", "old", 1);
  const Snapshot before = SnapshotOf(keyspace_);
  const Key from("from"), to("to");
  RunAndRollBack([&](Transaction& txn) {
    txn.PutMember(from, "5", -5);
    txn.Move(from, to);
    txn.PutMember(to, "new", 0);
    txn.EraseMember(to, "7");
    txn.EraseRanks(to, 100, 800);
    txn.Move(to, from);
    txn.PutMember(from, "8", 0);
  });
  EXPECT_TRUE(before == SnapshotOf(keyspace_));
}

TEST_F(RollbackTest, ASetEmptiedMemberByMemberComesBack) {
  AddMember("z", "a", 1);
  AddMember("z", "b", -0.0);
  const Snapshot before = SnapshotOf(keyspace_);
  const Key z("z");
  RunAndRollBack([&](Transaction& txn) {
    txn.SetDeadline(z, 5000);
    txn.EraseMember(z, "a");
    txn.EraseMember(z, "b");
    EXPECT_EQ(txn.Find(z), nullptr);
    txn.PutMember(z, "c", 3);
  });
  EXPECT_TRUE(before == SnapshotOf(keyspace_));
}

TEST_F(RollbackTest, AnExpiredEntryThatWasMetComesBackForTheSweep) {
  Set("k", "v", 2000);
  now_ = 2000;
  RunAndRollBack([](Transaction& txn) { EXPECT_FALSE(txn.Erase(Key("k"))); });
  EXPECT_EQ(keyspace_.NextDeadline(), 2000);
  Transaction txn(keyspace_, now_, Transaction::AllShards());
  EXPECT_EQ(txn.EraseExpired(10), 1u);
}

}  // namespace
}  // namespace kv::store
