#include "store/flat_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Pairs = std::vector<std::pair<std::string, double>>;

Pairs Visited(const FlatRun& run, size_t first, size_t count, bool reverse) {
  Pairs pairs;
  run.Visit(first, count, reverse, [&](absl::string_view member, double score) {
    pairs.emplace_back(std::string(member), score);
  });
  return pairs;
}

bool InOrder(const Pairs::value_type& a, const Pairs::value_type& b) {
  return a.second < b.second || (a.second == b.second && a.first < b.first);
}

TEST(PackedScoreTest, EveryScoreKeepsItsBitsInTheLengthTheFormatSays) {
  const struct {
    double score;
    size_t bytes;
  } kCases[] = {
      {0, 1},          {63, 1},
      {-64, 1},        {64, 2},
      {-65, 2},        {8191, 2},
      {-8192, 2},      {8192, 3},
      {-8193, 3},      {1048575, 3},
      {-1048576, 3},   {1048576, 4},
      {134217727, 4},  {-134217728, 4},
      {134217728, 5},  {-134217729, 9},
      {0.5, 5},        {-0.0, 5},
      {0.1, 9},        {kInfinity, 5},
      {-kInfinity, 5}, {1e300, 9},
      {1.7e12 + 1, 9}, {std::numeric_limits<double>::denorm_min(), 9},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.score);
    char packed[kMaxPackedScoreBytes];
    ASSERT_EQ(PackScore(c.score, packed), c.bytes);
    EXPECT_EQ(PackedScoreBytes(packed[0]), c.bytes);
    EXPECT_EQ(UnpackScore(packed), c.score);
    EXPECT_EQ(std::signbit(UnpackScore(packed)), std::signbit(c.score));
  }
}

TEST(FlatRunTest, RandomStepsAgreeWithAModel) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    FlatRun run;
    Pairs model;  // sorted
    for (int step = 0; step < 20000; ++step) {
      // Members of 0..64 bytes, with every byte value, from a small space.
      const std::string member(random() % 9 * 8,
                               static_cast<char>(random() % 24 * 11));
      const double kScores[] = {0, 1, -0.5, 1e9, 0.1, kInfinity, -kInfinity};
      const double score = kScores[random() % 7];
      const auto found =
          std::find_if(model.begin(), model.end(),
                       [&](const auto& pair) { return pair.first == member; });
      const auto place = run.Find(member);
      ASSERT_EQ(place.has_value(), found != model.end());
      if (place.has_value()) {
        ASSERT_EQ(place->rank, found - model.begin());
        ASSERT_EQ(place->score, found->second);
      }
      if (random() % 40 == 0) {
        const size_t first = random() % 140, count = random() % 30;
        run.EraseRange(first, count);
        const size_t from = std::min(first, model.size());
        const size_t to = std::min(from + count, model.size());
        model.erase(model.begin() + from, model.begin() + to);
      } else if (place.has_value()) {
        run.Erase(*place);
        model.erase(found);
      } else if (run.HasRoomFor(member)) {
        run.Insert(member, score);
        const std::pair<std::string, double> pair(member, score);
        model.insert(
            std::lower_bound(model.begin(), model.end(), pair, InOrder), pair);
      } else {
        ASSERT_EQ(model.size(), FlatRun::kMaxMembers);
        run.EraseRange(0, 100);
        model.erase(model.begin(), model.begin() + 100);
      }
      run.CheckInvariants();
      ASSERT_EQ(run.size(), model.size());
      ASSERT_EQ(Visited(run, 0, 1000, false), model);
      const size_t first = random() % 140, count = random() % 10;
      Pairs expected;
      for (size_t i = 0; i < count && i <= first && first < model.size(); ++i) {
        expected.push_back(model[first - i]);
      }
      ASSERT_EQ(Visited(run, first, count, true), expected);
      ASSERT_EQ(run.CountBefore([&](double s, auto) { return s < score; }),
                std::count_if(model.begin(), model.end(),
                              [&](const auto& p) { return p.second < score; }));
    }
  }
}

TEST(FlatRunTest, LimitsAreCountAndMemberSize) {
  FlatRun run;
  EXPECT_TRUE(run.HasRoomFor(std::string(64, 'x')));
  EXPECT_FALSE(run.HasRoomFor(std::string(65, 'x')));
  for (int i = 0; i < 128; ++i) {
    ASSERT_TRUE(run.HasRoomFor("m"));
    run.Insert(std::string(61, 'x') + std::to_string(100 + i), 0.1 * i);
    run.CheckInvariants();
  }
  EXPECT_FALSE(run.HasRoomFor("m"));
}

TEST(FlatRunTest, EmptyRunOwnsNothing) {
  FlatRun run;
  EXPECT_EQ(run.MemoryBytes(), 0u);
  run.Insert("a", 1);
  EXPECT_EQ(run.MemoryBytes(), 16u);
  run.EraseRange(0, 1);
  EXPECT_EQ(run.MemoryBytes(), 0u);
  EXPECT_EQ(run.CountBefore([](double, auto) { return true; }), 0u);
  EXPECT_TRUE(Visited(run, 0, 1, false).empty());
}

}  // namespace
}  // namespace kv::store
