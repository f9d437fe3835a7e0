#include "store/reclaimer.h"

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/sorted_set.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

constexpr TimeMs kNow = 1000;

SortedSet SetOf(int members) {
  SortedSet set;
  for (int i = 0; i < members; ++i) set.Upsert(std::to_string(i), i);
  return set;
}

// A keyspace with a reclaimer, and a large set at "large".
class ReclaimerTest : public testing::Test {
 protected:
  ReclaimerTest() { Put("large", 20000); }

  void Put(const char* key, int members, TimeMs deadline = kNoDeadline) {
    Transaction txn(keyspace_, kNow, Key(key));
    txn.PutSortedSet(Key(key), SetOf(members), deadline);
  }
  // How many values the reclaimer got from a transaction of all shards.
  uint64_t TakenBy(absl::FunctionRef<void(Transaction&)> change,
                   TimeMs now = kNow) {
    const uint64_t before = reclaimer_.taken();
    {
      Transaction txn(keyspace_, now, Transaction::AllShards());
      change(txn);
      EXPECT_EQ(reclaimer_.taken(), before) << "with the shards locked";
    }
    const uint64_t taken = reclaimer_.taken() - before;
    reclaimer_.Drain();
    return taken;
  }

  Reclaimer reclaimer_;
  Keyspace keyspace_{{.shards = 4, .reclaimer = &reclaimer_}};
};

TEST_F(ReclaimerTest, EveryWayToLoseALargeSetHandsItOver) {
  const Key key("large"), other("other");
  EXPECT_EQ(TakenBy([&](Transaction& txn) { txn.Erase(key); }), 1u);
  Put("large", 5000);
  EXPECT_EQ(TakenBy([&](Transaction& txn) {
              txn.PutString(key, "text", kNoDeadline);
            }),
            1u);
  Put("large", 5000);
  EXPECT_EQ(
      TakenBy([&](Transaction& txn) { txn.PutSortedSet(key, SetOf(2000)); }),
      1u);
  EXPECT_EQ(TakenBy([&](Transaction& txn) { txn.EraseRanks(key, 0, 2000); }),
            1u);
  Put("large", 5000);
  Put("other", 3);
  EXPECT_EQ(TakenBy([&](Transaction& txn) { txn.Move(other, key); }), 1u);
  Put("large", 5000, kNow + 1);
  EXPECT_EQ(TakenBy([&](Transaction& txn) { txn.EraseExpired(9); }, kNow + 1),
            1u);
  Put("large", 5000);
  EXPECT_EQ(TakenBy([&](Transaction& txn) { txn.SetDeadline(key, kNow); }), 1u);
}

TEST_F(ReclaimerTest, SmallValuesAreFreedWhereTheyAreRemoved) {
  Put("small", Reclaimer::kLargeSet - 1);
  EXPECT_EQ(TakenBy([](Transaction& txn) {
              EXPECT_TRUE(txn.Erase(Key("small")));
              txn.PutString(Key("s"), std::string(9999, 'x'), kNoDeadline);
              txn.Erase(Key("s"));
            }),
            0u);
}

TEST_F(ReclaimerTest, AMovedSetIsKept) {
  EXPECT_EQ(TakenBy([](Transaction& txn) {
              EXPECT_TRUE(txn.Move(Key("large"), Key("moved")));
            }),
            0u);
  Transaction txn(keyspace_, kNow, Key("moved"));
  EXPECT_EQ(txn.Find(Key("moved"))->sorted_set().size(), 20000u);
}

TEST_F(ReclaimerTest, WhatARollbackPutsBackIsKept) {
  EXPECT_EQ(TakenBy([](Transaction& txn) {
              txn.EnableRollback();
              txn.Erase(Key("large"));
              txn.Rollback();
            }),
            0u);
  Transaction txn(keyspace_, kNow, Key("large"));
  EXPECT_EQ(txn.Find(Key("large"))->sorted_set().size(), 20000u);
}

TEST_F(ReclaimerTest, AClearedDatabaseIsHandedOverAsAWhole) {
  for (int i = 0; i < 1000; ++i) Put(std::to_string(i).c_str(), 1);
  EXPECT_EQ(TakenBy([](Transaction& txn) { txn.Clear(0); }), 1u);
  Transaction txn(keyspace_, kNow, Key("large"));
  EXPECT_EQ(txn.Find(Key("large")), nullptr);
}

// Leak checkers see whether it does.
TEST_F(ReclaimerTest, TheDestructorFreesWhatIsLeft) {
  Reclaimer reclaimer;
  for (int i = 0; i < 20; ++i) reclaimer.Take(SetOf(10000));
}

TEST_F(ReclaimerTest, ThreadsMayHandOverAtTheSameTime) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([this, i] {
      const std::string name = "set" + std::to_string(i);
      for (int round = 0; round < 10; ++round) {
        Put(name.c_str(), 10000);
        Transaction txn(keyspace_, kNow, Key(name));
        txn.Erase(Key(name));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  reclaimer_.Drain();
  EXPECT_EQ(reclaimer_.taken(), 30u);
}

}  // namespace
}  // namespace kv::store
