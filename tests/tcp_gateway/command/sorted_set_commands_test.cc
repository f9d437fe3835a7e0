#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kWrongType[] =
    "-WRONGTYPE Operation against a key holding the wrong kind of value";
constexpr char kSyntaxError[] = "-ERR syntax error";

class SortedSetCommands : public CommandTest {
 protected:
  // Runs a command that must be an OK or a count.
  void Do(const std::string& words) {
    const std::string reply = client_.Run(words);
    ASSERT_TRUE(reply[0] == '+' || reply[0] == ':') << words << ": " << reply;
  }
};

TEST_F(SortedSetCommands, ZAddCountsAddedOrChangedMembers) {
  EXPECT_EQ(client_.Run("ZADD z 1 a 2 b"), ":2");
  EXPECT_EQ(client_.Run("ZADD z 1 a 3 b 4 c"), ":1");
  EXPECT_EQ(client_.Run("ZADD z CH 1 a 5 b 5 d"), ":2");
  EXPECT_EQ(client_.Run("ZADD z NX 9 a"), ":0");
  EXPECT_EQ(client_.Run("ZADD z XX GT CH 0 a 9 b"), ":1");
  EXPECT_EQ(client_.Run("ZRANGE z 0 -1 WITHSCORES"),
            "[\"a\", (1), \"c\", (4), \"d\", (5), \"b\", (9)]");
}

TEST_F(SortedSetCommands, ZAddIncrReturnsTheScoreOrNothing) {
  EXPECT_EQ(client_.Run("ZADD z XX INCR 1 a"), "nil");
  EXPECT_EQ(client_.Run("ZADD z INCR 1.5 a"), "(1.5)");
  EXPECT_EQ(client_.Run("ZADD z NX INCR 1 a"), "nil");
  EXPECT_EQ(client_.Run("ZADD z LT INCR 1 a"), "nil");
  EXPECT_EQ(client_.Run("ZINCRBY z inf a"), "(inf)");
  EXPECT_EQ(client_.Run("ZINCRBY z -inf a"),
            "-ERR resulting score is not a number (NaN)");
}

TEST_F(SortedSetCommands, ZAddRefusesInRedisWords) {
  EXPECT_EQ(client_.Run("ZADD z 1 a 2"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZADD z nan a"), "-ERR value is not a valid float");
  EXPECT_EQ(client_.Run("ZADD z NX XX 1 a"),
            "-ERR XX and NX options at the same time are not compatible");
  EXPECT_EQ(
      client_.Run("ZADD z GT LT 1 a"),
      "-ERR GT, LT, and/or NX options at the same time are not compatible");
  EXPECT_EQ(client_.Run("ZADD z INCR 1 a 2 b"),
            "-ERR INCR option supports a single increment-element pair");
  EXPECT_EQ(client_.Run("ZCARD z"), ":0");
}

TEST_F(SortedSetCommands, MinusZeroIsZero) {
  Do("ZADD z -0 a");
  EXPECT_EQ(client_.Run("ZSCORE z a"), "(0)");
  EXPECT_EQ(client_.Run("ZUNION 1 z WEIGHTS -1 WITHSCORES"), "[\"a\", (0)]");
}

TEST_F(SortedSetCommands, ScoresAndRanksOfMembers) {
  Do("ZADD z 1 a 2 b 3 c");
  EXPECT_EQ(client_.Run("ZMSCORE z c x a"), "[(3), nil, (1)]");
  EXPECT_EQ(client_.Run("ZMSCORE none c x"), "[nil, nil]");
  EXPECT_EQ(client_.Run("ZRANK z c"), ":2");
  EXPECT_EQ(client_.Run("ZREVRANK z c"), ":0");
  EXPECT_EQ(client_.Run("ZRANK z b WITHSCORE"), "[:1, (2)]");
  EXPECT_EQ(client_.Run("ZRANK z x"), "nil");
  EXPECT_EQ(client_.Run("ZRANK z x WITHSCORE"), "nil*");
  EXPECT_EQ(client_.Run("ZRANK z b WITHSCORES"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANK z b WITHSCORE x"),
            "-ERR wrong number of arguments for 'zrank' command");
}

TEST_F(SortedSetCommands, EveryCommandRefusesAnotherType) {
  Do("SET s x");
  for (const char* words : {"ZADD s 1 a",
                            "ZCARD s",
                            "ZCOUNT s 0 1",
                            "ZDIFF 1 s",
                            "ZINCRBY s 1 a",
                            "ZDIFFSTORE d 1 s",
                            "ZINTER 1 s",
                            "ZINTERCARD 1 s",
                            "ZINTERSTORE d 1 s",
                            "ZLEXCOUNT s - +",
                            "ZMPOP 1 s MIN",
                            "ZMSCORE s a",
                            "ZPOPMAX s",
                            "ZPOPMIN s 0",
                            "ZRANDMEMBER s",
                            "ZRANDMEMBER s 1",
                            "ZRANGE s 0 1",
                            "ZRANGEBYLEX s - +",
                            "ZRANGEBYSCORE s 0 1",
                            "ZRANGESTORE d s 0 1",
                            "ZRANK s a",
                            "ZREM s a",
                            "ZREMRANGEBYLEX s - +",
                            "ZREMRANGEBYRANK s 0 1",
                            "ZREMRANGEBYSCORE s 0 1",
                            "ZREVRANGE s 0 1",
                            "ZREVRANGEBYLEX s + -",
                            "ZREVRANGEBYSCORE s 1 0",
                            "ZREVRANK s a",
                            "ZSCAN s 0",
                            "ZSCORE s a",
                            "ZUNION 2 z s",
                            "ZUNIONSTORE d 1 s"}) {
    EXPECT_EQ(client_.Run(words), kWrongType) << words;
  }
}

TEST_F(SortedSetCommands, ZRandMemberDrawsMembers) {
  EXPECT_EQ(client_.Run("ZRANDMEMBER none"), "nil");
  EXPECT_EQ(client_.Run("ZRANDMEMBER none -3"), "[]");
  Do("ZADD z 1 a");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z"), "\"a\"");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z 0"), "[]");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z 9223372036854775807"), "[\"a\"]");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z -2 WITHSCORES"),
            "[\"a\", (1), \"a\", (1)]");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z 1 WITHSCORE"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZRANDMEMBER z x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z 9223372036854775807 WITHSCORES"),
            "-ERR value is out of range");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z -9223372036854775807"),
            "-ERR value is out of range");
  EXPECT_EQ(client_.Run("ZRANDMEMBER z -9223372036854775808"),
            "-ERR value is out of range, value must between "
            "-9223372036854775807 and 9223372036854775807");
}

TEST_F(SortedSetCommands, ZScanReturnsFlatPairsAsText) {
  EXPECT_EQ(client_.Run("ZSCAN none 0"), "[\"0\", []]");
  Do("ZADD z 1 ab 2.5 cd");
  EXPECT_EQ(client_.Run("ZSCAN z 0"),
            "[\"0\", [\"ab\", \"1\", \"cd\", \"2.5\"]]");
  EXPECT_EQ(client_.Run("ZSCAN z 0 MATCH c* COUNT 5"),
            "[\"0\", [\"cd\", \"2.5\"]]");
  EXPECT_EQ(client_.Run("ZSCAN z x"), "-ERR invalid cursor");
  EXPECT_EQ(client_.Run("ZSCAN z 1.5"), "-ERR invalid cursor");
  EXPECT_EQ(client_.Run("ZSCAN z 0 COUNT 0"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZSCAN z 0 COUNT x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("ZSCAN z 0 NONSENSE"), kSyntaxError);
}

TEST_F(SortedSetCommands, ZScanOfALargeSetVisitsAllOfIt) {
  std::string words = "ZADD z";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&words, " ", i, " m", i, ".");
  Do(words);
  std::set<std::string> seen;
  std::string cursor = "0", last;
  do {
    const std::string reply =
        client_.Run(absl::StrCat("ZSCAN z ", cursor, " COUNT 20"));
    ASSERT_EQ(reply[0], '[') << reply;
    cursor = reply.substr(2, reply.find('"', 2) - 2);
    for (size_t at = 0; (at = reply.find("\"m", at)) != std::string::npos;) {
      const size_t end = reply.find('"', at + 1);
      seen.insert(reply.substr(at, end - at));
      at = end + 1;
    }
  } while (cursor != "0");
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace kv::gateway
