#include "bench/load/workload.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace kv::bench {
namespace {

using Kind = Operation::Kind;

Workload Find(absl::string_view name, const WorkloadOptions& options) {
  absl::optional<Workload> workload = Workload::Find(name, options);
  EXPECT_TRUE(workload.has_value()) << name;
  return *std::move(workload);
}

TEST(WorkloadTest, KeysAndMembersHaveTheirSize) {
  const WorkloadOptions options = {.keys = 100, .sets = 1, .key_size = 16};
  EXPECT_EQ(Find("get", options).Fill(7).keys[0], "key:000000000007");
  const Operation add = Find("zscore", options).Fill(7);
  EXPECT_EQ(add.keys[0], "set:000000000000");
  EXPECT_EQ(add.member, "member:000000007");
  EXPECT_EQ(Find("get", {.key_size = 2}).Fill(1234).keys[0], "key:1234");
}

TEST(WorkloadTest, AFillMakesEveryKeyOnce) {
  const Workload workload = Find("get", {.keys = 500});
  std::set<std::string> keys;
  for (uint64_t i = 0; i < workload.fill_size(); ++i) {
    keys.insert(workload.Fill(i).keys[0]);
  }
  EXPECT_EQ(keys.size(), 500u);
}

TEST(WorkloadTest, SetsAreFilledInTurnOrOneAfterTheOther) {
  for (const bool by_set : {false, true}) {
    const Workload workload =
        Find("zscore", {.keys = 32, .sets = 3, .fill_by_set = by_set});
    std::set<std::string> members;
    for (uint64_t i = 0; i < workload.fill_size(); ++i) {
      const Operation add = workload.Fill(i);
      members.insert(add.keys[0] + add.member);
      if (i < 30) {
        EXPECT_EQ(add.keys[0].back(), '0' + (by_set ? i / 10 : i % 3)) << i;
      }
    }
    EXPECT_EQ(members.size(), 32u);
  }
}

TEST(WorkloadTest, OnlyStringsOfSetexExpire) {
  const WorkloadOptions options = {.keys = 10, .ttl_s = 60};
  EXPECT_EQ(Find("setex", options).Next().ttl_s, 60);
  EXPECT_EQ(Find("setex", options).Fill(3).ttl_s, 60);
  EXPECT_EQ(Find("setex", options).fill_size(), 10u);
  EXPECT_EQ(Find("set", options).Next().ttl_s, 0);
  EXPECT_EQ(Find("get", options).Fill(3).ttl_s, 0);
}

TEST(WorkloadTest, StringsExpireWithinTheSecondFromATimeOn) {
  const Workload workload =
      Find("setex", {.keys = 5000, .expire_time_ms = 1000000});
  std::set<int64_t> times;
  for (uint64_t i = 0; i < workload.fill_size(); ++i) {
    times.insert(workload.Fill(i).expire_time_ms);
    EXPECT_EQ(workload.Fill(i).ttl_s, 0);
  }
  EXPECT_EQ(times.size(), 1000u);
  EXPECT_EQ(*times.begin(), 1000000);
  EXPECT_EQ(*times.rbegin(), 1000999);
}

TEST(WorkloadTest, RangesStartAnywhereOrNearARank) {
  Workload anywhere = Find("zrange", {.keys = 100000, .sets = 1});
  Workload near =
      Find("zrange", {.keys = 100000, .sets = 1, .range_start = 50000});
  int64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    Operation operation = anywhere.Next();
    last = std::max(last, operation.start);
    EXPECT_LE(operation.stop, 99999);
    operation = near.Next();
    EXPECT_GE(operation.start, 50000);
    EXPECT_LT(operation.start, 51000);
    EXPECT_EQ(operation.stop, operation.start + 99);
  }
  EXPECT_GT(last, 80000);
}

TEST(WorkloadTest, RangesWithAndWithoutScoresAndByScore) {
  const WorkloadOptions options = {.keys = 1000, .sets = 1};
  EXPECT_TRUE(Find("zrange", options).Next().with_scores);
  EXPECT_FALSE(Find("zmembers", options).Next().with_scores);
  const Operation by_score = Find("zbyscore", options).Next();
  EXPECT_EQ(by_score.kind, Kind::kRangeByScore);
  EXPECT_EQ(by_score.limit, 10);
  EXPECT_EQ(Find("zbyscore", options).fill_size(), 1000u);
}

}  // namespace
}  // namespace kv::bench
