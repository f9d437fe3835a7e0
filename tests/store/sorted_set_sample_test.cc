#include "store/sorted_set_sample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::store::sorted_sets {
namespace {

class SortedSetSampleTest : public test::KeyspaceFixture {
 protected:
  void Fill(int size) {
    for (int i = 0; i < size; ++i) AddMember("z", absl::StrCat(i), i);
  }
  // The sample's members; each must have its own score.
  std::vector<std::string> Sample(size_t count, bool with_repetition) {
    std::vector<std::string> names;
    Run(key_, [&](Transaction& txn) {
      const auto sample = with_repetition
                              ? RandomDraws(txn, key_, count, random_)
                              : RandomMembers(txn, key_, count, random_);
      for (const ScoredMember& member : *sample) {
        EXPECT_EQ(absl::StrCat(member.score), member.member);
        names.emplace_back(member.member);
      }
    });
    return names;
  }

  const Key key_{"z"};
  const uint64_t seed_ = test::SeedOr(3);
  std::mt19937_64 random_{seed_};
};

TEST_F(SortedSetSampleTest, SamplesAreDistinctAndFull) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  for (const int size : {1, 5, 100, 1000}) {
    Fill(size);
    for (const size_t count : {0, 1, 4, 90, 999, 1000, 5000}) {
      const auto names = Sample(count, false);
      EXPECT_EQ(names.size(), std::min<size_t>(count, size));
      EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
                names.size());
    }
  }
}

TEST_F(SortedSetSampleTest, EveryMemberHasTheSameChance) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  constexpr int kMembers = 200, kRounds = 20000;
  Fill(kMembers);
  // Few of many and a good part of them are chosen in different ways.
  for (const size_t count : {size_t{5}, size_t{50}}) {
    std::map<std::string, int> chosen;
    for (int i = 0; i < kRounds; ++i) {
      for (const std::string& name : Sample(count, false)) ++chosen[name];
    }
    const double expected = static_cast<double>(count) * kRounds / kMembers;
    EXPECT_EQ(chosen.size(), static_cast<size_t>(kMembers));
    for (const auto& [name, times] : chosen) {
      EXPECT_NEAR(times, expected, 6 * std::sqrt(expected)) << name;
    }
  }
}

TEST_F(SortedSetSampleTest, DrawsMayRepeat) {
  Fill(2);
  const auto names = Sample(100, true);
  EXPECT_EQ(names.size(), 100u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 2u);
}

TEST_F(SortedSetSampleTest, DrawsAreBounded) {
  AddMember("z", std::string(size_t{1} << 20, 'x'), 1);
  Run(key_, [&](Transaction& txn) {
    EXPECT_EQ(RandomDraws(txn, key_, kMaxDraws + 1, random_).status(),
              OpStatus::kTooLarge);
    EXPECT_TRUE(RandomDraws(txn, key_, 512, random_).ok());
    EXPECT_EQ(RandomDraws(txn, key_, 513, random_).status(),
              OpStatus::kTooLarge);
  });
}

TEST_F(SortedSetSampleTest, NothingIsDrawnFromNothing) {
  Run(key_, [&](Transaction& txn) {
    EXPECT_FALSE(RandomMember(txn, key_, random_)->has_value());
    EXPECT_TRUE(RandomMembers(txn, key_, 9, random_)->empty());
    EXPECT_TRUE(RandomDraws(txn, key_, kMaxDraws + 1, random_)->empty());
  });
  Set("z", "string");
  Run(key_, [&](Transaction& txn) {
    EXPECT_EQ(RandomMember(txn, key_, random_).status(), OpStatus::kWrongType);
    EXPECT_EQ(RandomMembers(txn, key_, 1, random_).status(),
              OpStatus::kWrongType);
    EXPECT_EQ(RandomDraws(txn, key_, 1, random_).status(),
              OpStatus::kWrongType);
  });
}

}  // namespace
}  // namespace kv::store::sorted_sets
