#include <string>

#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kSameObject[] =
    "-ERR source and destination objects are the same";
constexpr char kNoSuchKey[] = "-ERR no such key";

class KeyCommands : public CommandTest {};

TEST_F(KeyCommands, KeysAreCountedAndRemoved) {
  client_.Run("MSET a 1 b 2");
  client_.Run("ZADD z 1 m");
  EXPECT_EQ(client_.Run("EXISTS a a x z"), ":3");
  EXPECT_EQ(client_.Run("TOUCH a x b"), ":2");
  EXPECT_EQ(client_.Run("TYPE a"), "+string");
  EXPECT_EQ(client_.Run("TYPE z"), "+zset");
  EXPECT_EQ(client_.Run("TYPE x"), "+none");
  EXPECT_EQ(client_.Run("UNLINK a a x"), ":1");
  EXPECT_EQ(client_.Run("DEL a b z"), ":2");
}

TEST_F(KeyCommands, RenameTakesValueAndDeadlineAlong) {
  client_.Run("SET a 1 PX 500");
  client_.Run("SET b 2 PX 900");
  EXPECT_EQ(client_.Run("RENAME a b"), "+OK");
  EXPECT_EQ(client_.Run("GET a"), "nil");
  EXPECT_EQ(client_.Run("GET b"), "\"1\"");
  EXPECT_EQ(client_.Run("PTTL b"), ":500");
  client_.Run("ZADD z 1 m 2 n");
  EXPECT_EQ(client_.Run("RENAME z b"), "+OK");
  EXPECT_EQ(client_.Run("PTTL b"), ":-1");
  EXPECT_EQ(client_.Run("ZRANGE b 0 -1 WITHSCORES"),
            "[\"m\", (1), \"n\", (2)]");
  EXPECT_EQ(client_.Run("RENAME b b"), "+OK");
  EXPECT_EQ(client_.Run("RENAME x x"), kNoSuchKey);
  EXPECT_EQ(client_.Run("RENAME x b"), kNoSuchKey);
}

TEST_F(KeyCommands, RenameNxLeavesWhatIsThere) {
  client_.Run("MSET a 1 b 2");
  EXPECT_EQ(client_.Run("RENAMENX a b"), ":0");
  EXPECT_EQ(client_.Run("RENAMENX a a"), ":0");
  EXPECT_EQ(client_.Run("RENAMENX x c"), kNoSuchKey);
  EXPECT_EQ(client_.Run("RENAMENX a c"), ":1");
  EXPECT_EQ(client_.Run("MGET a b c"), "[nil, \"2\", \"1\"]");
}

TEST_F(KeyCommands, CopyLeavesTheSourceAsItWas) {
  client_.Run("SET a 1 PX 500");
  EXPECT_EQ(client_.Run("COPY a b"), ":1");
  EXPECT_EQ(client_.Run("PTTL b"), ":500");
  EXPECT_EQ(client_.Run("INCR b"), ":2");
  EXPECT_EQ(client_.Run("COPY b a"), ":0");
  EXPECT_EQ(client_.Run("COPY b a REPLACE"), ":1");
  EXPECT_EQ(client_.Run("GET a"), "\"2\"");
  EXPECT_EQ(client_.Run("COPY x a REPLACE"), ":0");
  client_.Run("ZADD z 1 m");
  EXPECT_EQ(client_.Run("COPY z a DB 3"), ":1");
  client_.Run("ZADD z 2 n");
  client_.Run("SELECT 3");
  EXPECT_EQ(client_.Run("ZRANGE a 0 -1"), "[\"m\"]");
  EXPECT_EQ(client_.Run("COPY a a"), kSameObject);
  EXPECT_EQ(client_.Run("COPY a a DB 3"), kSameObject);
  EXPECT_EQ(client_.Run("COPY a a DB 0"), ":0");
  EXPECT_EQ(client_.Run("COPY a a DB 0 REPLACE"), ":1");
  EXPECT_EQ(client_.Run("COPY a b DB 16"), "-ERR DB index is out of range");
  EXPECT_EQ(client_.Run("COPY a b DB x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("COPY a b DB"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("COPY a b c"), "-ERR syntax error");
}

TEST_F(KeyCommands, MoveChangesTheDatabase) {
  client_.Run("SET a 1 PX 500");
  EXPECT_EQ(client_.Run("MOVE a 0"), kSameObject);
  EXPECT_EQ(client_.Run("MOVE x 1"), ":0");
  EXPECT_EQ(client_.Run("MOVE a 1"), ":1");
  EXPECT_EQ(client_.Run("EXISTS a"), ":0");
  client_.Run("SET a 2");
  EXPECT_EQ(client_.Run("MOVE a 1"), ":0");
  EXPECT_EQ(client_.Run("MOVE a 16"), "-ERR DB index is out of range");
  EXPECT_EQ(client_.Run("MOVE a b"),
            "-ERR value is not an integer or out of range");
  client_.Run("SELECT 1");
  EXPECT_EQ(client_.Run("GET a"), "\"1\"");
  EXPECT_EQ(client_.Run("PTTL a"), ":500");
}

TEST_F(KeyCommands, RenamesAreAtomicWithinMulti) {
  client_.Run("SET a 1");
  for (const char* command : {"MULTI", "RENAME a b", "RENAME b c", "MOVE c 1",
                              "RENAME c d", "EXISTS a b c d"}) {
    client_.Run(command);
  }
  EXPECT_EQ(client_.Run("EXEC"),
            std::string("[+OK, +OK, :1, ") + kNoSuchKey + ", :0]");
}

}  // namespace
}  // namespace kv::gateway
