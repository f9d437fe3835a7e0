#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

class ExpiryCommands : public CommandTest {};

TEST_F(ExpiryCommands, DeadlinesAreSetAndReadInEveryUnit) {
  const int64_t now = server_.now_ms;
  client_.Run("SET k v");
  EXPECT_EQ(client_.Run("TTL k"), ":-1");
  EXPECT_EQ(client_.Run("EXPIRETIME k"), ":-1");
  EXPECT_EQ(client_.Run("PEXPIRETIME absent"), ":-2");
  EXPECT_EQ(client_.Run("EXPIRE absent 10"), ":0");
  EXPECT_EQ(client_.Run("EXPIRE k 10"), ":1");
  EXPECT_EQ(client_.Run("PTTL k"), ":10000");
  EXPECT_EQ(client_.Run("PEXPIRE k 1499"), ":1");
  EXPECT_EQ(client_.Run("TTL k"), ":1");
  EXPECT_EQ(client_.Run("PEXPIRE k 1500"), ":1");
  EXPECT_EQ(client_.Run("TTL k"), ":2");
  EXPECT_EQ(client_.Run(absl::StrCat("PEXPIREAT k ", now + 7)), ":1");
  EXPECT_EQ(client_.Run("PTTL k"), ":7");
  EXPECT_EQ(client_.Run("PEXPIRETIME k"), absl::StrCat(":", now + 7));
  EXPECT_EQ(client_.Run(absl::StrCat("EXPIREAT k ", now / 1000 + 9)), ":1");
  EXPECT_EQ(client_.Run("EXPIRETIME k"), absl::StrCat(":", now / 1000 + 9));
  EXPECT_EQ(client_.Run("PERSIST k"), ":1");
  EXPECT_EQ(client_.Run("PERSIST k"), ":0");
  EXPECT_EQ(client_.Run("EXPIREAT k 1"), ":1");
  EXPECT_EQ(client_.Run("EXISTS k"), ":0");
}

TEST_F(ExpiryCommands, OptionsMayBeCombinedWhereTheyDoNotConflict) {
  client_.Run("SET k v");
  EXPECT_EQ(client_.Run("EXPIRE k 10 XX LT"), ":0");
  EXPECT_EQ(client_.Run("EXPIRE k 10 GT"), ":0");
  EXPECT_EQ(client_.Run("EXPIRE k 10 lt"), ":1");
  EXPECT_EQ(client_.Run("EXPIRE k 5 NX"), ":0");
  EXPECT_EQ(client_.Run("EXPIRE k 5 XX GT"), ":0");
  EXPECT_EQ(client_.Run("EXPIRE k 5 XX LT"), ":1");
  EXPECT_EQ(client_.Run("EXPIRE k 20 GT XX XX"), ":1");
  const char kNx[] =
      "-ERR NX and XX, GT or LT options at the same time are not compatible";
  EXPECT_EQ(client_.Run("EXPIRE k 5 NX XX"), kNx);
  EXPECT_EQ(client_.Run("EXPIRE k 5 GT NX"), kNx);
  EXPECT_EQ(client_.Run("EXPIRE k 5 GT LT"),
            "-ERR GT and LT options at the same time are not compatible");
  EXPECT_EQ(client_.Run("EXPIRE k 5 AB"), "-ERR Unsupported option AB");
}

TEST_F(ExpiryCommands, TimesOutOfRangeAreRefused) {
  client_.Run("SET k v");
  EXPECT_EQ(client_.Run("EXPIRE k x"),
            "-ERR value is not an integer or out of range");
  for (const char* name : {"expire", "expireat"}) {
    EXPECT_EQ(client_.Run(absl::StrCat(name, " k 9223372036854775807")),
              absl::StrCat("-ERR invalid expire time in '", name, "' command"));
  }
  EXPECT_EQ(client_.Run("PEXPIRE k 9223372036854775807"),
            "-ERR invalid expire time in 'pexpire' command");
  EXPECT_EQ(client_.Run("TTL k"), ":-1");
  EXPECT_EQ(client_.Run("EXPIRE k -1"), ":1");
  EXPECT_EQ(client_.Run("EXISTS k"), ":0");
}

}  // namespace
}  // namespace kv::gateway
