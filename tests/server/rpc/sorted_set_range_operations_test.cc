#include "server/rpc/sorted_set_range_operations.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/server/rpc/sorted_set_calls.h"

namespace kv::server {
namespace {

class SortedSetRangeTest : public test::SortedSetCalls {
 protected:
  SortedSetRangeTest() {
    Add("z", {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
    Add("same", {{"a", 0}, {"b", 0}, {"c", 0}, {"d", 0}});
  }

  std::string Range(const std::string& request) {
    return Call(&Service::Range, request);
  }
  std::string Count(const std::string& request) {
    return Call(&Service::Count, request);
  }
  std::string Pop(const std::string& request) {
    return Call(&Service::Pop, request);
  }
  std::string Remove(const std::string& request) {
    return Call(&Service::RemoveRange, request);
  }
  std::string Store(const std::string& request) {
    return Call(&Service::StoreRange, request);
  }
};

TEST_F(SortedSetRangeTest, RangeByMemberKnowsItsEnds) {
  EXPECT_EQ(Range("key: 'same' by_member { min: 'b' max: 'c' }"),
            R"(members { member: "b" } members { member: "c" })");
  EXPECT_EQ(Range("key: 'same' by_member { min: 'b' exclude_min: true }"),
            R"(members { member: "c" } members { member: "d" })");
  EXPECT_EQ(Range("key: 'same' by_member { max: 'b' exclude_max: true }"),
            R"(members { member: "a" })");
  EXPECT_EQ(Range("key: 'same' by_member { min: 'c' max: 'b' }"), "");
  EXPECT_EQ(Range("key: 'same' by_member {} reverse: true offset: 1 limit: 1"),
            R"(members { member: "c" })");
}

TEST_F(SortedSetRangeTest, AnEmptyMemberIsAnEndLikeOthers) {
  Add("same", {{"", 0}});
  EXPECT_EQ(Count("key: 'same' by_member { min: '' }"), "count: 5");
  EXPECT_EQ(Count("key: 'same' by_member { min: '' exclude_min: true }"),
            "count: 4");
  EXPECT_EQ(Count("key: 'same' by_member { max: '' }"), "count: 1");
}

TEST_F(SortedSetRangeTest, CountByMember) {
  EXPECT_EQ(Count("key: 'same' by_member { min: 'b' }"), "count: 3");
  EXPECT_EQ(Count("key: 'same' by_member { }"), "count: 4");
  EXPECT_EQ(Count("key: 'none' by_member { }"), "");
  EXPECT_EQ(Count("key: 'string' by_member { }"), "WRONG_TYPE");
}

TEST_F(SortedSetRangeTest, PopTakesOneFromTheLowestUnlessTold) {
  EXPECT_EQ(Pop("keys: 'z'"), R"(key: "z" members { member: "a" score: 1 })");
  EXPECT_EQ(Pop("keys: 'z' highest: true count: 2"),
            R"(key: "z" members { member: "d" score: 4 } )"
            R"(members { member: "c" score: 3 })");
  EXPECT_EQ(Contents("z"), "b=2");
  EXPECT_EQ(Pop("keys: 'z' count: 9"),
            R"(key: "z" members { member: "b" score: 2 })");
  EXPECT_EQ(Pop("keys: 'z'"), "");
}

TEST_F(SortedSetRangeTest, PopTriesItsKeysInOrder) {
  EXPECT_EQ(Pop("keys: 'none' keys: 'z' keys: 'same'"),
            R"(key: "z" members { member: "a" score: 1 })");
  EXPECT_EQ(Pop("keys: 'z' keys: 'string'"),
            R"(key: "z" members { member: "b" score: 2 })");
  EXPECT_EQ(Pop("keys: 'none' keys: 'string' keys: 'z'"), "WRONG_TYPE");
}

TEST_F(SortedSetRangeTest, PopOfNoneTakesNone) {
  EXPECT_EQ(Pop("keys: 'z' count: 0"), "");
  EXPECT_EQ(Contents("z"), "a=1 b=2 c=3 d=4");
  EXPECT_EQ(Pop("keys: 'z' count: -1"), "INVALID_FIELD");
  EXPECT_EQ(Pop("count: 1"), "INVALID_FIELD");
}

TEST_F(SortedSetRangeTest, APopThatCannotBeAnsweredTakesNothing) {
  Add("long", {{std::string(6'000, 'x'), 1}, {std::string(6'000, 'y'), 2}});
  EXPECT_EQ(Pop("keys: 'long' count: 2"), "RESPONSE_TOO_LARGE");
  EXPECT_EQ(Count("key: 'long'"), "count: 2");
  EXPECT_NE(Pop("keys: 'long'"), "RESPONSE_TOO_LARGE");
  EXPECT_EQ(Count("key: 'long'"), "count: 1");
}

TEST_F(SortedSetRangeTest, RemoveRangeByRankScoreAndMember) {
  EXPECT_EQ(Remove("key: 'z' by_rank { start: -1 }"), "removed: 1");
  EXPECT_EQ(Contents("z"), "a=1 b=2 c=3");
  EXPECT_EQ(Remove("key: 'z' by_score { min: 2 exclude_min: true }"),
            "removed: 1");
  EXPECT_EQ(Contents("z"), "a=1 b=2");
  EXPECT_EQ(Remove("key: 'same' by_member { min: 'b' max: 'c' }"),
            "removed: 2");
  EXPECT_EQ(Contents("same"), "a=0 d=0");
  EXPECT_EQ(Remove("key: 'none' by_rank { }"), "");
}

TEST_F(SortedSetRangeTest, RemoveRangeNeedsARange) {
  EXPECT_EQ(Remove("key: 'z'"), "INVALID_FIELD");
  EXPECT_EQ(Remove("key: 'z' by_score { min: nan }"), "SCORE_NOT_A_NUMBER");
  EXPECT_EQ(Remove("key: 'string' by_rank { }"), "WRONG_TYPE");
  EXPECT_EQ(Contents("z"), "a=1 b=2 c=3 d=4");
}

TEST_F(SortedSetRangeTest, StoreRangeReplacesTheDestination) {
  EXPECT_EQ(Store("destination: 'string' source: 'z' by_rank { start: 2 }"),
            "count: 2");
  EXPECT_EQ(Contents("string"), "c=3 d=4");
  EXPECT_EQ(
      Store(
          "destination: 'to' source: 'z' by_score { } reverse: true limit: 1"),
      "count: 1");
  EXPECT_EQ(Contents("to"), "d=4");
  EXPECT_EQ(Store("destination: 'to' source: 'same' by_member { max: 'b' }"),
            "count: 2");
  EXPECT_EQ(Contents("to"), "a=0 b=0");
  EXPECT_EQ(Store("destination: 'to' source: 'none'"), "");
  EXPECT_EQ(Contents("to"), "");
}

TEST_F(SortedSetRangeTest, StoreRangeMayReadItsDestination) {
  EXPECT_EQ(Store("destination: 'z' source: 'z' by_rank { start: 1 stop: 2 }"),
            "count: 2");
  EXPECT_EQ(Contents("z"), "b=2 c=3");
  // Without a range: all.
  EXPECT_EQ(Store("destination: 'z' source: 'z' offset: 1"), "count: 1");
  EXPECT_EQ(Contents("z"), "c=3");
}

TEST_F(SortedSetRangeTest, StoreRangeRefusesWhatRangeRefuses) {
  for (const char* range :
       {"by_rank { } offset: 1", "by_rank { } limit: 1", "offset: -1",
        "limit: -1", "by_score { max: nan }"}) {
    const std::string refusal = Range(std::string("key: 'z' ") + range);
    EXPECT_EQ(refusal.find("members"), std::string::npos) << range;
    EXPECT_EQ(Store(std::string("destination: 'to' source: 'z' ") + range),
              refusal)
        << range;
  }
  EXPECT_EQ(Store("destination: 'to' source: 'string'"), "WRONG_TYPE");
  EXPECT_EQ(Contents("to"), "");
}

}  // namespace
}  // namespace kv::server
