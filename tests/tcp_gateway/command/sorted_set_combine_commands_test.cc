#include <string>

#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kSyntaxError[] = "-ERR syntax error";
constexpr char kNotAnInteger[] = "-ERR value is not an integer or out of range";

class SortedSetCombineCommands : public CommandTest {
 protected:
  SortedSetCombineCommands() {
    client_.Run("ZADD a 1 x 2 y");
    client_.Run("ZADD b 5 y 3 z");
  }
};

TEST_F(SortedSetCombineCommands, TheyReplyInOrder) {
  EXPECT_EQ(client_.Run("ZUNION 2 a b"), "[\"x\", \"z\", \"y\"]");
  EXPECT_EQ(client_.Run("ZUNION 2 a b WITHSCORES AGGREGATE MIN"),
            "[\"x\", (1), \"y\", (2), \"z\", (3)]");
  EXPECT_EQ(client_.Run("ZINTER 2 a b WEIGHTS 2 10 WITHSCORES"),
            "[\"y\", (54)]");
  EXPECT_EQ(client_.Run("ZDIFF 2 a b WITHSCORES"), "[\"x\", (1)]");
  EXPECT_EQ(client_.Run("ZDIFF 3 a b none"), "[\"x\"]");
  EXPECT_EQ(client_.Run("ZINTER 2 a none"), "[]");
  EXPECT_EQ(client_.Run("ZINTERCARD 2 a b"), ":1");
  EXPECT_EQ(client_.Run("ZINTERCARD 2 a a LIMIT 1"), ":1");
  EXPECT_EQ(client_.Run("ZINTERCARD 2 a a LIMIT 0"), ":2");
}

TEST_F(SortedSetCombineCommands, TheyStore) {
  client_.Run("SET d x");
  EXPECT_EQ(client_.Run("ZUNIONSTORE d 2 a b AGGREGATE MAX WEIGHTS 1 -1"),
            ":3");
  EXPECT_EQ(client_.Run("ZRANGE d 0 -1 WITHSCORES"),
            "[\"z\", (-3), \"x\", (1), \"y\", (2)]");
  EXPECT_EQ(client_.Run("ZINTERSTORE a 2 a b"), ":1");
  EXPECT_EQ(client_.Run("ZRANGE a 0 -1 WITHSCORES"), "[\"y\", (7)]");
  EXPECT_EQ(client_.Run("ZDIFFSTORE d 2 a b"), ":0");
  EXPECT_EQ(client_.Run("EXISTS d"), ":0");
}

TEST_F(SortedSetCombineCommands, TheNumberOfKeysIsChecked) {
  EXPECT_EQ(client_.Run("ZUNION 0 a"),
            "-ERR at least 1 input key is needed for 'zunion' command");
  EXPECT_EQ(client_.Run("ZDIFFSTORE d -1 a"),
            "-ERR at least 1 input key is needed for 'zdiffstore' command");
  EXPECT_EQ(client_.Run("ZINTERCARD 0 a"),
            "-ERR at least 1 input key is needed for 'zintercard' command");
  EXPECT_EQ(client_.Run("ZINTER x a"), kNotAnInteger);
  EXPECT_EQ(client_.Run("ZINTER 3 a b"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZUNIONSTORE d 9223372036854775807 a"), kSyntaxError);
}

TEST_F(SortedSetCombineCommands, WordsThatDoNotFitAreRefused) {
  EXPECT_EQ(client_.Run("ZUNION 2 a b WEIGHTS 1"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZUNION 2 a b WEIGHTS 1 x"),
            "-ERR weight value is not a float");
  EXPECT_EQ(client_.Run("ZUNION 2 a b AGGREGATE AVG"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZUNION 2 a b AGGREGATE"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZDIFF 2 a b WEIGHTS 1 1"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZUNIONSTORE d 1 a WITHSCORES"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZINTERCARD 1 a WITHSCORES"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZINTERCARD 1 a LIMIT -1"),
            "-ERR LIMIT can't be negative");
  EXPECT_EQ(client_.Run("ZINTERCARD 1 a LIMIT x"),
            "-ERR LIMIT can't be negative");
}

TEST_F(SortedSetCombineCommands, TheyRunInsideATransaction) {
  client_.Run("MULTI");
  client_.Run("ZUNIONSTORE d 2 a b");
  client_.Run("ZUNION 0 a");
  client_.Run("ZMPOP 2 none d MAX");
  EXPECT_EQ(client_.Run("EXEC"),
            "[:3, -ERR at least 1 input key is needed for 'zunion' command, "
            "[\"d\", [[\"y\", (7)]]]]");
}

}  // namespace
}  // namespace kv::gateway
