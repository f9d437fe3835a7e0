#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kWrongType[] =
    "-WRONGTYPE Operation against a key holding the wrong kind of value";

class StringCommands : public CommandTest {};

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

TEST_F(StringCommands, TheWordsOfSetAreReadBeforeItsNumber) {
  EXPECT_EQ(client_.Run("SET k v EX x NX XX"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SET k v EX x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SET k v EX"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SET k v EX 5 ex 10 NX nx KEEPTTL"),
            "-ERR syntax error");
  EXPECT_EQ(client_.Run("SET k v EX 5 ex 10 NX nx"), "+OK");
  EXPECT_EQ(client_.Run("TTL k"), ":10");
  EXPECT_EQ(client_.Run("SET k v XX GET EXAT 1"), "\"v\"");
  EXPECT_EQ(client_.Run("EXISTS k"), ":0");
}

TEST_F(StringCommands, OldFormsOfSet) {
  EXPECT_EQ(client_.Run("SETEX k 10 a"), "+OK");
  EXPECT_EQ(client_.Run("PTTL k"), ":10000");
  EXPECT_EQ(client_.Run("PSETEX k 20 b"), "+OK");
  EXPECT_EQ(client_.Run("PTTL k"), ":20");
  EXPECT_EQ(client_.Run("SETEX k 0 a"),
            "-ERR invalid expire time in 'setex' command");
  EXPECT_EQ(client_.Run("PSETEX k x a"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SETNX k c"), ":0");
  EXPECT_EQ(client_.Run("SETNX n c"), ":1");
  EXPECT_EQ(client_.Run("GETSET k d"), "\"b\"");
  EXPECT_EQ(client_.Run("TTL k"), ":-1");
  EXPECT_EQ(client_.Run("GETSET absent d"), "nil");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("GETSET z d"), kWrongType);
}

TEST_F(StringCommands, GetDelTakesTheValueOut) {
  EXPECT_EQ(client_.Run("SET k v"), "+OK");
  EXPECT_EQ(client_.Run("GETDEL k"), "\"v\"");
  EXPECT_EQ(client_.Run("GETDEL k"), "nil");
}

TEST_F(StringCommands, GetExLooksAtTheKeyBeforeTheNumber) {
  EXPECT_EQ(client_.Run("GETEX k EX x"), "nil");
  EXPECT_EQ(client_.Run("GETEX k EX 1 PERSIST"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("GETEX k NX"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("SET k v"), "+OK");
  EXPECT_EQ(client_.Run("GETEX k EX x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("GETEX k PX 0"),
            "-ERR invalid expire time in 'getex' command");
  EXPECT_EQ(client_.Run("GETEX k EX 7"), "\"v\"");
  EXPECT_EQ(client_.Run("GETEX k"), "\"v\"");
  EXPECT_EQ(client_.Run("TTL k"), ":7");
  EXPECT_EQ(client_.Run("GETEX k PERSIST"), "\"v\"");
  EXPECT_EQ(client_.Run("TTL k"), ":-1");
  EXPECT_EQ(client_.Run("GETEX k PXAT 1"), "\"v\"");
  EXPECT_EQ(client_.Run("GETEX k"), "nil");
}

TEST_F(StringCommands, RangesAreReadAndWritten) {
  EXPECT_EQ(client_.Run("SETRANGE k 6 Redis"), ":11");
  EXPECT_EQ(client_.Run("GETRANGE k 5 -1"), "\"\\x00Redis\"");
  EXPECT_EQ(client_.Run("SUBSTR k -3 100"), "\"dis\"");
  EXPECT_EQ(client_.Run("GETRANGE absent 0 -1"), "\"\"");
  EXPECT_EQ(client_.Run("SETRANGE k -1 x"), "-ERR offset is out of range");
  EXPECT_EQ(client_.Run("SETRANGE k 536870912 x"),
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  EXPECT_EQ(client_.Run({"SETRANGE", "absent", "536870912", ""}), ":0");
  EXPECT_EQ(client_.Run("EXISTS absent"), ":0");
}

TEST_F(StringCommands, MSetNxSetsAllOrNone) {
  EXPECT_EQ(client_.Run("MSETNX a 1 b 2"), ":1");
  EXPECT_EQ(client_.Run("MSETNX c 3 b 4"), ":0");
  EXPECT_EQ(client_.Run("MGET a b c"), "[\"1\", \"2\", nil]");
  EXPECT_EQ(client_.Run("MSETNX c 3 d"),
            "-ERR wrong number of arguments for 'msetnx' command");
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
