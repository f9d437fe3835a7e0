#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

class SortCommands : public CommandTest {
 protected:
  void SetUp() override {
    client_.Run("ZADD z 1 30 2 4 3 200");
    client_.Run("MSET w_30 c w_4 b w_200 a");
  }
};

TEST_F(SortCommands, WordsMayComeInAnyOrder) {
  EXPECT_EQ(client_.Run("SORT z"), "[\"4\", \"30\", \"200\"]");
  EXPECT_EQ(client_.Run("SORT_RO z desc"), "[\"200\", \"30\", \"4\"]");
  EXPECT_EQ(client_.Run("SORT z ALPHA LIMIT 1 2"), "[\"30\", \"4\"]");
  EXPECT_EQ(client_.Run("SORT z GET # BY w_* GET w_* ALPHA ASC LIMIT 0 2"),
            "[\"200\", \"a\", \"4\", \"b\"]");
  EXPECT_EQ(client_.Run("SORT z BY nosort GET x_* LIMIT -1 1"), "[nil]");
  EXPECT_EQ(client_.Run("SORT absent GET #"), "[]");
}

TEST_F(SortCommands, PatternsMeanTheDatabaseOfTheSet) {
  client_.Run("SELECT 1");
  client_.Run("ZADD z 1 4");
  EXPECT_EQ(client_.Run("SORT z GET w_*"), "[nil]");
}

TEST_F(SortCommands, RefusesWhatItDoesNotServe) {
  EXPECT_EQ(client_.Run("SORT z STORE list"),
            "-ERR SORT with STORE makes a list, which is not served here");
  EXPECT_EQ(client_.Run("SORT_RO z STORE list"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SORT z BY"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SORT z LIMIT 1"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SORT z LIMIT a b"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SORT z BY w_*"),
            "-ERR One or more scores can't be converted into double");
  EXPECT_EQ(client_.Run("SORT w_30"),
            "-WRONGTYPE Operation against a key holding the wrong kind of "
            "value");
}

}  // namespace
}  // namespace kv::gateway
