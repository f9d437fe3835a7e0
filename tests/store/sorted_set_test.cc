#include "store/sorted_set.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Pair = std::pair<double, std::string>;  // in the order of the set
using Random = std::mt19937;

// A sorted set and its naive model, changed and asked together.
class ModelledSet {
 public:
  void Upsert(const std::string& member, double score) {
    const auto found = scores_.find(member);
    const Upserted expected = found == scores_.end()   ? Upserted::kAdded
                              : found->second == score ? Upserted::kUnchanged
                                                       : Upserted::kUpdated;
    ASSERT_EQ(set_.Upsert(member, score), expected);
    if (expected == Upserted::kUnchanged) return;
    if (found != scores_.end()) pairs_.erase({found->second, member});
    scores_[member] = score;
    pairs_.insert({score, member});
  }

  void Erase(const std::string& member) {
    const auto found = scores_.find(member);
    ASSERT_EQ(set_.Erase(member), found != scores_.end());
    if (found == scores_.end()) return;
    pairs_.erase({found->second, member});
    scores_.erase(found);
  }

  void EraseRange(size_t first, size_t count) {
    std::vector<Pair> expected = Slice(first, count), erased;
    ASSERT_EQ(set_.EraseRange(first, count,
                              [&](absl::string_view member, double score) {
                                erased.emplace_back(score, member);
                              }),
              expected.size());
    ASSERT_EQ(erased, expected);
    for (const auto& pair : expected) {
      pairs_.erase(pair);
      scores_.erase(pair.second);
    }
  }

  void ExpectReadsAgree(const std::string& member, double score) const {
    const auto found = scores_.find(member);
    const auto actual = set_.Score(member);
    const auto rank = set_.Rank(member);
    ASSERT_EQ(actual.has_value(), found != scores_.end());
    ASSERT_EQ(rank.has_value(), found != scores_.end());
    if (actual.has_value()) {
      ASSERT_EQ(*actual, found->second);
      ASSERT_EQ(*rank, CountBefore({found->second, member}));
      ASSERT_EQ(set_.At(*rank).member, member);
      ASSERT_EQ(set_.At(*rank).score, found->second);
    }
    ASSERT_EQ(set_.RankOfPair(score, member), CountBefore({score, member}));
    ASSERT_EQ(set_.RankOfScore(score, false), CountBefore({score, ""}));
    ASSERT_EQ(set_.RankOfScore(score, true),
              std::count_if(pairs_.begin(), pairs_.end(),
                            [&](const Pair& p) { return p.first <= score; }));
  }

  void ExpectLexReadsAgree(const std::string& member) const {
    const size_t before =
        std::distance(scores_.begin(), scores_.lower_bound(member));
    ASSERT_EQ(set_.RankOfMember(member, false), before);
    ASSERT_EQ(set_.RankOfMember(member, true), before + scores_.count(member));
  }

  void ExpectVisitAgrees(size_t first, size_t count, bool reverse) const {
    std::vector<Pair> visited;
    set_.Visit(first, count, reverse,
               [&](absl::string_view member, double score) {
                 visited.emplace_back(score, member);
               });
    if (!reverse) {
      ASSERT_EQ(visited, Slice(first, count));
      return;
    }
    std::reverse(visited.begin(), visited.end());
    const size_t taken = std::min(count, first + 1);
    ASSERT_EQ(visited, first >= pairs_.size()
                           ? std::vector<Pair>()
                           : Slice(first + 1 - taken, taken));
  }

  void ExpectScanSeesAll() const {
    std::map<std::string, double> seen;
    uint64_t cursor = 0;
    do {
      cursor = set_.Scan(cursor, 7, [&](absl::string_view m, double score) {
        seen[std::string(m)] = score;
      });
    } while (cursor != 0);
    ASSERT_EQ(seen, scores_);
  }

  void CheckInvariants() const {
    set_.CheckInvariants();
    ASSERT_EQ(set_.size(), pairs_.size());
  }

  SortedSet& set() { return set_; }
  size_t size() const { return pairs_.size(); }

 private:
  size_t CountBefore(const Pair& pair) const {
    return std::distance(pairs_.begin(), pairs_.lower_bound(pair));
  }
  std::vector<Pair> Slice(size_t first, size_t count) const {
    std::vector<Pair> slice;
    if (first >= pairs_.size()) return slice;
    for (auto it = std::next(pairs_.begin(), first);
         it != pairs_.end() && slice.size() < count; ++it) {
      slice.push_back(*it);
    }
    return slice;
  }

  SortedSet set_;
  std::map<std::string, double> scores_;
  std::set<Pair> pairs_;
};

// A way to draw members and scores.
struct Pattern {
  const char* name;
  std::function<std::string(Random&)> member;
  std::function<double(Random&)> score;
  bool equal_scores = false;
};

std::string Short(Random& random) { return std::to_string(random() % 300); }

// Bytes of all kinds, NUL and 0xFF among them, many a prefix of another.
std::string Binary(Random& random) {
  const char kBytes[] = {'\0', '\x01', '\x7F', '\x80', '\xFF'};
  std::string member(random() % 5, '\0');
  for (char& byte : member) byte = kBytes[random() % 5];
  return member;
}

// Around and beyond the longest member of a flat run.
std::string Long(Random& random) {
  return std::string(60 + random() % 8 * (random() % 20 == 0 ? 1000 : 1),
                     'a' + random() % 26);
}

double Extreme(Random& random) {
  constexpr double kScores[] = {-kInfinity, kInfinity, 0.0,    -0.0,   5e-324,
                                1.5,        1e300,     -1e300, 1e-300, -7};
  return kScores[random() % 10];
}

const Pattern kPatterns[] = {
    {"random", Short, [](Random& r) { return r() % 1000 / 8.0; }},
    {"few scores", Short, [](Random& r) { return r() % 3 * 1.0; }},
    {"equal scores", Short, [](Random&) { return 1.0; }, true},
    {"binary members", Binary, Extreme},
    {"binary members of one score", Binary, [](Random&) { return -0.0; }, true},
    {"long members", Long, [](Random& r) { return r() % 100 * 1e10; }},
    {"extreme scores", Short, Extreme},
    {"large integers", Short, [](Random& r) { return 1.7e12 + r() % 200; }},
};

TEST(SortedSetTest, RandomStepsAgreeWithAModel) {
  for (const Pattern& pattern : kPatterns) {
    for (const unsigned seed : {1u, 2u}) {
      SCOPED_TRACE(testing::Message() << pattern.name << ", seed " << seed);
      Random random(seed);
      ModelledSet modelled;
      for (int step = 0; step < 6000; ++step) {
        // A set that died begins again as a flat run, as an entry does.
        if (modelled.size() == 0) modelled = ModelledSet();
        const unsigned erasures = step / 700 % 2 == 0 ? 25 : 70;
        if (random() % 100 >= erasures) {
          modelled.Upsert(pattern.member(random), pattern.score(random));
        } else if (random() % 30 != 0) {
          modelled.Erase(pattern.member(random));
        } else {
          modelled.EraseRange(random() % 300, random() % 20);
        }
        modelled.CheckInvariants();
        const std::string member = pattern.member(random);
        modelled.ExpectReadsAgree(member, pattern.score(random));
        if (pattern.equal_scores) modelled.ExpectLexReadsAgree(member);
        modelled.ExpectVisitAgrees(random() % 300, random() % 40, step % 2);
        if (step % 50 == 0) modelled.ExpectScanSeesAll();
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(SortedSetTest, OrderedInsertionAgreesWithAModel) {
  for (const bool descending : {false, true}) {
    SCOPED_TRACE(descending ? "descending" : "ascending");
    ModelledSet modelled;
    for (int i = 0; i < 3000; ++i) {
      const int n = descending ? 3000 - i : i;
      modelled.Upsert(std::to_string(n), n);
      if (i < 300 || i % 10 == 0) modelled.CheckInvariants();
    }
    for (size_t first = 0; first < 3010; first += 17) {
      modelled.ExpectVisitAgrees(first, 100, false);
      modelled.ExpectVisitAgrees(first, 100, true);
    }
    while (modelled.size() > 0) {
      modelled.EraseRange(descending ? 0 : modelled.size() / 2, 333);
      modelled.CheckInvariants();
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
  }
}

TEST(SortedSetTest, SetTurnsIntoATreeBeyondEitherLimitAndStaysOne) {
  ModelledSet by_count;
  for (int i = 0; i < 128; ++i) by_count.Upsert(std::to_string(i), i % 7);
  EXPECT_TRUE(by_count.set().is_flat());
  by_count.Upsert("5", 100);
  EXPECT_TRUE(by_count.set().is_flat());
  by_count.Upsert("one more", 0);
  EXPECT_FALSE(by_count.set().is_flat());
  by_count.CheckInvariants();
  by_count.EraseRange(1, 1000);
  EXPECT_FALSE(by_count.set().is_flat());
  by_count.CheckInvariants();

  ModelledSet by_length;
  by_length.Upsert(std::string(64, 'x'), 1);
  EXPECT_TRUE(by_length.set().is_flat());
  by_length.Upsert(std::string(65, 'x'), 1);
  EXPECT_FALSE(by_length.set().is_flat());
  by_length.CheckInvariants();
}

TEST(SortedSetTest, NegativeZeroEqualsZero) {
  for (const int others : {0, 200}) {
    SCOPED_TRACE(others);
    SortedSet set;
    for (int i = 0; i < others; ++i) set.Upsert(std::to_string(i), i + 1);
    set.Upsert("b", 0.0);
    set.Upsert("a", -0.0);
    set.Upsert("c", -0.0);
    EXPECT_EQ(set.Rank("a"), 0u);
    EXPECT_EQ(set.Rank("b"), 1u);
    EXPECT_EQ(set.Rank("c"), 2u);
    EXPECT_EQ(set.Upsert("b", -0.0), Upserted::kUnchanged);
    EXPECT_FALSE(std::signbit(*set.Score("b")));
    EXPECT_TRUE(std::signbit(*set.Score("a")));
    EXPECT_EQ(set.RankOfScore(-0.0, true), 3u);
    EXPECT_EQ(set.RankOfScore(0.0, false), 0u);
  }
}

TEST(SortedSetTest, ScanSeesMembersThatStayWhileTheSetChanges) {
  SortedSet set;
  for (int i = 0; i < 300; ++i) set.Upsert("stays" + std::to_string(i), i);
  std::set<std::string> seen;
  uint64_t cursor = 0;
  int next = 0;
  do {
    cursor = set.Scan(cursor, 10, [&](absl::string_view member, double) {
      seen.insert(std::string(member));
    });
    for (int i = 0; i < 100; ++i) set.Upsert(std::to_string(next++ % 3000), i);
    set.Erase(std::to_string(next / 2));
    set.CheckInvariants();
  } while (cursor != 0);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(seen.count("stays" + std::to_string(i)), 1u) << i;
  }
}

TEST(SortedSetTest, CursorBeyondAllHashesEndsTheScan) {
  SortedSet set;
  for (int i = 0; i < 300; ++i) set.Upsert(std::to_string(i), i);
  const auto fail = [](absl::string_view, double) { FAIL(); };
  EXPECT_EQ(set.Scan(uint64_t{1} << 32, 10, fail), 0u);
  EXPECT_EQ(set.Scan(UINT64_MAX, 10, fail), 0u);
}

TEST(SortedSetTest, MovedSetTakesTheMembersAlong) {
  for (const int members : {5, 500}) {
    SCOPED_TRACE(members);
    SortedSet set;
    for (int i = 0; i < members; ++i) set.Upsert(std::to_string(i), i);
    SortedSet other(std::move(set));
    EXPECT_EQ(other.size(), members);
    set = std::move(other);
    EXPECT_EQ(set.size(), members);
    set.CheckInvariants();
  }
}

TEST(SortedSetTest, TenMembersOfSixteenBytesTakeAtMost200Bytes) {
  for (const int factor : {1, 100, 100000}) {
    SortedSet set;
    for (int i = 0; i < 10; ++i) {
      set.Upsert("member:" + std::to_string(100000000 + i), factor * i);
    }
    EXPECT_LE(sizeof(set) + set.MemoryBytes(), 200u) << factor;
  }
}

TEST(SortedSetTest, MemoryBytesFollowsTheMembers) {
  SortedSet set;
  EXPECT_EQ(set.MemoryBytes(), 0u);
  for (int i = 0; i < 100000; ++i) {
    set.Upsert("member:" + std::to_string(100000000 + i), i);
  }
  EXPECT_LE(set.MemoryBytes(), 100000u * 56);
  const size_t before = set.MemoryBytes();
  set.Upsert(std::string(1 << 20, 'x'), 1);
  EXPECT_GE(set.MemoryBytes(), before + (1 << 20));
  set.EraseRange(0, 100001, [](absl::string_view, double) {});
  EXPECT_LE(set.MemoryBytes(), 1000u);
}

TEST(SortedSetTest, AClonesChangesAreItsOwn) {
  for (const int members : {0, 1, 100, 1000}) {
    SCOPED_TRACE(members);
    SortedSet set;
    for (int i = 0; i < members; ++i) set.Upsert(std::to_string(i), i / 3);
    SortedSet clone = set.Clone();
    clone.CheckInvariants();
    EXPECT_EQ(clone.is_flat(), set.is_flat());
    EXPECT_EQ(clone.size(), set.size());
    for (int i = 0; i < members; ++i) {
      EXPECT_EQ(clone.Score(std::to_string(i)), i / 3);
    }
    clone.Upsert("another", 1);
    clone.Erase("0");
    clone.CheckInvariants();
    set.CheckInvariants();
    EXPECT_EQ(set.size(), members);
    EXPECT_FALSE(set.Score("another").has_value());
  }
}

// Beyond some thousand members new ones come from a slab, and old ones do not.
TEST(SortedSetTest, LargeSetsAgreeWithAModel) {
  Random random(5);
  ModelledSet modelled;
  const auto member = [&random] {
    std::string member = "member" + std::to_string(random() % 30000);
    if (random() % 50 == 0) member.resize(300, 'x');
    return member;
  };
  for (int step = 0; step < 60000; ++step) {
    const unsigned erasures = step / 20000 == 1 ? 80 : 10;
    if (random() % 100 >= erasures) {
      modelled.Upsert(member(), random() % 100000);
    } else {
      modelled.Erase(member());
    }
    if (step % 3000 == 0) modelled.CheckInvariants();
  }
  ASSERT_GT(modelled.size(), 10000u);
  modelled.ExpectScanSeesAll();
  modelled.EraseRange(100, 8000);
  modelled.CheckInvariants();
  modelled.ExpectVisitAgrees(0, modelled.size(), /*reverse=*/false);
}

// It may find out about any member, and must not change anything.
TEST(SortedSetTest, PrefetchingIsHarmlessForAnySetAndMember) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(std::to_string(i * 50));
  const std::vector<absl::string_view> members(names.begin(), names.end());
  for (const int size : {0, 1, 100, 1000, 20000}) {
    SortedSet set;
    for (int i = 0; i < size; ++i) set.Upsert(std::to_string(i), i % 10);
    for (const bool with_places : {false, true}) {
      set.Prefetch(members, with_places);
      set.Prefetch({}, with_places);
    }
    set.CheckInvariants();
    ASSERT_EQ(set.size(), size);
  }
}

TEST(SortedSetTest, RanksOfInfiniteScores) {
  for (const int size : {10, 1000}) {
    SortedSet set;
    for (int i = 0; i < size - 2; ++i) set.Upsert(std::to_string(i), i);
    set.Upsert("low", -kInfinity);
    set.Upsert("high", kInfinity);
    EXPECT_EQ(set.RankOfScore(-kInfinity, false), 0u);
    EXPECT_EQ(set.RankOfScore(-kInfinity, true), 1u);
    EXPECT_EQ(set.RankOfScore(kInfinity, false), size - 1u);
    EXPECT_EQ(set.RankOfScore(kInfinity, true), size);
  }
}

// Whoever gives up a large set may do something else between two steps.
TEST(SortedSetTest, ALargeSetIsClearedInManySteps) {
  SortedSet set;
  for (int i = 0; i < 100000; ++i) set.Upsert(std::to_string(i), i % 1000);
  int steps = 0;
  while (set.ClearSome()) ++steps;
  EXPECT_GE(steps, 100000 / 2048 * 2);
}

TEST(SortedSetTest, ASetMayBeDestroyedHalfCleared) {
  SortedSet set;
  for (int i = 0; i < 20000; ++i) set.Upsert(std::to_string(i), i);
  EXPECT_TRUE(set.ClearSome());
  EXPECT_TRUE(set.ClearSome());
}

}  // namespace
}  // namespace kv::store
