#include "store/key_ops.h"

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/base/mutex.h"
#include "store/effect/effect.h"
#include "tests/testing/keyspace_fixture.h"

namespace kv::store::keys {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;

class KeyOpsTest : public test::KeyspaceFixture {
 protected:
  bool ExpireAt(absl::string_view key, TimeMs deadline,
                const ExpireOptions& options = {}) {
    const Key k(key);
    return *Run(
        k, [&](Transaction& txn) { return Expire(txn, k, deadline, options); });
  }
  EraseOutcome EraseIf(absl::string_view key, const Condition& condition) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Erase(txn, k, condition); });
  }
  bool PersistKey(absl::string_view key) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Persist(txn, k); });
  }
  bool HasKey(absl::string_view key) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Exists(txn, k); });
  }
  void Clear(uint8_t db) {
    Transaction(keyspace_, now_, Transaction::AllShards()).Clear(db);
  }
  // How often a scan from start to end visits each key. `between` runs after
  // every call.
  template <typename Between>
  std::map<std::string, int> ScanAll(size_t count, Between&& between) {
    std::map<std::string, int> seen;
    uint64_t cursor = 0;
    do {
      cursor = Scan(
          keyspace_, now_, 0, cursor, count,
          [&seen](const ScannedKey& scanned) {
            ++seen[std::string(scanned.key)];
          },
          /*within=*/nullptr);
      between();
    } while (cursor != 0);
    return seen;
  }
};

TEST_F(KeyOpsTest, DescribeTellsTypeVersionAndDeadline) {
  EXPECT_EQ(Describe("k"), absl::nullopt);
  Set("k", "v", 1500);
  AddMember("z", "m", 1);
  EXPECT_EQ(Describe("k")->type, ValueType::kString);
  EXPECT_EQ(Describe("k")->deadline, 1500);
  EXPECT_EQ(Describe("z")->type, ValueType::kSortedSet);
  EXPECT_EQ(Describe("z")->deadline, kNoDeadline);
  EXPECT_GT(Describe("z")->version, Describe("k")->version);
}

TEST_F(KeyOpsTest, ExpiredKeyIsInvisibleBeforeTheSweep) {
  Set("k", "v", 1500);
  now_ = 1499;
  EXPECT_TRUE(HasKey("k"));
  now_ = 1500;
  EXPECT_FALSE(HasKey("k"));
  EXPECT_EQ(Describe("k"), absl::nullopt);
  EXPECT_FALSE(ExpireAt("k", 9000));
  EXPECT_FALSE(PersistKey("k"));
  EXPECT_FALSE(EraseIf("k", {}).erased);
}

TEST_F(KeyOpsTest, EraseTellsWhetherThereWasAKey) {
  Set("k", "v");
  const EraseOutcome first = EraseIf("k", {});
  EXPECT_TRUE(first.erased && first.existed);
  const EraseOutcome second = EraseIf("k", {});
  EXPECT_FALSE(second.erased || second.existed);
}

TEST_F(KeyOpsTest, EraseHeedsItsCondition) {
  using C = Condition::Kind;
  Set("k", "v");
  const uint64_t version = VersionOf("k");
  const Condition failing[] = {{C::kAbsent},
                               {C::kVersionEquals, version + 1},
                               {C::kVersionEquals, 0},
                               {C::kValueEquals, 0, "w"}};
  for (const Condition& condition : failing) {
    const EraseOutcome outcome = EraseIf("k", condition);
    EXPECT_FALSE(outcome.erased);
    EXPECT_TRUE(outcome.existed);
    EXPECT_FALSE(EraseIf("absent", condition).existed);
  }
  EXPECT_EQ(VersionOf("k"), version);
  const Condition holding[] = {
      {C::kNone}, {C::kPresent}, {C::kValueEquals, 0, "v"}};
  for (const Condition& condition : holding) {
    Set("k", "v");
    EXPECT_TRUE(EraseIf("k", condition).erased);
    EXPECT_FALSE(HasKey("k"));
  }
  Set("k", "v");
  EXPECT_TRUE(EraseIf("k", {C::kVersionEquals, VersionOf("k")}).erased);
}

TEST_F(KeyOpsTest, ExpireOptionsCompareWithTheCurrentDeadline) {
  constexpr ExpireOptions kAlways = {}, kNx = {.only_absent = true},
                          kXx = {.only_existing = true},
                          kGt = {.greater = true}, kLt = {.less = true},
                          kXxGt = {.only_existing = true, .greater = true},
                          kXxLt = {.only_existing = true, .less = true};
  struct Case {
    TimeMs current;
    ExpireOptions options;
    TimeMs wanted;
    bool applied;
  };
  const Case cases[] = {
      {kNoDeadline, kAlways, 2000, true},
      {kNoDeadline, kNx, 2000, true},
      {kNoDeadline, kXx, 2000, false},
      {kNoDeadline, kGt, 2000, false},
      {kNoDeadline, kLt, 2000, true},
      {kNoDeadline, kXxGt, 2000, false},
      {kNoDeadline, kXxLt, 2000, false},
      {3000, kAlways, 2000, true},
      {3000, kNx, 2000, false},
      {3000, kXx, 2000, true},
      {3000, kGt, 2999, false},
      {3000, kGt, 3000, false},
      {3000, kGt, 3001, true},
      {3000, kLt, 2999, true},
      {3000, kLt, 3000, false},
      {3000, kLt, 3001, false},
      {3000, kXxGt, 3000, false},
      {3000, kXxGt, 3001, true},
      {3000, kXxLt, 2999, true},
      {3000, kXxLt, 3000, false},
      {3000, kAlways, kNoDeadline, true},
      {3000, kGt, kNoDeadline, true},
  };
  int number = 0;
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << "case " << number++);
    Set("k", "v", c.current);
    EXPECT_EQ(ExpireAt("k", c.wanted, c.options), c.applied);
    EXPECT_EQ(DeadlineOf("k"), c.applied ? c.wanted : c.current);
    EXPECT_FALSE(ExpireAt("absent", c.wanted, c.options));
  }
}

TEST_F(KeyOpsTest, ExpireRefusesOptionsThatExcludeEachOther) {
  const ExpireOptions refused[] = {
      {.only_absent = true, .only_existing = true},
      {.only_absent = true, .greater = true},
      {.only_absent = true, .less = true},
      {.greater = true, .less = true},
  };
  Set("k", "v");
  const Key k("k");
  Transaction txn(keyspace_, now_, k);
  for (const ExpireOptions& options : refused) {
    EXPECT_EQ(Expire(txn, k, 2000, options).status(), OpStatus::kBadOptions);
  }
  EXPECT_EQ(txn.sequence(), 0);
}

TEST_F(KeyOpsTest, ExpireWithADeadlineThatHasPassedRemovesTheKey) {
  for (const TimeMs deadline : {now_, TimeMs{0}, TimeMs{-5}}) {
    Set("k", "v");
    sink_.Take();
    EXPECT_TRUE(ExpireAt("k", deadline));
    EXPECT_FALSE(HasKey("k"));
    EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
  }
  EXPECT_FALSE(ExpireAt("k", now_));
  Set("k", "v", 2000);
  EXPECT_FALSE(ExpireAt("k", now_, {.greater = true}));
  EXPECT_TRUE(ExpireAt("k", now_, {.less = true}));
}

TEST_F(KeyOpsTest, PersistRemovesADeadlineOnce) {
  EXPECT_FALSE(PersistKey("k"));
  Set("k", "v", 2000);
  EXPECT_TRUE(PersistKey("k"));
  EXPECT_FALSE(PersistKey("k"));
  now_ = 5000;
  EXPECT_TRUE(HasKey("k"));
  EXPECT_EQ(keyspace_.NextDeadline(), kNoDeadline);
}

TEST_F(KeyOpsTest, DatabasesAreApart) {
  const Key zero("k", 0), last("k", kDatabases - 1);
  Run(zero, [&](Transaction& txn) { txn.PutString(zero, "0", kNoDeadline); });
  Run(last, [&](Transaction& txn) { txn.PutString(last, "15", 2000); });
  EXPECT_EQ(Get("k"), "0");
  EXPECT_EQ(Size(keyspace_, 0, /*within=*/nullptr), 1u);
  EXPECT_EQ(Size(keyspace_, 1, /*within=*/nullptr), 0u);
  EXPECT_EQ(Size(keyspace_, kDatabases - 1, /*within=*/nullptr), 1u);
  Clear(0);
  EXPECT_EQ(Size(keyspace_, 0, /*within=*/nullptr), 0u);
  EXPECT_EQ(Size(keyspace_, kDatabases - 1, /*within=*/nullptr), 1u);
  EXPECT_EQ(keyspace_.NextDeadline(), 2000);
  Clear(kDatabases - 1);
  EXPECT_EQ(Size(keyspace_, kDatabases - 1, /*within=*/nullptr), 0u);
  EXPECT_EQ(keyspace_.NextDeadline(), kNoDeadline);
}

TEST_F(KeyOpsTest, ClearOfAnUnusedDatabaseMakesNone) {
  Clear(5);
  for (int i = 0; i < keyspace_.shards(); ++i) {
    MutexLock lock(keyspace_.shard(i).mutex);
    EXPECT_EQ(keyspace_.shard(i).databases(), 1);
  }
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kClear});
}

TEST_F(KeyOpsTest, WalksRunInsideATransactionThatHoldsAllShards) {
  for (int i = 0; i < 20; ++i) Set(std::to_string(i), "v");
  const Transaction txn(keyspace_, now_, Transaction::AllShards());
  EXPECT_EQ(Size(keyspace_, 0, &txn), 20u);
  size_t visited = 0;
  EXPECT_EQ(Scan(
                keyspace_, now_, 0, 0, 100,
                [&visited](const ScannedKey&) { ++visited; }, &txn),
            0u);
  EXPECT_EQ(visited, 20u);
}

TEST_F(KeyOpsTest, ScanOfNothingIsOverAtOnce) {
  EXPECT_TRUE(ScanAll(10, [] {}).empty());
}

TEST_F(KeyOpsTest, ScanVisitsEveryKeyOnce) {
  for (int i = 0; i < 500; ++i) Set(std::to_string(i), "v");
  for (const size_t count : {size_t{0}, size_t{1}, size_t{7}, size_t{1000},
                             std::numeric_limits<size_t>::max()}) {
    const auto seen = ScanAll(count, [] {});
    EXPECT_EQ(seen.size(), 500u);
    for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << key;
  }
}

TEST_F(KeyOpsTest, ScanLeavesOutExpiredKeys) {
  Set("a", "v", 1500);
  Set("b", "v");
  now_ = 1500;
  const auto seen = ScanAll(1, [] {});
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen.count("b"), 1u);
}

TEST_F(KeyOpsTest, ScanVisitsWhatStaysWhileOtherKeysComeAndGo) {
  for (int i = 0; i < 50; ++i) Set("stays" + std::to_string(i), "v");
  int calls = 0;
  const auto seen = ScanAll(3, [this, &calls] {
    ++calls;
    for (int i = 0; i < 20 && calls < 100; ++i) {
      const std::string name = std::to_string(calls * 20 + i);
      Set(name, "v", calls < 50 ? kNoDeadline : now_ + 1);
      if (calls > 50) EraseIf(std::to_string((calls - 50) * 20 + i), {});
    }
    now_ += 1;
  });
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(seen.count("stays" + std::to_string(i)), 1u) << i;
  }
  for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << key;
}

TEST_F(KeyOpsTest, ScanTakesAnyCursor) {
  Set("k", "v");
  for (const uint64_t cursor :
       {UINT64_MAX, uint64_t{4} << 32, uint64_t{3} << 32 | UINT32_MAX}) {
    size_t visited = 0;
    while (Scan(
               keyspace_, now_, 0, cursor, 10,
               [&visited](const ScannedKey&) { ++visited; },
               /*within=*/nullptr) != 0) {
    }
    EXPECT_LE(visited, 1u);
  }
}

TEST_F(KeyOpsTest, RandomKeyIsAnyKeyThatHasNotExpired) {
  const auto draw = [this](uint64_t random) {
    return RandomKey(keyspace_, now_, 0, random, /*within=*/nullptr);
  };
  EXPECT_EQ(draw(7), absl::nullopt);
  Set("a", "v");
  Set("b", "v");
  Set("c", "v", 1500);
  std::map<std::string, int> drawn;
  for (uint64_t i = 0; i < 30; ++i) ++drawn[*draw(i)];
  EXPECT_EQ(drawn,
            (std::map<std::string, int>{{"a", 10}, {"b", 10}, {"c", 10}}));
  now_ = 1500;
  for (uint64_t i = 0; i < 30; ++i) EXPECT_NE(*draw(i), "c");
  Clear(0);
  Set("c", "v", 1600);
  now_ = 1600;
  EXPECT_EQ(draw(0), absl::nullopt);
}

TEST_F(KeyOpsTest, WalksSeeSwappedDatabases) {
  Set("k", "v", 1500);
  Transaction(keyspace_, now_, Transaction::AllShards()).SwapDatabases(0, 3);
  EXPECT_EQ(Size(keyspace_, 0, /*within=*/nullptr), 0u);
  EXPECT_EQ(Size(keyspace_, 3, /*within=*/nullptr), 1u);
  EXPECT_TRUE(ScanAll(10, [] {}).empty());
  EXPECT_EQ(RandomKey(keyspace_, now_, 3, 0, /*within=*/nullptr), "k");
  sink_.Take();
  // What expires is reported under the number that clients know.
  Transaction(keyspace_, 1500, Transaction::AllShards()).EraseExpired(1);
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].db, 3);
  EXPECT_EQ(effects[0].place, 0);
}

}  // namespace
}  // namespace kv::store::keys
