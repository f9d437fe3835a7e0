#include <string>

#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

class SubsequenceCommands : public CommandTest {
 protected:
  void SetUp() override { client_.Run("MSET key1 ohmytext key2 mynewtext"); }
};

TEST_F(SubsequenceCommands, TextLengthAndIndexes) {
  EXPECT_EQ(client_.Run("LCS key1 key2"), "\"mytext\"");
  EXPECT_EQ(client_.Run("LCS key1 key2 LEN"), ":6");
  EXPECT_EQ(client_.Run("LCS key1 key2 IDX"),
            "{\"matches\": [[[:4, :7], [:5, :8]], [[:2, :3], [:0, :1]]], "
            "\"len\": :6}");
  EXPECT_EQ(client_.Run("LCS key1 key2 IDX MINMATCHLEN 4 WITHMATCHLEN"),
            "{\"matches\": [[[:4, :7], [:5, :8], :4]], \"len\": :6}");
}

TEST_F(SubsequenceCommands, AbsentKeysAreEmpty) {
  EXPECT_EQ(client_.Run("LCS key1 absent"), "\"\"");
  EXPECT_EQ(client_.Run("LCS absent key2 LEN"), ":0");
  EXPECT_EQ(client_.Run("LCS absent absent IDX"),
            "{\"matches\": [], \"len\": :0}");
}

TEST_F(SubsequenceCommands, ErrorsAreThoseOfRedis) {
  EXPECT_EQ(client_.Run("LCS key1 key2 LEN IDX"),
            "-ERR If you want both the length and indexes, please just use "
            "IDX.");
  EXPECT_EQ(client_.Run("LCS key1 key2 FOO"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("LCS key1 key2 MINMATCHLEN"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("LCS key1 z FOO"),
            "-ERR The specified keys must contain string values");
  EXPECT_EQ(client_.Run({"SET", "large", std::string(20000, 'a')}), "+OK");
  EXPECT_EQ(client_.Run("LCS large large"),
            "-ERR Insufficient memory, transient memory for LCS exceeds "
            "proto-max-bulk-len");
}

}  // namespace
}  // namespace kv::gateway
