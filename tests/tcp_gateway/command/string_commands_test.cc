#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_client.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandServer;

class StringCommands : public ::testing::Test {
 protected:
  CommandServer server_;
  CommandClient client_{server_};
};

TEST_F(StringCommands, SetAndGet) {
  EXPECT_EQ(client_.Run("GET k"), "nil");
  EXPECT_EQ(client_.Run("SET k v"), "+OK");
  EXPECT_EQ(client_.Run("GET k"), "\"v\"");
  EXPECT_EQ(client_.Run({"set", "", ""}), "+OK");
  EXPECT_EQ(client_.Run({"get", ""}), "\"\"");
}

TEST_F(StringCommands, NamesAreFoundInAnyCaseAndExactly) {
  EXPECT_EQ(client_.Run("sEt k v"), "+OK");
  EXPECT_EQ(
      client_.Run({std::string("GET\0", 4), "k"}),
      absl::StrCat("-ERR unknown command '", absl::string_view("GET\0", 4),
                   "', with args beginning with: 'k' "));
  EXPECT_EQ(client_.Run("gett k"),
            "-ERR unknown command 'gett', with args beginning with: 'k' ");
}

TEST_F(StringCommands, ArityIsChecked) {
  EXPECT_EQ(client_.Run("GET"),
            "-ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(client_.Run("SET k"),
            "-ERR wrong number of arguments for 'set' command");
  EXPECT_EQ(client_.Run("MSET a 1 b"),
            "-ERR wrong number of arguments for 'mset' command");
}

TEST_F(StringCommands, SetTakesConditionsAndReturnsThePrevious) {
  EXPECT_EQ(client_.Run("SET k 1 XX"), "nil");
  EXPECT_EQ(client_.Run("SET k 1 NX"), "+OK");
  EXPECT_EQ(client_.Run("SET k 2 NX"), "nil");
  EXPECT_EQ(client_.Run("SET k 3 GET"), "\"1\"");
  EXPECT_EQ(client_.Run("SET k 4 NX XX"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("GET k"), "\"3\"");
}

TEST_F(StringCommands, SetTakesExpiries) {
  EXPECT_EQ(client_.Run("SET k v EX 10"), "+OK");
  EXPECT_EQ(client_.Run("PTTL k"), ":10000");
  EXPECT_EQ(client_.Run("SET k v KEEPTTL"), "+OK");
  EXPECT_EQ(client_.Run("PTTL k"), ":10000");
  EXPECT_EQ(client_.Run("SET k v PX 1"), "+OK");
  server_.now_ms += 1;
  EXPECT_EQ(client_.Run("GET k"), "nil");
  EXPECT_EQ(client_.Run("SET k v EX 0"),
            "-ERR invalid expire time in 'set' command");
  EXPECT_EQ(client_.Run("SET k v EX 9223372036854775807"),
            "-ERR invalid expire time in 'set' command");
  EXPECT_EQ(client_.Run("SET k v EX 1 PX 1"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SET k v EX 1 KEEPTTL"), "-ERR syntax error");
}

TEST_F(StringCommands, CountersCountAndRefuse) {
  EXPECT_EQ(client_.Run("INCR n"), ":1");
  EXPECT_EQ(client_.Run("INCRBY n 41"), ":42");
  EXPECT_EQ(client_.Run("DECR n"), ":41");
  EXPECT_EQ(client_.Run("DECRBY n 1"), ":40");
  EXPECT_EQ(client_.Run("INCRBY n x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SET n 9223372036854775807"), "+OK");
  EXPECT_EQ(client_.Run("INCR n"),
            "-ERR increment or decrement would overflow");
  EXPECT_EQ(client_.Run("DECRBY n -9223372036854775808"),
            "-ERR decrement would overflow");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("INCR z"),
            "-WRONGTYPE Operation against a key holding the wrong kind of "
            "value");
}

TEST_F(StringCommands, ABatchIsExecutedInOrder) {
  EXPECT_EQ(client_.RunBatch({"SET a 1", "GET a", "INCR a", "NOSUCH", "GET b",
                              "PING", "MGET a b", "DEL a", "GET a", "GET"}),
            "+OK \"1\" :2 -ERR unknown command 'NOSUCH', with args beginning "
            "with:  nil +PONG [\"2\", nil] :1 nil -ERR wrong number of "
            "arguments for 'get' command");
}

TEST_F(StringCommands, ManyKeysAtOnce) {
  EXPECT_EQ(client_.Run("MSET a 1 b 2 c 3"), "+OK");
  EXPECT_EQ(client_.Run("MGET a b x c"), "[\"1\", \"2\", nil, \"3\"]");
}

}  // namespace
}  // namespace kv::gateway
