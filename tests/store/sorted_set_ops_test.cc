#include "store/sorted_set_ops.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/effect/effect.h"
#include "tests/testing/keyspace_fixture.h"

namespace kv::store::sorted_sets {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;
using Pairs = std::vector<std::pair<std::string, double>>;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class SortedSetOpsTest : public test::KeyspaceFixture {
 protected:
  OpResult<AddOutcome> AddAll(const std::vector<ScoredMember>& members,
                              const AddOptions& options = {}) {
    return Run(key_, [&](Transaction& txn) {
      return Add(txn, key_, members, options);
    });
  }
  OpResult<absl::optional<double>> AddTo(absl::string_view member, double delta,
                                         const AddOptions& options = {}) {
    return Run(key_, [&](Transaction& txn) {
      return Increment(txn, key_, member, delta, options);
    });
  }
  OpResult<size_t> RemoveAll(const std::vector<absl::string_view>& members) {
    return Run(key_,
               [&](Transaction& txn) { return Remove(txn, key_, members); });
  }
  absl::optional<double> ScoreOf(absl::string_view member) {
    return Run(key_,
               [&](Transaction& txn) { return *Score(txn, key_, member); });
  }
  size_t CountIn(const ScoreRange& range) {
    return Run(key_,
               [&](Transaction& txn) { return *Count(txn, key_, range); });
  }
  Pairs Ranks(int64_t start, int64_t stop, bool reverse = false) {
    return Run(key_, [&](Transaction& txn) {
      return Listed(*RangeByRank(txn, key_, start, stop, reverse));
    });
  }
  Pairs Scores(const ScoreRange& range, bool reverse = false, size_t offset = 0,
               size_t limit = kNoLimit) {
    return Run(key_, [&](Transaction& txn) {
      return Listed(*RangeByScore(txn, key_, range, reverse, offset, limit));
    });
  }
  static Pairs Listed(const MemberRange& range) {
    Pairs pairs;
    range.Visit([&pairs](absl::string_view member, double score) {
      pairs.emplace_back(member, score);
    });
    EXPECT_EQ(pairs.size(), range.size());
    return pairs;
  }

  const Key key_{"z"};
};

const AddOptions kNx = {.only_new = true};
const AddOptions kXx = {.only_existing = true};
const AddOptions kGt = {.greater = true};
const AddOptions kLt = {.less = true};

TEST_F(SortedSetOpsTest, AddCountsAddedAndUpdated) {
  const auto first = AddAll({{"a", 1}, {"b", 2}});
  EXPECT_EQ(first->added, 2u);
  EXPECT_EQ(first->updated, 0u);
  const auto second = AddAll({{"a", 1}, {"b", 3}, {"c", 4}});
  EXPECT_EQ(second->added, 1u);
  EXPECT_EQ(second->updated, 1u);
  EXPECT_EQ(second->version, VersionOf("z"));
  EXPECT_EQ(Ranks(0, -1), (Pairs{{"a", 1}, {"b", 3}, {"c", 4}}));
}

TEST_F(SortedSetOpsTest, AMemberThatStandsTwiceGetsItsLastScore) {
  const auto added = AddAll({{"a", 1}, {"a", 2}});
  EXPECT_EQ(added->added, 1u);
  EXPECT_EQ(added->updated, 1u);
  EXPECT_EQ(ScoreOf("a"), 2);
}

TEST_F(SortedSetOpsTest, AddThatChangesNothingRecordsNothing) {
  AddAll({{"a", 1}}).ok();
  const uint64_t version = VersionOf("z");
  sink_.Take();
  EXPECT_EQ(AddAll({{"a", 1}})->version, version);
  EXPECT_EQ(AddAll({})->version, version);
  EXPECT_EQ(TakeKinds(), Kinds{});
  EXPECT_EQ(VersionOf("z"), version);
}

TEST_F(SortedSetOpsTest, AddOfNothingMakesNoKey) {
  EXPECT_EQ(AddAll({})->version, 0u);
  EXPECT_EQ(AddAll({{"a", 1}}, kXx)->version, 0u);
  EXPECT_EQ(Describe("z"), absl::nullopt);
}

TEST_F(SortedSetOpsTest, OptionsDecideWhichMembersAreTouched) {
  struct Case {
    AddOptions options;
    double present;  // what becomes of a=5 when 5 -/+ 1 or 5 is put
    double lower, equal, higher;
    bool adds;
  };
  const AddOptions xx_gt = {.only_existing = true, .greater = true};
  const AddOptions xx_lt = {.only_existing = true, .less = true};
  const Case cases[] = {
      {{}, 5, 4, 5, 6, true},     {kNx, 5, 5, 5, 5, true},
      {kXx, 5, 4, 5, 6, false},   {kGt, 5, 5, 5, 6, true},
      {kLt, 5, 4, 5, 5, true},    {xx_gt, 5, 5, 5, 6, false},
      {xx_lt, 5, 4, 5, 5, false},
  };
  for (const Case& c : cases) {
    const std::pair<double, double> puts[] = {
        {4, c.lower}, {5, c.equal}, {6, c.higher}};
    for (const auto& [score, expected] : puts) {
      RemoveAll({"a", "n"}).ok();
      AddAll({{"a", c.present}}).ok();
      const auto added = AddAll({{"a", score}, {"n", 1}}, c.options);
      EXPECT_EQ(ScoreOf("a"), expected);
      EXPECT_EQ(added->updated, expected == c.present ? 0u : 1u);
      EXPECT_EQ(added->added, c.adds ? 1u : 0u);
      EXPECT_EQ(ScoreOf("n").has_value(), c.adds);
    }
  }
}

TEST_F(SortedSetOpsTest, GreaterComparesWithWhatTheSameCallPut) {
  AddAll({{"a", 3}, {"a", 2}, {"a", 4}}, kGt).ok();
  EXPECT_EQ(ScoreOf("a"), 4);
}

TEST_F(SortedSetOpsTest, OptionsThatExcludeEachOtherAreRefused) {
  const AddOptions bad[] = {{.only_new = true, .only_existing = true},
                            {.only_new = true, .greater = true},
                            {.only_new = true, .less = true},
                            {.greater = true, .less = true}};
  for (const AddOptions& options : bad) {
    EXPECT_EQ(AddAll({{"a", 1}}, options).status(), OpStatus::kBadOptions);
    EXPECT_EQ(AddTo("a", 1, options).status(), OpStatus::kBadOptions);
  }
}

TEST_F(SortedSetOpsTest, NanIsRefusedBeforeAnythingChanges) {
  EXPECT_EQ(AddAll({{"a", 1}, {"b", kNan}}).status(), OpStatus::kNotANumber);
  EXPECT_EQ(Describe("z"), absl::nullopt);
  EXPECT_EQ(AddTo("a", kNan).status(), OpStatus::kNotANumber);
  EXPECT_EQ(Describe("z"), absl::nullopt);
}

TEST_F(SortedSetOpsTest, IncrementCountsFromZero) {
  EXPECT_EQ(**AddTo("a", 1.5), 1.5);
  EXPECT_EQ(**AddTo("a", -2), -0.5);
  EXPECT_EQ(ScoreOf("a"), -0.5);
}

TEST_F(SortedSetOpsTest, IncrementTellsWhenTheOptionsForbidIt) {
  EXPECT_EQ(*AddTo("a", 1, kXx), absl::nullopt);
  EXPECT_EQ(Describe("z"), absl::nullopt);
  EXPECT_EQ(**AddTo("a", 1, kNx), 1);
  EXPECT_EQ(*AddTo("a", 1, kNx), absl::nullopt);
  EXPECT_EQ(*AddTo("a", -1, kGt), absl::nullopt);
  EXPECT_EQ(*AddTo("a", 0, kGt), absl::nullopt);
  EXPECT_EQ(*AddTo("a", 1, kLt), absl::nullopt);
  EXPECT_EQ(**AddTo("a", 1, kGt), 2);
  EXPECT_EQ(**AddTo("a", -3, kLt), -1);
  EXPECT_EQ(**AddTo("a", 1, kXx), 0);
}

TEST_F(SortedSetOpsTest, InfinityMinusInfinityIsRefused) {
  EXPECT_EQ(**AddTo("a", kInf), kInf);
  const uint64_t version = VersionOf("z");
  EXPECT_EQ(AddTo("a", -kInf).status(), OpStatus::kNotANumber);
  EXPECT_EQ(ScoreOf("a"), kInf);
  EXPECT_EQ(VersionOf("z"), version);
  EXPECT_EQ(**AddTo("a", -1), kInf);
  // What NX forbids is never summed up, so it cannot be refused.
  const auto forbidden = AddTo("a", -kInf, kNx);
  ASSERT_TRUE(forbidden.ok());
  EXPECT_EQ(*forbidden, absl::nullopt);
}

TEST_F(SortedSetOpsTest, RemoveCountsAndErasesTheEmptySet) {
  AddAll({{"a", 1}, {"b", 2}}).ok();
  sink_.Take();
  EXPECT_EQ(*RemoveAll({"x", "a", "a"}), 1u);
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kZErase});
  EXPECT_EQ(*RemoveAll({"b", "b", "a"}), 1u);
  EXPECT_EQ(TakeKinds(), (Kinds{Kind::kZErase, Kind::kErase}));
  EXPECT_EQ(Describe("z"), absl::nullopt);
  EXPECT_EQ(*RemoveAll({"b"}), 0u);
}

TEST_F(SortedSetOpsTest, ASetRemovedAndMadeAnewHasNoDeadline) {
  AddAll({{"a", 1}}).ok();
  Run(key_, [this](Transaction& txn) { txn.SetDeadline(key_, 2000); });
  AddAll({{"b", 1}}).ok();
  EXPECT_EQ(DeadlineOf("z"), 2000);
  RemoveAll({"a", "b"}).ok();
  AddAll({{"a", 1}}).ok();
  EXPECT_EQ(DeadlineOf("z"), kNoDeadline);
}

TEST_F(SortedSetOpsTest, AnExpiredKeyIsAnEmptySetWhateverItHeld) {
  Set("z", "string", 2000);
  now_ = 2000;
  EXPECT_EQ(ScoreOf("a"), absl::nullopt);
  sink_.Take();
  EXPECT_EQ(*RemoveAll({"a"}), 0u);
  EXPECT_EQ(AddAll({{"a", 1}})->added, 1u);
  EXPECT_EQ(TakeKinds(), (Kinds{Kind::kErase, Kind::kZPut}));
  EXPECT_EQ(DeadlineOf("z"), kNoDeadline);
}

TEST_F(SortedSetOpsTest, EveryOperationRefusesAnotherType) {
  Set("z", "string");
  EXPECT_EQ(AddAll({{"a", 1}}).status(), OpStatus::kWrongType);
  EXPECT_EQ(AddAll({}).status(), OpStatus::kWrongType);
  EXPECT_EQ(AddTo("a", 1).status(), OpStatus::kWrongType);
  EXPECT_EQ(RemoveAll({"a"}).status(), OpStatus::kWrongType);
  Run(key_, [this](Transaction& txn) {
    EXPECT_EQ(Score(txn, key_, "a").status(), OpStatus::kWrongType);
    EXPECT_EQ(Cardinality(txn, key_).status(), OpStatus::kWrongType);
    EXPECT_EQ(Rank(txn, key_, "a", false).status(), OpStatus::kWrongType);
    EXPECT_EQ(Count(txn, key_, {}).status(), OpStatus::kWrongType);
    EXPECT_EQ(RangeByRank(txn, key_, 0, -1, false).status(),
              OpStatus::kWrongType);
    EXPECT_EQ(RangeByScore(txn, key_, {}, false).status(),
              OpStatus::kWrongType);
  });
  EXPECT_EQ(Get("z"), "string");
}

TEST_F(SortedSetOpsTest, AbsentKeyIsAnEmptySet) {
  Run(key_, [this](Transaction& txn) {
    EXPECT_EQ(*Cardinality(txn, key_), 0u);
    EXPECT_EQ(*Rank(txn, key_, "a", false), absl::nullopt);
    EXPECT_EQ(RangeByRank(txn, key_, 0, -1, true)->size(), 0u);
    EXPECT_EQ(RangeByScore(txn, key_, {}, true)->size(), 0u);
    EXPECT_EQ(*Count(txn, key_, {}), 0u);
  });
}

TEST_F(SortedSetOpsTest, RankCountsFromEitherEnd) {
  AddAll({{"a", 1}, {"b", 1}, {"c", 3}}).ok();
  Run(key_, [this](Transaction& txn) {
    const auto rank = [&](absl::string_view member, bool reverse) {
      return (*Rank(txn, key_, member, reverse))->rank;
    };
    EXPECT_EQ(rank("a", false), 0u);
    EXPECT_EQ(rank("b", false), 1u);
    EXPECT_EQ(rank("c", false), 2u);
    EXPECT_EQ(rank("a", true), 2u);
    EXPECT_EQ(rank("c", true), 0u);
    EXPECT_EQ((*Rank(txn, key_, "c", true))->score, 3);
    EXPECT_EQ(*Rank(txn, key_, "x", false), absl::nullopt);
    EXPECT_EQ(*Cardinality(txn, key_), 3u);
  });
}

TEST_F(SortedSetOpsTest, RangeByRankClampsLikeRedis) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}}).ok();
  const Pairs all = {{"a", 1}, {"b", 2}, {"c", 3}};
  const Pairs reversed = {{"c", 3}, {"b", 2}, {"a", 1}};
  EXPECT_EQ(Ranks(0, -1), all);
  EXPECT_EQ(Ranks(kMin, kMax), all);
  EXPECT_EQ(Ranks(kMin, kMax, true), reversed);
  EXPECT_EQ(Ranks(1, 1), (Pairs{{"b", 2}}));
  EXPECT_EQ(Ranks(-2, -2), (Pairs{{"b", 2}}));
  EXPECT_EQ(Ranks(0, 0, true), (Pairs{{"c", 3}}));
  EXPECT_EQ(Ranks(-2, -1, true), (Pairs{{"b", 2}, {"a", 1}}));
  EXPECT_EQ(Ranks(2, 1), Pairs{});
  EXPECT_EQ(Ranks(3, 10), Pairs{});
  EXPECT_EQ(Ranks(0, -4), Pairs{});
  EXPECT_EQ(Ranks(kMax, kMax), Pairs{});
  EXPECT_EQ(Ranks(kMin, kMin), Pairs{});
  EXPECT_EQ(Ranks(-100, 0), (Pairs{{"a", 1}}));
}

TEST_F(SortedSetOpsTest, ScoreRangesIncludeOrExcludeTheirEnds) {
  AddAll({{"a", -kInf}, {"b", 1}, {"c", 1}, {"d", 2}, {"e", kInf}}).ok();
  EXPECT_EQ(CountIn({}), 5u);
  EXPECT_EQ(CountIn({1, 2}), 3u);
  EXPECT_EQ(CountIn({1, 2, true, false}), 1u);
  EXPECT_EQ(CountIn({1, 2, false, true}), 2u);
  EXPECT_EQ(CountIn({1, 2, true, true}), 0u);
  EXPECT_EQ(CountIn({1, 1}), 2u);
  EXPECT_EQ(CountIn({1, 1, true, false}), 0u);
  EXPECT_EQ(CountIn({1, 1, true, true}), 0u);
  EXPECT_EQ(CountIn({2, 1}), 0u);
  EXPECT_EQ(CountIn({-kInf, kInf, true, true}), 3u);
  EXPECT_EQ(CountIn({kInf, kInf}), 1u);
  EXPECT_EQ(CountIn({-kInf, -kInf}), 1u);
  EXPECT_EQ(Scores({1, 2}), (Pairs{{"b", 1}, {"c", 1}, {"d", 2}}));
  EXPECT_EQ(Scores({1, 2}, true), (Pairs{{"d", 2}, {"c", 1}, {"b", 1}}));
}

TEST_F(SortedSetOpsTest, OffsetAndLimitCutAScoreRange) {
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}).ok();
  const ScoreRange range = {1, 3};
  EXPECT_EQ(Scores(range, false, 1), (Pairs{{"b", 2}, {"c", 3}}));
  EXPECT_EQ(Scores(range, false, 1, 1), (Pairs{{"b", 2}}));
  EXPECT_EQ(Scores(range, true, 1, 1), (Pairs{{"b", 2}}));
  EXPECT_EQ(Scores(range, true, 2, 5), (Pairs{{"a", 1}}));
  EXPECT_EQ(Scores(range, false, 0, 0), Pairs{});
  EXPECT_EQ(Scores(range, false, 3), Pairs{});
  EXPECT_EQ(Scores(range, true, kNoLimit), Pairs{});
}

TEST_F(SortedSetOpsTest, RangeFromPairMatchesWalkingFromThePair) {
  // Small, and large enough to be a tree.
  for (const size_t size : {size_t{0}, size_t{5}, size_t{300}}) {
    Pairs all;
    for (size_t i = 0; i < size; ++i) {
      const std::string member = "m" + std::to_string(100000 + i);
      AddMember("z", member, static_cast<double>(i / 3));
      all.emplace_back(member, static_cast<double>(i / 3));
    }
    for (const double score : {-1.0, 0.0, 1.0, 50.5, 1000.0, kInf}) {
      for (const int64_t offset : {0, 1, -1, 4, -4, 1000, -1000}) {
        for (const size_t limit : {size_t{0}, size_t{1}, size_t{7}, kNoLimit}) {
          SCOPED_TRACE(std::to_string(size) + " members, from " +
                       std::to_string(score) + " by " + std::to_string(offset));
          const std::string member = "m100004";
          int64_t at = 0;
          while (at < all.size() &&
                 std::make_pair(all[at].second, all[at].first) <
                     std::make_pair(score, member)) {
            ++at;
          }
          Pairs expected;
          if (at < all.size() && at + offset >= 0) {
            for (size_t i = at + offset;
                 i < all.size() && expected.size() < limit; ++i) {
              expected.push_back(all[i]);
            }
          }
          const Key key("z");
          EXPECT_EQ(Run(key,
                        [&](Transaction& txn) {
                          return Listed(*RangeFromPair(txn, key, score, member,
                                                       offset, limit));
                        }),
                    expected);
        }
      }
    }
  }
}

}  // namespace
}  // namespace kv::store::sorted_sets
