#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kBadDump[] = "-ERR DUMP payload version or checksum are wrong";

class ObjectCommands : public CommandTest {
 protected:
  std::string Dump(const std::string& key) {
    std::string quoted = client_.Run({"DUMP", key});
    std::string bytes;
    EXPECT_TRUE(absl::CUnescape(quoted.substr(1, quoted.size() - 2), &bytes));
    return bytes;
  }
  std::string Encoding(const std::string& value) {
    client_.Run({"SET", "k", value});
    return client_.Run("OBJECT ENCODING k");
  }
};

TEST_F(ObjectCommands, EncodingsAreThoseOfRedis) {
  EXPECT_EQ(Encoding("123"), "\"int\"");
  EXPECT_EQ(Encoding("-9223372036854775808"), "\"int\"");
  EXPECT_EQ(Encoding("9223372036854775808"), "\"embstr\"");
  EXPECT_EQ(Encoding("0123"), "\"embstr\"");
  EXPECT_EQ(Encoding(std::string(44, 'x')), "\"embstr\"");
  EXPECT_EQ(Encoding(std::string(45, 'x')), "\"raw\"");
  client_.Run("ZADD z 1 a");
  EXPECT_EQ(client_.Run("OBJECT ENCODING z"), "\"listpack\"");
  for (int i = 0; i < 128; ++i) client_.Run(absl::StrCat("ZADD z 1 m", i));
  EXPECT_EQ(client_.Run("OBJECT ENCODING z"), "\"skiplist\"");
}

TEST_F(ObjectCommands, SubcommandsCheckTheirArguments) {
  client_.Run("SET k v");
  EXPECT_EQ(client_.Run("OBJECT REFCOUNT k"), ":1");
  EXPECT_EQ(client_.Run("object idletime k"), ":0");
  EXPECT_EQ(client_.Run("OBJECT FREQ k").substr(0, 50),
            "-ERR An LFU maxmemory policy is not selected, acce");
  EXPECT_EQ(client_.Run("OBJECT ENCODING x"), "nil");
  EXPECT_EQ(client_.Run("OBJECT FREQ x"), "nil");
  EXPECT_EQ(client_.Run("OBJECT ENCODING"),
            "-ERR wrong number of arguments for 'object|encoding' command");
  EXPECT_EQ(client_.Run("OBJECT ENCODING k k"),
            "-ERR wrong number of arguments for 'object|encoding' command");
  EXPECT_EQ(client_.Run("OBJECT x k"),
            "-ERR unknown subcommand 'x'. Try OBJECT HELP.");
  EXPECT_EQ(client_.Run("OBJECT HELP").substr(0, 20), "[+OBJECT <subcommand");
  client_.Run("MULTI");
  EXPECT_EQ(client_.Run("OBJECT HELP"), "+QUEUED");
  EXPECT_EQ(client_.Run("EXEC").substr(0, 21), "[[+OBJECT <subcommand");
}

TEST_F(ObjectCommands, WhatWasDumpedCanBeRestored) {
  client_.Run({"SET", "k", std::string("a\0b", 3)});
  client_.Run("ZADD z 1 a inf b -1.5 c");
  EXPECT_EQ(client_.Run("DUMP x"), "nil");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "0", Dump("k")}), "+OK");
  EXPECT_EQ(client_.Run("GET l"), client_.Run("GET k"));
  EXPECT_EQ(client_.Run({"RESTORE", "l", "500", Dump("z"), "replace"}), "+OK");
  EXPECT_EQ(client_.Run("ZRANGE l 0 -1 WITHSCORES"),
            client_.Run("ZRANGE z 0 -1 WITHSCORES"));
  EXPECT_EQ(client_.Run("PTTL l"), ":500");
}

TEST_F(ObjectCommands, RestoreRefusesWhatRedisRefuses) {
  client_.Run("SET k v");
  const std::string dump = Dump("k");
  EXPECT_EQ(client_.Run({"RESTORE", "k", "0", dump}),
            "-BUSYKEY Target key name already exists.");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "0", "junk"}), kBadDump);
  EXPECT_EQ(client_.Run({"RESTORE", "l", "-1", dump}),
            "-ERR Invalid TTL value, must be >= 0");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "x", dump}),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "0", dump, "IDLETIME", "-1"}),
            "-ERR Invalid IDLETIME value, must be >= 0");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "0", dump, "FREQ", "256"}),
            "-ERR Invalid FREQ value, must be >= 0 and <= 255");
  EXPECT_EQ(
      client_.Run({"RESTORE", "l", "0", dump, "FREQ", "1", "IDLETIME", "1"}),
      "-ERR syntax error");
  EXPECT_EQ(client_.Run("EXISTS l"), ":0");
  EXPECT_EQ(client_.Run({"RESTORE", "l", "0", dump, "IDLETIME", "7"}), "+OK");
  EXPECT_EQ(client_.Run({"RESTORE", "k", "1", dump, "ABSTTL", "REPLACE"}),
            "+OK");
  EXPECT_EQ(client_.Run("EXISTS k"), ":0");
}

}  // namespace
}  // namespace kv::gateway
