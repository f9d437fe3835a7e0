#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kSyntaxError[] = "-ERR syntax error";

class SortedSetPopCommands : public CommandTest {
 protected:
  SortedSetPopCommands() { client_.Run("ZADD z 1 a 2 b 3 c 4 d"); }
};

TEST_F(SortedSetPopCommands, PopsFromEitherEnd) {
  EXPECT_EQ(client_.Run("ZPOPMIN z"), "[\"a\", (1)]");
  EXPECT_EQ(client_.Run("ZPOPMAX z 2"), "[\"d\", (4), \"c\", (3)]");
  EXPECT_EQ(client_.Run("ZPOPMIN z 0"), "[]");
  EXPECT_EQ(client_.Run("ZPOPMIN z 9223372036854775807"), "[\"b\", (2)]");
  EXPECT_EQ(client_.Run("ZPOPMIN z"), "[]");
  EXPECT_EQ(client_.Run("EXISTS z"), ":0");
}

TEST_F(SortedSetPopCommands, CountsAreChecked) {
  for (const char* words : {"ZPOPMIN z -1", "ZPOPMIN z x", "ZPOPMAX z 1.5"}) {
    EXPECT_EQ(client_.Run(words),
              "-ERR value is out of range, must be positive");
  }
  EXPECT_EQ(client_.Run("ZPOPMIN z 1 2"), kSyntaxError);
  EXPECT_EQ(client_.Run("ZCARD z"), ":4");
}

TEST_F(SortedSetPopCommands, ZMPopTakesTheFirstSetThatIsNotEmpty) {
  EXPECT_EQ(client_.Run("ZMPOP 2 none z MIN"), "[\"z\", [[\"a\", (1)]]]");
  EXPECT_EQ(client_.Run("ZMPOP 1 z MAX COUNT 2"),
            "[\"z\", [[\"d\", (4)], [\"c\", (3)]]]");
  EXPECT_EQ(client_.Run("ZMPOP 1 z max COUNT 99"), "[\"z\", [[\"b\", (2)]]]");
  EXPECT_EQ(client_.Run("ZMPOP 2 z none MIN"), "nil*");
}

TEST_F(SortedSetPopCommands, ZMPopRefusesInRedisWords) {
  for (const char* words : {"ZMPOP 0 z MIN", "ZMPOP x z MIN"}) {
    EXPECT_EQ(client_.Run(words), "-ERR numkeys should be greater than 0");
  }
  for (const char* words : {"ZMPOP 1 z MIN COUNT 0", "ZMPOP 1 z MIN COUNT x"}) {
    EXPECT_EQ(client_.Run(words), "-ERR count should be greater than 0");
  }
  for (const char* words : {"ZMPOP 2 z MIN", "ZMPOP 9 z MIN", "ZMPOP 1 z MID",
                            "ZMPOP 1 z MIN COUNT", "ZMPOP 1 z MIN MAX",
                            "ZMPOP 1 z MIN COUNT 1 COUNT 1"}) {
    EXPECT_EQ(client_.Run(words), kSyntaxError) << words;
  }
  EXPECT_EQ(client_.Run("ZCARD z"), ":4");
}

}  // namespace
}  // namespace kv::gateway
