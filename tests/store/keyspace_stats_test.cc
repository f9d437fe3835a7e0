#include "store/keyspace_stats.h"

#include <string>

#include "gtest/gtest.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_fixture.h"

namespace kv::store {
namespace {

using KeyspaceStatsTest = test::KeyspaceFixture;

TEST_F(KeyspaceStatsTest, AnEmptyKeyspaceHasNothing) {
  for (const DatabaseStats& stats :
       DescribeDatabases(keyspace_, now_, /*within=*/nullptr)) {
    EXPECT_EQ(stats.keys, 0);
    EXPECT_EQ(stats.expires, 0);
    EXPECT_EQ(stats.average_ttl_ms, 0);
  }
}

TEST_F(KeyspaceStatsTest, EachDatabaseIsCountedForItself) {
  Set("a", "1");
  Set("b", "1", now_ + 100);
  const Key other("a", 3);
  Run(other, [&](Transaction& txn) { txn.PutString(other, "", kNoDeadline); });
  const auto stats = DescribeDatabases(keyspace_, now_, /*within=*/nullptr);
  EXPECT_EQ(stats[0].keys, 2);
  EXPECT_EQ(stats[0].expires, 1);
  EXPECT_EQ(stats[0].average_ttl_ms, 100);
  EXPECT_EQ(stats[3].keys, 1);
  EXPECT_EQ(stats[3].expires, 0);
}

TEST_F(KeyspaceStatsTest, ExchangedDatabasesAreCountedByTheirNewNumbers) {
  Set("a", "1");
  Transaction(keyspace_, now_, Transaction::AllShards()).SwapDatabases(0, 3);
  const auto stats = DescribeDatabases(keyspace_, now_, /*within=*/nullptr);
  EXPECT_EQ(stats[0].keys, 0);
  EXPECT_EQ(stats[3].keys, 1);
}

TEST_F(KeyspaceStatsTest, TheAverageTimeToLiveIsNearTheRealOne) {
  constexpr int kKeys = 1000;
  for (int i = 1; i <= kKeys; ++i) {
    Set(std::to_string(i), "", now_ + i * 10);
  }
  const auto stats = DescribeDatabases(keyspace_, now_, /*within=*/nullptr);
  EXPECT_EQ(stats[0].expires, kKeys);
  EXPECT_NEAR(stats[0].average_ttl_ms, kKeys * 10 / 2, kKeys * 10 / 4);
}

TEST_F(KeyspaceStatsTest, InsideATransactionNothingIsLockedAgain) {
  Set("a", "1");
  Transaction txn(keyspace_, now_, Transaction::AllShards());
  EXPECT_EQ(DescribeDatabases(keyspace_, now_, &txn)[0].keys, 1);
}

}  // namespace
}  // namespace kv::store
