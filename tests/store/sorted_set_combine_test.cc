#include "store/sorted_set_combine.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/effect/effect.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::store::sorted_sets {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;
using Pairs = std::vector<std::pair<std::string, double>>;
using Model = std::map<std::string, double>;

constexpr double kInf = std::numeric_limits<double>::infinity();

Pairs Listed(const OpResult<Members>& members) {
  Pairs pairs;
  for (const ScoredMember& m : *members) pairs.emplace_back(m.member, m.score);
  return pairs;
}

class SortedSetCombineTest : public test::KeyspaceFixture {
 protected:
  template <typename Op>
  auto Run(Op&& op) {
    Transaction txn(keyspace_, now_, keys_);
    return op(txn);
  }
  Pairs UnionOf(const CombineOptions& options = {}) {
    return Run([&](auto& txn) { return Listed(Union(txn, keys_, options)); });
  }
  Pairs IntersectionOf(const CombineOptions& options = {}) {
    return Run(
        [&](auto& txn) { return Listed(Intersect(txn, keys_, options)); });
  }
  Pairs DifferenceOf() {
    return Run([&](auto& txn) { return Listed(Subtract(txn, keys_)); });
  }
  size_t CountOf(size_t limit) {
    return Run(
        [&](auto& txn) { return *CountIntersection(txn, keys_, limit); });
  }

  std::vector<Key> keys_ = {Key("a"), Key("b")};
};

TEST_F(SortedSetCombineTest, ScoresAreWeightedAndAggregated) {
  AddMember("a", "x", 1);
  AddMember("a", "y", 2);
  AddMember("b", "y", 5);
  AddMember("b", "z", 3);
  const double weights[] = {10, 1};
  EXPECT_EQ(UnionOf(), (Pairs{{"x", 1}, {"z", 3}, {"y", 7}}));
  EXPECT_EQ(UnionOf({weights}), (Pairs{{"z", 3}, {"x", 10}, {"y", 25}}));
  EXPECT_EQ(UnionOf({{}, Aggregate::kMin}),
            (Pairs{{"x", 1}, {"y", 2}, {"z", 3}}));
  EXPECT_EQ(UnionOf({{}, Aggregate::kMax}),
            (Pairs{{"x", 1}, {"z", 3}, {"y", 5}}));
  EXPECT_EQ(IntersectionOf(), (Pairs{{"y", 7}}));
  EXPECT_EQ(IntersectionOf({weights, Aggregate::kMax}), (Pairs{{"y", 20}}));
  EXPECT_EQ(DifferenceOf(), (Pairs{{"x", 1}}));
}

TEST_F(SortedSetCombineTest, WhatIsNotANumberCountsAsZero) {
  AddMember("a", "x", kInf);
  AddMember("b", "x", -kInf);
  EXPECT_EQ(UnionOf(), (Pairs{{"x", 0}}));
  EXPECT_EQ(IntersectionOf(), (Pairs{{"x", 0}}));
  const double weights[] = {0, 1};
  EXPECT_EQ(UnionOf({weights, Aggregate::kMax}), (Pairs{{"x", 0}}));
}

TEST_F(SortedSetCombineTest, AKeyMayStandTwice) {
  AddMember("a", "x", 1);
  AddMember("a", "y", 2);
  keys_ = {Key("a"), Key("a")};
  EXPECT_EQ(UnionOf(), (Pairs{{"x", 2}, {"y", 4}}));
  EXPECT_EQ(IntersectionOf(), (Pairs{{"x", 2}, {"y", 4}}));
  EXPECT_EQ(DifferenceOf(), Pairs{});
}

TEST_F(SortedSetCombineTest, CountingEndsAtTheLimit) {
  for (int i = 0; i < 300; ++i) {
    AddMember("a", absl::StrCat(i), i);
    AddMember("b", absl::StrCat(2 * i), i);
  }
  EXPECT_EQ(CountOf(0), 150u);
  EXPECT_EQ(CountOf(1), 1u);
  EXPECT_EQ(CountOf(149), 149u);
  EXPECT_EQ(CountOf(1000), 150u);
}

TEST_F(SortedSetCombineTest, EveryOperationRefusesAnotherType) {
  AddMember("a", "x", 1);
  Set("b", "string");
  Run([&](Transaction& txn) {
    EXPECT_EQ(Union(txn, keys_).status(), OpStatus::kWrongType);
    EXPECT_EQ(Intersect(txn, keys_).status(), OpStatus::kWrongType);
    EXPECT_EQ(Subtract(txn, keys_).status(), OpStatus::kWrongType);
    EXPECT_EQ(CountIntersection(txn, keys_, 0).status(), OpStatus::kWrongType);
  });
}

TEST_F(SortedSetCombineTest, TheDestinationMayBeASource) {
  AddMember("a", "x", 1);
  AddMember("a", "y", 2);
  AddMember("b", "y", 5);
  sink_.Take();
  Run([&](Transaction& txn) {
    Store(txn, keys_[0], Combination::kUnion, *Union(txn, keys_));
  });
  EXPECT_EQ(TakeKinds(), (Kinds{Kind::kErase, Kind::kZPut, Kind::kZPut}));
  EXPECT_EQ(test::ContentsOf(keyspace_, now_)[std::make_pair(0, "a")].members(),
            (Model{{"x", 1}, {"y", 7}}));
  Run([&](Transaction& txn) { Store(txn, keys_[0], Combination::kUnion, {}); });
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
}

// The naive way to combine.
struct NaiveInput {
  const Model* model;
  double weight;
};

double NaiveCombined(Aggregate aggregate, double a, double b) {
  switch (aggregate) {
    case Aggregate::kSum:
      return a + b;
    case Aggregate::kMin:
      return std::min(a, b);
    case Aggregate::kMax:
      return std::max(a, b);
  }
  return 0;
}

Pairs InOrder(const Model& model) {
  Pairs pairs(model.begin(), model.end());
  std::stable_sort(
      pairs.begin(), pairs.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  return pairs;
}

TEST_F(SortedSetCombineTest, RandomSetsCombineAsTheNaiveModel) {
  const uint64_t seed = test::SeedOr(11);
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  test::Random random(seed);
  const std::string names[] = {"a", "b", "c"};
  Model models[3];
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    for (int i = 0; i < 3; ++i) {
      const Key key(names[i]);
      Transaction(keyspace_, now_, key).Erase(key);
      models[i].clear();
      const size_t sizes[] = {0, 3, 40, 400};
      for (size_t n = random.OneOf(sizes); n > 0; --n) {
        const std::string member = absl::StrCat("m", random.Below(300));
        const double score = static_cast<double>(random.Between(-20, 20));
        AddMember(names[i], member, score);
        models[i][member] = score;
      }
    }
    keys_.clear();
    std::vector<NaiveInput> inputs;
    std::vector<double> weights;
    for (size_t n = 1 + random.Below(4); n > 0; --n) {
      const size_t i = random.Below(3);
      keys_.emplace_back(names[i]);
      weights.push_back(static_cast<double>(random.Between(-2, 3)));
      inputs.push_back({&models[i], weights.back()});
    }
    const Aggregate aggregates[] = {Aggregate::kSum, Aggregate::kMin,
                                    Aggregate::kMax};
    const Aggregate aggregate = random.OneOf(aggregates);

    Model all, difference = *inputs[0].model;
    std::map<std::string, size_t> times;
    for (const NaiveInput& input : inputs) {
      for (const auto& [member, score] : *input.model) {
        const double weighted = score * input.weight;
        const auto [place, fresh] = all.emplace(member, weighted);
        if (!fresh) {
          place->second = NaiveCombined(aggregate, place->second, weighted);
        }
        ++times[member];
        if (&input != &inputs[0]) difference.erase(member);
      }
    }
    Model common;
    for (const auto& [member, score] : all) {
      if (times[member] == inputs.size()) common[member] = score;
    }
    ASSERT_EQ(UnionOf({weights, aggregate}), InOrder(all));
    ASSERT_EQ(IntersectionOf({weights, aggregate}), InOrder(common));
    ASSERT_EQ(DifferenceOf(), InOrder(difference));
    ASSERT_EQ(CountOf(0), common.size());
  }
}

}  // namespace
}  // namespace kv::store::sorted_sets
