#include "server/rpc/sorted_set_combine_operations.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/server/rpc/sorted_set_calls.h"

namespace kv::server {
namespace {

class SortedSetCombineTest : public test::SortedSetCalls {
 protected:
  SortedSetCombineTest() {
    Add("x", {{"a", 1}, {"b", 2}, {"c", 3}});
    Add("y", {{"b", 20}, {"c", 10}, {"d", 40}});
  }

  std::string Combine(const std::string& operation,
                      const std::string& request) {
    return Call(&Service::Combine,
                "operation: COMBINE_OPERATION_" + operation + " " + request);
  }
  const std::string kBoth = "inputs { key: 'x' } inputs { key: 'y' } ";
  const std::string kStored = kBoth + "destination: 'to' ";
};

TEST_F(SortedSetCombineTest, AnswersByAscendingScore) {
  EXPECT_EQ(Combine("UNION", kBoth + "with_scores: true"),
            R"(members { member: "a" score: 1 } )"
            R"(members { member: "c" score: 13 } )"
            R"(members { member: "b" score: 22 } )"
            R"(members { member: "d" score: 40 } count: 4)");
  EXPECT_EQ(Combine("INTERSECTION", kBoth),
            R"(members { member: "c" } members { member: "b" } count: 2)");
  EXPECT_EQ(Combine("DIFFERENCE", kBoth + "with_scores: true"),
            R"(members { member: "a" score: 1 } count: 1)");
}

TEST_F(SortedSetCombineTest, StoresInsteadOfAnswering) {
  EXPECT_EQ(Combine("UNION", kStored), "count: 4");
  EXPECT_EQ(Contents("to"), "a=1 c=13 b=22 d=40");
  EXPECT_EQ(Combine("INTERSECTION", kStored), "count: 2");
  EXPECT_EQ(Contents("to"), "c=13 b=22");
  EXPECT_EQ(Combine("DIFFERENCE", kStored), "count: 1");
  EXPECT_EQ(Contents("to"), "a=1");
  EXPECT_EQ(Combine("UNION", "inputs { key: 'none' } destination: 'to'"), "");
  EXPECT_EQ(Contents("to"), "");
}

TEST_F(SortedSetCombineTest, TheDestinationMayBeAnInputOrAString) {
  EXPECT_EQ(Combine("UNION", kBoth + "destination: 'x'"), "count: 4");
  EXPECT_EQ(Contents("x"), "a=1 c=13 b=22 d=40");
  EXPECT_EQ(Combine("UNION", "inputs { key: 'y' } destination: 'string'"),
            "count: 3");
  EXPECT_EQ(Contents("string"), "c=10 b=20 d=40");
  // The destination's name may be empty.
  EXPECT_EQ(Combine("UNION", "inputs { key: 'y' } destination: ''"),
            "count: 3");
  EXPECT_EQ(Contents(""), "c=10 b=20 d=40");
}

TEST_F(SortedSetCombineTest, WeighsAndAggregates) {
  Combine("UNION",
          "inputs { key: 'x' weight: 10 } inputs { key: 'y' } "
          "aggregate: COMBINE_AGGREGATE_MAX destination: 'to'");
  EXPECT_EQ(Contents("to"), "a=10 b=20 c=30 d=40");
  Combine("INTERSECTION", kStored + "aggregate: COMBINE_AGGREGATE_MIN");
  EXPECT_EQ(Contents("to"), "b=2 c=3");
  Combine("INTERSECTION", kStored + "aggregate: COMBINE_AGGREGATE_SUM");
  EXPECT_EQ(Contents("to"), "c=13 b=22");
}

TEST_F(SortedSetCombineTest, CountsUpToALimit) {
  EXPECT_EQ(Combine("UNION", kBoth + "count_up_to: 0"), "count: 4");
  EXPECT_EQ(Combine("UNION", kBoth + "count_up_to: 3"), "count: 3");
  EXPECT_EQ(Combine("INTERSECTION", kBoth + "count_up_to: 0"), "count: 2");
  EXPECT_EQ(Combine("INTERSECTION", kBoth + "count_up_to: 1"), "count: 1");
  EXPECT_EQ(Combine("DIFFERENCE", kBoth + "count_up_to: 9"), "count: 1");
}

TEST_F(SortedSetCombineTest, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(Call(&Service::Combine, kBoth), "INVALID_FIELD");
  EXPECT_EQ(Combine("UNION", ""), "INVALID_FIELD");
  EXPECT_EQ(Combine("UNION", kBoth + "aggregate: 9"), "INVALID_FIELD");
  EXPECT_EQ(Combine("UNION", kBoth + "count_up_to: -1"), "INVALID_FIELD");
  EXPECT_EQ(Combine("UNION", "inputs { key: 'x' weight: nan }"),
            "SCORE_NOT_A_NUMBER");
  EXPECT_EQ(Combine("DIFFERENCE", "inputs { key: 'x' weight: 1 }"),
            "CONFLICTING_OPTIONS");
  EXPECT_EQ(Combine("DIFFERENCE", kBoth + "aggregate: COMBINE_AGGREGATE_SUM"),
            "CONFLICTING_OPTIONS");
  EXPECT_EQ(Combine("UNION", "inputs { key: 'string' }"), "WRONG_TYPE");
}

TEST_F(SortedSetCombineTest, AnAnswerBeyondTheLimitIsRefusedButMayBeStored) {
  Add("long", {{std::string(6'000, 'x'), 1}, {std::string(6'000, 'y'), 2}});
  EXPECT_EQ(Combine("UNION", "inputs { key: 'long' }"), "RESPONSE_TOO_LARGE");
  EXPECT_EQ(Combine("UNION", "inputs { key: 'long' } destination: 'to'"),
            "count: 2");
}

}  // namespace
}  // namespace kv::server
