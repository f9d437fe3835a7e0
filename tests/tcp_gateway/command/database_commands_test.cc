#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/testing/command_client.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandTest;

class DatabaseCommands : public CommandTest {
 protected:
  // All keys that a whole scan returns, in order.
  std::vector<std::string> ScanAll(absl::string_view options) {
    std::vector<std::string> keys;
    std::string cursor = "0";
    do {
      const std::string reply =
          client_.Run(absl::StrCat("SCAN ", cursor, " ", options));
      // ["cursor", ["key", "key"]]
      std::vector<std::string> parts =
          absl::StrSplit(reply, absl::ByAnyChar("[], \""), absl::SkipEmpty());
      cursor = parts[0];
      keys.insert(keys.end(), parts.begin() + 1, parts.end());
    } while (cursor != "0");
    std::sort(keys.begin(), keys.end());
    return keys;
  }
};

TEST_F(DatabaseCommands, DatabasesHaveKeysOfTheirOwn) {
  client_.Run("SET k zero");
  EXPECT_EQ(client_.Run("SELECT 15"), "+OK");
  EXPECT_EQ(client_.Run("GET k"), "nil");
  client_.Run("MSET k fifteen l fifteen");
  EXPECT_EQ(client_.Run("DBSIZE"), ":2");
  EXPECT_EQ(client_.Run("SELECT 0"), "+OK");
  EXPECT_EQ(client_.Run("DBSIZE"), ":1");
  EXPECT_EQ(client_.Run("GET k"), "\"zero\"");
  EXPECT_EQ(client_.Run("SELECT 16"), "-ERR DB index is out of range");
  EXPECT_EQ(client_.Run("SELECT -1"), "-ERR DB index is out of range");
  EXPECT_EQ(client_.Run("SELECT x"),
            "-ERR value is not an integer or out of range");
}

TEST_F(DatabaseCommands, FlushDbLeavesTheOthers) {
  client_.Run("SET k 0");
  client_.Run("SELECT 1");
  client_.Run("SET k 1");
  EXPECT_EQ(client_.Run("FLUSHDB async"), "+OK");
  EXPECT_EQ(client_.Run("DBSIZE"), ":0");
  client_.Run("SELECT 0");
  EXPECT_EQ(client_.Run("DBSIZE"), ":1");
  EXPECT_EQ(client_.Run("FLUSHDB now"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("FLUSHDB SYNC SYNC"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("FLUSHALL SYNC"), "+OK");
  EXPECT_EQ(client_.Run("DBSIZE"), ":0");
}

TEST_F(DatabaseCommands, SwapDbExchangesTwoDatabasesForEverybody) {
  CommandClient other{server_};
  other.Run("SELECT 5");
  client_.Run("SET k zero PX 100");
  EXPECT_EQ(client_.Run("SWAPDB 0 5"), "+OK");
  EXPECT_EQ(client_.Run("GET k"), "nil");
  EXPECT_EQ(other.Run("GET k"), "\"zero\"");
  EXPECT_EQ(other.Run("PTTL k"), ":100");
  EXPECT_EQ(client_.Run("SWAPDB 5 6"), "+OK");
  EXPECT_EQ(client_.Run("SWAPDB 6 6"), "+OK");
  EXPECT_EQ(other.Run("DBSIZE"), ":0");
  EXPECT_EQ(client_.Run("SWAPDB 6 0"), "+OK");
  EXPECT_EQ(client_.Run("GET k"), "\"zero\"");
  EXPECT_EQ(client_.Run("SWAPDB x 0"), "-ERR invalid first DB index");
  EXPECT_EQ(client_.Run("SWAPDB 0 x"), "-ERR invalid second DB index");
  EXPECT_EQ(client_.Run("SWAPDB 0 16"), "-ERR DB index is out of range");
}

TEST_F(DatabaseCommands, SwapDbInsideMultiHoldsForTheCommandsAfterIt) {
  for (const char* command :
       {"MULTI", "SET k 1", "SWAPDB 0 1", "SET k 2", "DBSIZE"}) {
    client_.Run(command);
  }
  EXPECT_EQ(client_.Run("EXEC"), "[+OK, +OK, +OK, :1]");
  EXPECT_EQ(client_.Run("GET k"), "\"2\"");
  client_.Run("SELECT 1");
  EXPECT_EQ(client_.Run("GET k"), "\"1\"");
}

TEST_F(DatabaseCommands, ScanReturnsEveryKeyThatMatches) {
  std::vector<std::string> keys;
  for (int i = 100; i < 300; ++i) {
    keys.push_back(absl::StrCat("k", i));
    client_.Run(absl::StrCat("SET k", i, " v"));
  }
  client_.Run("ZADD set 1 a");
  EXPECT_EQ(ScanAll("MATCH k*"), keys);
  EXPECT_EQ(ScanAll("COUNT 1 TYPE string"), keys);
  EXPECT_EQ(ScanAll("COUNT 9223372036854775807 TYPE ZSET"),
            std::vector<std::string>{"set"});
  EXPECT_EQ(ScanAll("TYPE zset MATCH k*"), std::vector<std::string>());
  EXPECT_EQ(ScanAll("TYPE hash"), std::vector<std::string>());
  EXPECT_EQ(ScanAll("").size(), 201);
}

TEST_F(DatabaseCommands, ScanRefusesWhatRedisRefuses) {
  EXPECT_EQ(client_.Run("SCAN x"), "-ERR invalid cursor");
  EXPECT_EQ(client_.Run("SCAN 0 COUNT 0"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SCAN 0 COUNT x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SCAN 0 COUNT"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SCAN 0 NOVALUES"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SCAN 9223372036854775807"), "[\"0\", []]");
}

TEST_F(DatabaseCommands, RandomKeyIsAKeyOfTheDatabase) {
  EXPECT_EQ(client_.Run("RANDOMKEY"), "nil");
  client_.Run("MSET a 1 b 2");
  std::set<std::string> drawn;
  for (int i = 0; i < 200; ++i) drawn.insert(client_.Run("RANDOMKEY"));
  EXPECT_EQ(drawn, (std::set<std::string>{"\"a\"", "\"b\""}));
  client_.Run("SELECT 1");
  EXPECT_EQ(client_.Run("RANDOMKEY"), "nil");
}

TEST_F(DatabaseCommands, WalksRunInsideTransactions) {
  client_.Run("SET k v");
  for (const char* command :
       {"MULTI", "SCAN 0 COUNT 100", "RANDOMKEY", "KEYS *", "DBSIZE"}) {
    client_.Run(command);
  }
  EXPECT_EQ(client_.Run("EXEC"), "[[\"0\", [\"k\"]], \"k\", [\"k\"], :1]");
}

}  // namespace
}  // namespace kv::gateway
