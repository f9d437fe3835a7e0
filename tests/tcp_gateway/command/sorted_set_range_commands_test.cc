#include <string>

#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kSyntaxError[] = "-ERR syntax error";
constexpr char kNotAFloat[] = "-ERR min or max is not a float";
constexpr char kNotALexRange[] = "-ERR min or max not valid string range item";
constexpr char kNotAnInteger[] = "-ERR value is not an integer or out of range";

class SortedSetRangeCommands : public CommandTest {
 protected:
  SortedSetRangeCommands() {
    client_.Run("ZADD z -inf low 1 a 2 b 3 c inf high");
    client_.Run("ZADD lex 0 a 0 b 0 c 0 d");
  }
};

TEST_F(SortedSetRangeCommands, ByRank) {
  EXPECT_EQ(client_.Run("ZRANGE z 1 2"), "[\"a\", \"b\"]");
  EXPECT_EQ(client_.Run("ZRANGE z -2 -1 WITHSCORES"),
            "[\"c\", (3), \"high\", (inf)]");
  EXPECT_EQ(client_.Run("ZRANGE z 0 0 REV"), "[\"high\"]");
  EXPECT_EQ(client_.Run("ZREVRANGE z 0 1 WITHSCORES"),
            "[\"high\", (inf), \"c\", (3)]");
  EXPECT_EQ(client_.Run("ZRANGE none 0 -1"), "[]");
  EXPECT_EQ(client_.Run("ZRANGE z 0 x"), kNotAnInteger);
  EXPECT_EQ(client_.Run("ZREVRANGE z 0 1 REV"), kSyntaxError);
}

TEST_F(SortedSetRangeCommands, ByScore) {
  EXPECT_EQ(client_.Run("ZRANGE z (1 +inf BYSCORE"),
            "[\"b\", \"c\", \"high\"]");
  EXPECT_EQ(client_.Run("ZRANGE z 3 (1 BYSCORE REV WITHSCORES"),
            "[\"c\", (3), \"b\", (2)]");
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z -inf 2 LIMIT 1 1"), "[\"a\"]");
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z -inf inf LIMIT 2 -1"),
            "[\"b\", \"c\", \"high\"]");
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z -inf inf LIMIT -1 5"), "[]");
  EXPECT_EQ(client_.Run("ZREVRANGEBYSCORE z 2 1 LIMIT 0 1 WITHSCORES"),
            "[\"b\", (2)]");
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z 2 1"), "[]");
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z a 1"), kNotAFloat);
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z 0 (nan"), kNotAFloat);
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z 0 1 LIMIT 0"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z 0 1 LIMIT 0 x"), kNotAnInteger);
  EXPECT_EQ(client_.Run("ZCOUNT z (1 3"), ":2");
  EXPECT_EQ(client_.Run("ZCOUNT z 1 x"), kNotAFloat);
}

TEST_F(SortedSetRangeCommands, ByLex) {
  EXPECT_EQ(client_.Run("ZRANGE lex [b + BYLEX"), "[\"b\", \"c\", \"d\"]");
  EXPECT_EQ(client_.Run("ZRANGE lex + (b BYLEX REV LIMIT 1 5"), "[\"c\"]");
  EXPECT_EQ(client_.Run("ZRANGEBYLEX lex - (c"), "[\"a\", \"b\"]");
  EXPECT_EQ(client_.Run("ZREVRANGEBYLEX lex [c [b"), "[\"c\", \"b\"]");
  EXPECT_EQ(client_.Run("ZRANGEBYLEX lex + -"), "[]");
  EXPECT_EQ(client_.Run("ZLEXCOUNT lex - +"), ":4");
  EXPECT_EQ(client_.Run("ZLEXCOUNT lex [b (d"), ":2");
  for (const char* range : {"a b", "- ++", "[a d", "+x -"}) {
    EXPECT_EQ(client_.Run(std::string("ZRANGEBYLEX lex ") + range),
              kNotALexRange);
  }
  EXPECT_EQ(client_.Run({"ZRANGEBYLEX", "lex", "", "+"}), kNotALexRange);
}

TEST_F(SortedSetRangeCommands, WordsThatDoNotFitAreRefused) {
  EXPECT_EQ(client_.Run("ZRANGE z 0 1 LIMIT 0 1"),
            "-ERR syntax error, LIMIT is only supported in combination with "
            "either BYSCORE or BYLEX");
  EXPECT_EQ(client_.Run("ZRANGE lex - + BYLEX WITHSCORES"),
            "-ERR syntax error, WITHSCORES not supported in combination with "
            "BYLEX");
  EXPECT_EQ(client_.Run("ZRANGE z 0 1 BYLEX BYSCORE"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANGE z 0 1 REV REV"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANGEBYSCORE z 0 1 BYSCORE"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANGESTORE d z 0 1 WITHSCORES"), kSyntaxError);
}

TEST_F(SortedSetRangeCommands, RangesAreRemoved) {
  EXPECT_EQ(client_.Run("ZREMRANGEBYSCORE z (1 2"), ":1");
  EXPECT_EQ(client_.Run("ZREMRANGEBYRANK z 0 0"), ":1");
  EXPECT_EQ(client_.Run("ZRANGE z 0 -1"), "[\"a\", \"c\", \"high\"]");
  EXPECT_EQ(client_.Run("ZREMRANGEBYRANK z 5 9"), ":0");
  EXPECT_EQ(client_.Run("ZREMRANGEBYLEX lex [b [c"), ":2");
  EXPECT_EQ(client_.Run("ZREMRANGEBYLEX lex - +"), ":2");
  EXPECT_EQ(client_.Run("EXISTS lex"), ":0");
  EXPECT_EQ(client_.Run("ZREMRANGEBYSCORE lex 0 1"), ":0");
}

TEST_F(SortedSetRangeCommands, ZRangeStoreReplacesTheDestination) {
  client_.Run("SET d x EX 100");
  EXPECT_EQ(client_.Run("ZRANGESTORE d z 1 2"), ":2");
  EXPECT_EQ(client_.Run("ZRANGE d 0 -1 WITHSCORES"),
            "[\"a\", (1), \"b\", (2)]");
  EXPECT_EQ(client_.Run("TTL d"), ":-1");
  EXPECT_EQ(client_.Run("ZRANGESTORE d z 3 1 BYSCORE REV LIMIT 0 1"), ":1");
  EXPECT_EQ(client_.Run("ZRANGE d 0 -1"), "[\"c\"]");
  EXPECT_EQ(client_.Run("ZRANGESTORE d none 0 -1"), ":0");
  EXPECT_EQ(client_.Run("EXISTS d"), ":0");
  EXPECT_EQ(client_.Run("ZRANGESTORE lex lex 0 1"), ":2");
  EXPECT_EQ(client_.Run("ZCARD lex"), ":2");
}

}  // namespace
}  // namespace kv::gateway
