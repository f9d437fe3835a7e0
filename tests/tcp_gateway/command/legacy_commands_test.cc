#include "tcp_gateway/command/legacy_commands.h"

#include <string>

#include "gtest/gtest.h"
#include "tcp_gateway/wire/protocol.h"
#include "tests/testing/command_client.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandTest;

class LegacyCommandsTest : public CommandTest {
 protected:
  LegacyCommandsTest() { client_.session().set_protocol(Protocol::kLegacy); }

  CommandClient redis_{server_};
};

TEST_F(LegacyCommandsTest, SetAnswersNilAndKeepsTheTimeToLive) {
  EXPECT_EQ(client_.Run("set k v"), "nil");
  EXPECT_EQ(client_.Run("pexpire k 5000"), ":1");
  EXPECT_EQ(client_.Run("set k w"), "nil");
  EXPECT_EQ(client_.Run("get k"), "\"w\"");
  EXPECT_EQ(client_.Run("pttl k"), ":5000");
  // Redis' SET does not.
  EXPECT_EQ(redis_.Run("set k x"), "+OK");
  EXPECT_EQ(client_.Run("pttl k"), ":-1");
}

TEST_F(LegacyCommandsTest, NamesAreFoundInAnyCase) {
  EXPECT_EQ(client_.Run("SeT k v"), "nil");
  EXPECT_EQ(client_.Run("GET k"), "\"v\"");
}

TEST_F(LegacyCommandsTest, SetDoesNotReplaceASortedSet) {
  EXPECT_EQ(client_.Run("zadd z 1 a"), ":1");
  EXPECT_EQ(client_.Run("set z v"), "-expect string type");
  EXPECT_EQ(client_.Run("get z"), "-expect string type");
  EXPECT_EQ(client_.Run("zscore z a"), "(1)");
}

TEST_F(LegacyCommandsTest, DelRemovesStringsAndSortedSets) {
  client_.Run("set k v");
  client_.Run("zadd z 1 a");
  EXPECT_EQ(client_.Run("del k"), ":1");
  EXPECT_EQ(client_.Run("del z"), ":1");
  EXPECT_EQ(client_.Run("del z"), ":0");
}

TEST_F(LegacyCommandsTest, PexpireTellsWhetherThereIsSuchAKey) {
  EXPECT_EQ(client_.Run("pexpire k 10"), ":0");
  EXPECT_EQ(client_.Run("pttl k"), ":-2");
  client_.Run("set k v");
  EXPECT_EQ(client_.Run("pttl k"), ":-1");
  EXPECT_EQ(client_.Run("pexpire k 10"), ":1");
  server_.now_ms += 9;
  EXPECT_EQ(client_.Run("pttl k"), ":1");
  server_.now_ms += 1;
  EXPECT_EQ(client_.Run("get k"), "nil");
  EXPECT_EQ(client_.Run("pexpire k 1.5"), "-expect int64");
  EXPECT_EQ(client_.Run("pexpire k 9223372036854775808"), "-expect int64");
}

TEST_F(LegacyCommandsTest, NegativePexpireRemovesTheTimeToLive) {
  client_.Run("set k v");
  client_.Run("pexpire k 10");
  EXPECT_EQ(client_.Run("pexpire k -1"), ":1");
  EXPECT_EQ(client_.Run("pttl k"), ":-1");
  EXPECT_EQ(client_.Run("pexpire k -1"), ":1");
  EXPECT_EQ(client_.Run("pexpire nothing -1"), ":0");
}

TEST_F(LegacyCommandsTest, PexpireOfNothingLeftRemovesTheKey) {
  client_.Run("set k v");
  EXPECT_EQ(client_.Run("pexpire k 0"), ":1");
  EXPECT_EQ(client_.Run("get k"), "nil");
}

TEST_F(LegacyCommandsTest, PexpireBeyondTheEndOfTimeIsItsLastMoment) {
  client_.Run("set k v");
  EXPECT_EQ(client_.Run("pexpire k 9223372036854775807"), ":1");
  EXPECT_NE(client_.Run("pttl k"), ":-1");
}

TEST_F(LegacyCommandsTest, KeysWithoutAPatternAreAllKeys) {
  EXPECT_EQ(client_.Run("keys"), "[]");
  client_.Run("set a 1");
  EXPECT_EQ(client_.Run("keys"), "[\"a\"]");
  client_.Run("zadd b 1 m");
  EXPECT_EQ(client_.Run("keys b*"), "[\"b\"]");
  EXPECT_EQ(client_.Run("keys").size(), std::string("[\"a\", \"b\"]").size());
}

TEST_F(LegacyCommandsTest, ZaddAndZremCountOneMember) {
  EXPECT_EQ(client_.Run("zrem z a"), "nil");
  EXPECT_EQ(client_.Run("zadd z 1 a"), ":1");
  EXPECT_EQ(client_.Run("zadd z 2.5 a"), ":0");
  EXPECT_EQ(client_.Run("zscore z a"), "(2.5)");
  EXPECT_EQ(client_.Run("zscore z b"), "nil");
  EXPECT_EQ(client_.Run("zscore nothing b"), "nil");
  EXPECT_EQ(client_.Run("zrem z b"), ":0");
  EXPECT_EQ(client_.Run("zrem z a"), ":1");
}

TEST_F(LegacyCommandsTest, SortedSetCommandsRefuseStringsAndWhatIsNoNumber) {
  client_.Run("set s v");
  EXPECT_EQ(client_.Run("zadd s 1 a"), "-expect zset");
  EXPECT_EQ(client_.Run("zrem s a"), "-expect zset");
  EXPECT_EQ(client_.Run("zscore s a"), "-expect zset");
  EXPECT_EQ(client_.Run("zquery s 1 a 0 10"), "-expect zset");
  EXPECT_EQ(client_.Run("zadd z x a"), "-expect fp number");
  EXPECT_EQ(client_.Run("zadd z nan a"), "-expect fp number");
  EXPECT_EQ(client_.Run("zquery z x a 0 10"), "-expect fp number");
  EXPECT_EQ(client_.Run("zquery z 1 a x 10"), "-expect int");
  EXPECT_EQ(client_.Run("zquery z 1 a 0 x"), "-expect int");
}

TEST_F(LegacyCommandsTest, ZqueryListsFromAPairOn) {
  client_.Run("zadd z 1 a");
  client_.Run("zadd z 1 b");
  client_.Run("zadd z 2 c");
  EXPECT_EQ(client_.Run({"zquery", "z", "-inf", "", "0", "100"}),
            "[\"a\", (1), \"b\", (1), \"c\", (2)]");
  EXPECT_EQ(client_.Run("zquery z 1 aa 0 100"), "[\"b\", (1), \"c\", (2)]");
  EXPECT_EQ(client_.Run("zquery z 1 b 1 100"), "[\"c\", (2)]");
  EXPECT_EQ(client_.Run("zquery z 1 b -1 2"), "[\"a\", (1)]");
  EXPECT_EQ(client_.Run("zquery z 2 d 0 100"), "[]");
  EXPECT_EQ(client_.Run("zquery z 2 d -1 100"), "[]");
  EXPECT_EQ(client_.Run("zquery z 1 a -1 100"), "[]");
  EXPECT_EQ(client_.Run("zquery z 1 a 3 100"), "[]");
  EXPECT_EQ(client_.Run("zquery nothing 1 a 0 100"), "[]");
}

TEST_F(LegacyCommandsTest, ZqueryLimitCountsNamesAndScores) {
  client_.Run("zadd z 1 a");
  client_.Run("zadd z 2 b");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 2"), "[\"a\", (1)]");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 1"), "[\"a\", (1)]");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 3"), "[\"a\", (1), \"b\", (2)]");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 0"), "[]");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 -4"), "[]");
  EXPECT_EQ(client_.Run("zquery z 0 a 0 9223372036854775807"),
            "[\"a\", (1), \"b\", (2)]");
}

TEST_F(LegacyCommandsTest, ZqueryExtremesDoNotOverflow) {
  client_.Run("zadd z 1 a");
  EXPECT_EQ(client_.Run("zquery z 0 a 9223372036854775807 10"), "[]");
  EXPECT_EQ(client_.Run("zquery z 0 a -9223372036854775808 10"), "[]");
}

TEST_F(LegacyCommandsTest, OtherArgumentsAndCommandsAreTheTables) {
  EXPECT_EQ(client_.Run("set k v EX 10"), "+OK");
  EXPECT_EQ(client_.Run("zadd z 1 a 2 b"), ":2");
  EXPECT_EQ(client_.Run("zrem z a b c"), ":2");
  EXPECT_EQ(client_.Run("incr n"), ":1");
  EXPECT_EQ(client_.Run("get"),
            "-ERR wrong number of arguments for 'get' command");
}

TEST_F(LegacyCommandsTest, OtherFramingsDoNotHaveThem) {
  EXPECT_EQ(redis_.Run("keys"),
            "-ERR wrong number of arguments for 'keys' command");
  EXPECT_EQ(redis_.Run("zquery z 1 a 0 1"),
            "-ERR unknown command 'zquery', with args beginning with: 'z' '1' "
            "'a' '0' '1' ");
}

TEST_F(LegacyCommandsTest, TransactionsRunTheLegacyRows) {
  EXPECT_EQ(client_.Run("multi"), "+OK");
  EXPECT_EQ(client_.Run("set k v"), "+QUEUED");
  EXPECT_EQ(client_.Run("keys"), "+QUEUED");
  EXPECT_EQ(client_.Run("exec"), "[nil, [\"k\"]]");
}

}  // namespace
}  // namespace kv::gateway
