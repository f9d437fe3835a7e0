#include "store/sorted_set_range.h"

#include <algorithm>
#include <cstdint>
#include <limits>
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

constexpr double kInf = std::numeric_limits<double>::infinity();

LexBound From(absl::string_view member) {
  return {LexBound::Kind::kMember, /*exclude=*/false, member};
}
LexBound Beside(absl::string_view member) {
  return {LexBound::Kind::kMember, /*exclude=*/true, member};
}
constexpr LexBound kLowest = {LexBound::Kind::kLowest};
constexpr LexBound kHighest = {LexBound::Kind::kHighest};

class SortedSetRangeTest : public test::KeyspaceFixture {
 protected:
  void AddAll(const Pairs& members) {
    for (const auto& [member, score] : members) AddMember("z", member, score);
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
  Pairs Lex(const LexRange& range, bool reverse = false, size_t offset = 0,
            size_t limit = kNoLimit) {
    return Run(key_, [&](Transaction& txn) {
      const Pairs pairs =
          Listed(*RangeByLex(txn, key_, range, reverse, offset, limit));
      if (offset == 0 && limit == kNoLimit) {
        EXPECT_EQ(*CountByLex(txn, key_, range), pairs.size());
      }
      return pairs;
    });
  }
  Pairs Popped(End end, size_t count) {
    Pairs popped;
    Run(key_, [&](Transaction& txn) {
      const auto n = Pop(txn, {&key_, 1}, end, count,
                         [&](const Key&, const MemberRange& range) {
                           popped = Listed(range);
                         });
      EXPECT_EQ(*n, popped.size());
    });
    return popped;
  }
  size_t StoreTo(const Key& to, int64_t start, int64_t stop) {
    const Key keys[] = {key_, to};
    Transaction txn(keyspace_, now_, keys);
    return StoreRange(txn, to, *RangeByRank(txn, key_, start, stop, true));
  }
  size_t RemoveRanks(int64_t start, int64_t stop, bool reverse = false) {
    return Run(key_, [&](Transaction& txn) {
      return RemoveRange(txn, key_,
                         *RangeByRank(txn, key_, start, stop, reverse));
    });
  }
  // Replays the effects since the last call.
  void Replay(test::Replica& replica) {
    for (const auto& effect : sink_.Take()) replica.Apply(effect.Borrow());
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
  const Key other_{"other"};
};

TEST_F(SortedSetRangeTest, RangeByRankClampsLikeRedis) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}});
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

TEST_F(SortedSetRangeTest, ScoreRangesIncludeOrExcludeTheirEnds) {
  AddAll({{"a", -kInf}, {"b", 1}, {"c", 1}, {"d", 2}, {"e", kInf}});
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

TEST_F(SortedSetRangeTest, OffsetAndLimitCutAScoreRange) {
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  const ScoreRange range = {1, 3};
  EXPECT_EQ(Scores(range, false, 1), (Pairs{{"b", 2}, {"c", 3}}));
  EXPECT_EQ(Scores(range, false, 1, 1), (Pairs{{"b", 2}}));
  EXPECT_EQ(Scores(range, true, 1, 1), (Pairs{{"b", 2}}));
  EXPECT_EQ(Scores(range, true, 2, 5), (Pairs{{"a", 1}}));
  EXPECT_EQ(Scores(range, false, 0, 0), Pairs{});
  EXPECT_EQ(Scores(range, false, 3), Pairs{});
  EXPECT_EQ(Scores(range, true, kNoLimit), Pairs{});
}

TEST_F(SortedSetRangeTest, LexRangesCompareBytes) {
  AddAll({{"", 0}, {"a", 0}, {"ab", 0}, {"b", 0}, {"\xff", 0}});
  const Pairs all = {{"", 0}, {"a", 0}, {"ab", 0}, {"b", 0}, {"\xff", 0}};
  EXPECT_EQ(Lex({}), all);
  EXPECT_EQ(Lex({From(""), kHighest}), all);
  EXPECT_EQ(Lex({Beside(""), kHighest}), Pairs(all.begin() + 1, all.end()));
  EXPECT_EQ(Lex({From("a"), From("b")}),
            (Pairs{{"a", 0}, {"ab", 0}, {"b", 0}}));
  EXPECT_EQ(Lex({Beside("a"), Beside("b")}), (Pairs{{"ab", 0}}));
  EXPECT_EQ(Lex({From("aa"), kHighest}, true),
            (Pairs{{"\xff", 0}, {"b", 0}, {"ab", 0}}));
  EXPECT_EQ(Lex({}, true, 1, 2), (Pairs{{"b", 0}, {"ab", 0}}));
  EXPECT_EQ(Lex({kHighest, kLowest}), Pairs{});
  EXPECT_EQ(Lex({kLowest, kLowest}), Pairs{});
  EXPECT_EQ(Lex({kHighest, kHighest}), Pairs{});
  EXPECT_EQ(Lex({From("b"), From("a")}), Pairs{});
  EXPECT_EQ(Lex({Beside("a"), From("a")}), Pairs{});
}

TEST_F(SortedSetRangeTest, LexRangesOverUnequalScoresSelectSomethingSafely) {
  test::Random random(1);
  for (int i = 0; i < 500; ++i) {
    AddMember("z", random.Bytes(random.Below(3)), random.Below(9));
  }
  for (int i = 0; i < 500; ++i) {
    const std::string a = random.Bytes(1), b = random.Bytes(1);
    Lex({From(a), From(b)}, i % 2 == 0);
  }
}

TEST_F(SortedSetRangeTest, RemovingARangeRecordsEachMember) {
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  test::Replica replayed;
  Replay(replayed);
  EXPECT_EQ(RemoveRanks(0, 1, true), 2u);
  EXPECT_EQ(Ranks(0, -1), (Pairs{{"a", 1}, {"b", 2}}));
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_EQ(effects[0].kind, Kind::kZErase);
  EXPECT_EQ(effects[0].value, "c");
  EXPECT_EQ(effects[1].value, "d");
  EXPECT_EQ(VersionOf("z"), effects[1].sequence);
  EXPECT_EQ(RemoveRanks(5, 9), 0u);
  EXPECT_EQ(TakeKinds(), Kinds{});
}

TEST_F(SortedSetRangeTest, RemovingAllMembersErasesTheKey) {
  AddAll({{"a", 1}, {"b", 2}});
  sink_.Take();
  EXPECT_EQ(RemoveRanks(0, -1), 2u);
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
  EXPECT_FALSE(Describe("z").has_value());
}

TEST_F(SortedSetRangeTest, PopTakesFromEitherEnd) {
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  EXPECT_EQ(Popped(End::kLowest, 0), Pairs{});
  EXPECT_EQ(Popped(End::kLowest, 1), (Pairs{{"a", 1}}));
  EXPECT_EQ(Popped(End::kHighest, 2), (Pairs{{"d", 4}, {"c", 3}}));
  EXPECT_EQ(Popped(End::kHighest, 9), (Pairs{{"b", 2}}));
  EXPECT_EQ(Popped(End::kHighest, 9), Pairs{});
  EXPECT_FALSE(Describe("z").has_value());
}

TEST_F(SortedSetRangeTest, PopTakesTheFirstSetThatIsNotEmpty) {
  const Key keys[] = {Key("none"), key_, other_};
  AddMember("other", "x", 1);
  const auto pop = [&] {
    std::string from;
    Transaction txn(keyspace_, now_, keys);
    const auto n = Pop(txn, keys, End::kLowest, 1,
                       [&](const Key& key, const MemberRange&) {
                         from = std::string(key.bytes);
                       });
    return n.ok() ? from : "wrong type";
  };
  Set("z", "string");
  EXPECT_EQ(pop(), "wrong type");
  Run(key_, [&](Transaction& txn) { txn.Erase(key_); });
  EXPECT_EQ(pop(), "other");
  EXPECT_EQ(pop(), "");
}

TEST_F(SortedSetRangeTest, StoreReplacesWhateverWasThere) {
  AddAll({{"a", 1}, {"b", 2}, {"c", 3}});
  Set("other", "string", now_ + 1000);
  sink_.Take();
  EXPECT_EQ(StoreTo(other_, 0, 1), 2u);
  EXPECT_EQ(DeadlineOf("other"), kNoDeadline);
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 3u);
  EXPECT_EQ(effects[0].kind, Kind::kErase);
  EXPECT_EQ(effects[1].kind, Kind::kZPut);
  EXPECT_EQ(effects[1].value, "b");
  EXPECT_EQ(effects[2].value, "c");
  EXPECT_EQ(effects[2].score, 3);
  EXPECT_EQ(VersionOf("other"), effects[0].sequence);
  EXPECT_EQ(StoreTo(other_, 5, 6), 0u);
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
  EXPECT_EQ(StoreTo(key_, 0, 1), 2u);  // into itself
  EXPECT_EQ(Ranks(0, -1), (Pairs{{"b", 2}, {"c", 3}}));
}

TEST_F(SortedSetRangeTest, EveryOperationRefusesAnotherType) {
  Set("z", "string");
  Run(key_, [this](Transaction& txn) {
    EXPECT_EQ(Count(txn, key_, {}).status(), OpStatus::kWrongType);
    EXPECT_EQ(CountByLex(txn, key_, {}).status(), OpStatus::kWrongType);
    EXPECT_EQ(RangeByRank(txn, key_, 0, -1, false).status(),
              OpStatus::kWrongType);
    EXPECT_EQ(RangeByScore(txn, key_, {}, false).status(),
              OpStatus::kWrongType);
    EXPECT_EQ(RangeByLex(txn, key_, {}, false).status(), OpStatus::kWrongType);
  });
}

TEST_F(SortedSetRangeTest, AbsentKeyIsAnEmptySet) {
  Run(key_, [this](Transaction& txn) {
    EXPECT_EQ(RangeByRank(txn, key_, 0, -1, true)->size(), 0u);
    EXPECT_EQ(RangeByScore(txn, key_, {}, true)->size(), 0u);
    EXPECT_EQ(RangeByLex(txn, key_, {}, true)->size(), 0u);
    EXPECT_EQ(*Count(txn, key_, {}), 0u);
    EXPECT_EQ(RemoveRange(txn, key_, {}), 0u);
  });
}

// Ranges go, move and come; the effects alone must tell the same story.
TEST_F(SortedSetRangeTest, ReplayOfRandomChangesEqualsTheKeyspace) {
  const uint64_t seed = test::SeedOr(7);
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  test::Random random(seed);
  test::Replica replayed;
  for (int step = 0; step < 3000; ++step) {
    const int64_t a = random.Between(-5, 20);
    const int64_t b = a + random.Between(0, 12);
    switch (random.Below(12)) {
      case 0:
        RemoveRanks(a, b, random.OneIn(2));
        break;
      case 1:
        Popped(random.OneIn(2) ? End::kLowest : End::kHighest, random.Below(4));
        break;
      case 2:
        StoreTo(random.OneIn(3) ? key_ : other_, a, random.OneIn(4) ? -1 : b);
        break;
      default:
        // More than a packed run holds, so that both kinds of set are met.
        AddMember("z",
                  absl::StrCat("member", std::string(random.Below(70), 'x'),
                               random.Below(99)),
                  random.Between(-3, 3));
    }
    Replay(replayed);
    ASSERT_EQ(test::ContentsOf(keyspace_, now_), replayed.contents())
        << "step " << step;
    Run(key_, [&](Transaction& txn) {
      const Entry* entry = txn.Find(key_);
      if (entry != nullptr) entry->sorted_set().CheckInvariants();
    });
    Run(other_, [&](Transaction& txn) {
      const Entry* entry = txn.Find(other_);
      if (entry != nullptr) entry->sorted_set().CheckInvariants();
    });
  }
}

TEST_F(SortedSetRangeTest, RangeFromPairMatchesWalkingFromThePair) {
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
