#include "store/sorted_set_ops.h"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
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
  EXPECT_EQ(ScoreOf("a"), 1);
  EXPECT_EQ(ScoreOf("b"), 3);
  EXPECT_EQ(ScoreOf("c"), 4);
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
    EXPECT_EQ(Scores(txn, key_, {"a"}, [](absl::optional<double>) { FAIL(); })
                  .status(),
              OpStatus::kWrongType);
    EXPECT_EQ(Scan(txn, key_, 0, 1, [](absl::string_view, double) { FAIL(); })
                  .status(),
              OpStatus::kWrongType);
  });
  EXPECT_EQ(Get("z"), "string");
}

TEST_F(SortedSetOpsTest, AbsentKeyIsAnEmptySet) {
  Run(key_, [this](Transaction& txn) {
    EXPECT_EQ(*Cardinality(txn, key_), 0u);
    EXPECT_EQ(*Rank(txn, key_, "a", false), absl::nullopt);
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

TEST_F(SortedSetOpsTest, ScoresStandInTheOrderAsked) {
  AddAll({{"a", 1}, {"b", 2}}).ok();
  std::vector<absl::optional<double>> scores;
  Run(key_, [&](Transaction& txn) {
    EXPECT_EQ(*Scores(txn, key_, {"b", "x", "a", "b"},
                      [&](absl::optional<double> s) { scores.push_back(s); }),
              3u);
  });
  EXPECT_EQ(scores,
            (std::vector<absl::optional<double>>{2, absl::nullopt, 1, 2}));
}

TEST_F(SortedSetOpsTest, ScanVisitsEveryMember) {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back(std::to_string(i));
  for (const std::string& name : names) AddAll({{name, 1}}).ok();
  std::set<std::string> seen;
  Run(key_, [&](Transaction& txn) {
    uint64_t cursor = 0;
    int calls = 0;
    do {
      cursor = *Scan(txn, key_, cursor, 10,
                     [&](absl::string_view m, double) { seen.emplace(m); });
      ++calls;
    } while (cursor != 0);
    EXPECT_GE(calls, 50);
  });
  EXPECT_EQ(seen.size(), names.size());
}

}  // namespace
}  // namespace kv::store::sorted_sets
