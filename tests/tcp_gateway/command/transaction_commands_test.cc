#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/command_client.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandTest;

class TransactionCommands : public CommandTest {
 protected:
  static std::string RunTransaction(CommandClient& client) {
    client.Run("MULTI");
    client.Run("PING");
    return client.Run("EXEC");
  }

  CommandClient other_{server_};
};

TEST_F(TransactionCommands, ExecRunsWhatWasQueued) {
  EXPECT_EQ(client_.Run("MULTI"), "+OK");
  EXPECT_EQ(client_.Run("SET a 1"), "+QUEUED");
  EXPECT_EQ(client_.Run("INCR a"), "+QUEUED");
  EXPECT_EQ(client_.Run("MGET a b"), "+QUEUED");
  EXPECT_EQ(client_.Run("DBSIZE"), "+QUEUED");
  EXPECT_EQ(other_.Run("GET a"), "nil");
  EXPECT_EQ(client_.Run("EXEC"), "[+OK, :2, [\"2\", nil], :1]");
  EXPECT_EQ(client_.Run("EXEC"), "-ERR EXEC without MULTI");
}

TEST_F(TransactionCommands, AnEmptyQueueIsAnEmptyReply) {
  EXPECT_EQ(client_.Run("MULTI"), "+OK");
  EXPECT_EQ(client_.Run("EXEC"), "[]");
}

TEST_F(TransactionCommands, ACommandThatFailsDoesNotStopTheOthers) {
  client_.Run("MULTI");
  client_.Run("SET a x");
  client_.Run("INCR a");
  client_.Run("SET b y");
  EXPECT_EQ(client_.Run("EXEC"),
            "[+OK, -ERR value is not an integer or out of range, +OK]");
  EXPECT_EQ(client_.Run("GET b"), "\"y\"");
}

TEST_F(TransactionCommands, ACommandThatIsRefusedBreaksAll) {
  client_.Run("MULTI");
  client_.Run("SET a 1");
  EXPECT_EQ(client_.Run("GET"),
            "-ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(client_.Run("EXEC"),
            "-EXECABORT Transaction discarded because of previous errors.");
  client_.Run("MULTI");
  client_.Run("NOSUCH");
  EXPECT_EQ(client_.Run("EXEC"),
            "-EXECABORT Transaction discarded because of previous errors.");
  EXPECT_EQ(client_.Run("GET a"), "nil");
}

TEST_F(TransactionCommands, DiscardForgets) {
  EXPECT_EQ(client_.Run("DISCARD"), "-ERR DISCARD without MULTI");
  client_.Run("MULTI");
  client_.Run("SET a 1");
  EXPECT_EQ(client_.Run("DISCARD"), "+OK");
  EXPECT_EQ(client_.Run("GET a"), "nil");
}

TEST_F(TransactionCommands, NestingIsRefusedAndBreaksNothing) {
  client_.Run("MULTI");
  EXPECT_EQ(client_.Run("MULTI"), "-ERR MULTI calls can not be nested");
  EXPECT_EQ(client_.Run("WATCH a"), "-ERR WATCH inside MULTI is not allowed");
  client_.Run("PING");
  EXPECT_EQ(client_.Run("EXEC"), "[+PONG]");
}

TEST_F(TransactionCommands, AWatchedKeyThatChangedStopsExec) {
  EXPECT_EQ(client_.Run("WATCH a b"), "+OK");
  other_.Run("SET b 1");
  client_.Run("MULTI");
  client_.Run("SET a 1");
  EXPECT_EQ(client_.Run("EXEC"), "nil*");
  EXPECT_EQ(client_.Run("GET a"), "nil");
  // The watch is gone with EXEC.
  client_.Run("MULTI");
  client_.Run("SET a 1");
  EXPECT_EQ(client_.Run("EXEC"), "[+OK]");
}

TEST_F(TransactionCommands, ReadingDoesNotTouchAWatchedKey) {
  client_.Run("SET a 1");
  client_.Run("WATCH a");
  other_.Run("GET a");
  client_.Run("MULTI");
  client_.Run("INCR a");
  EXPECT_EQ(client_.Run("EXEC"), "[:2]");
}

TEST_F(TransactionCommands, ExpiryTouchesAWatchedKey) {
  client_.Run("SET a 1 PX 10");
  client_.Run("WATCH a");
  server_.now_ms += 10;
  client_.Run("MULTI");
  client_.Run("PING");
  EXPECT_EQ(client_.Run("EXEC"), "nil*");
}

TEST_F(TransactionCommands, AWatchedKeyThatCameAndWentStopsExec) {
  for (const auto& [make, remove] :
       {std::pair("SET a 1", "DEL a"), std::pair("ZADD a 1 m", "ZREM a m"),
        std::pair("APPEND a x", "FLUSHALL"), std::pair("INCR a", "RENAME a b"),
        std::pair("SET a 1", "MOVE a 1")}) {
    SCOPED_TRACE(make);
    client_.Run("WATCH a");
    other_.Run(make);
    other_.Run(remove);
    EXPECT_EQ(client_.Run("EXISTS a"), ":0");
    EXPECT_EQ(RunTransaction(client_), "nil*");
    other_.Run("FLUSHALL");
  }
}

TEST_F(TransactionCommands, AWatchedKeyThatCameAndExpiredStopsExec) {
  client_.Run("WATCH a");
  other_.Run("SET a 1 PX 10");
  server_.now_ms += 10;
  EXPECT_EQ(RunTransaction(client_), "nil*");
}

TEST_F(TransactionCommands, AnAbsentKeyIsTouchedByItsOwnChangesOnly) {
  client_.Run("SET expired 1 PX 10");
  server_.now_ms += 10;
  client_.Run("WATCH a expired");
  for (int i = 0; i < 100; ++i) other_.Run(absl::StrCat("SET k", i, " 1"));
  other_.Run("DEL a");
  other_.Run("GETDEL expired");  // removes what is left of it
  other_.Run("SELECT 1");
  other_.Run("SET a 1");
  other_.Run("FLUSHALL");
  EXPECT_EQ(RunTransaction(client_), "[+PONG]");
}

TEST_F(TransactionCommands, EachWatchOfAnAbsentKeyHasABeginning) {
  client_.Run("WATCH a");
  other_.Run("SET a 1");
  other_.Run("DEL a");
  other_.Run("WATCH a");
  EXPECT_EQ(RunTransaction(client_), "nil*");
  EXPECT_EQ(RunTransaction(other_), "[+PONG]");
  client_.Run("WATCH a");
  EXPECT_EQ(RunTransaction(client_), "[+PONG]");
}

TEST_F(TransactionCommands, AClientThatLeavesWatchesNothing) {
  {
    CommandClient leaving(server_);
    leaving.Run("WATCH a");
    EXPECT_NE(server_.engine.keyspace().sink(), nullptr);
  }
  EXPECT_EQ(server_.engine.keyspace().sink(), nullptr);
}

TEST_F(TransactionCommands, ARefusedExecEndsTheTransaction) {
  client_.Run("WATCH a");
  client_.Run("MULTI");
  client_.Run("SET a 1");
  EXPECT_EQ(client_.Run("EXEC x"),
            "-EXECABORT Transaction discarded because of: wrong number of "
            "arguments for 'exec' command");
  EXPECT_EQ(client_.Run("EXEC"), "-ERR EXEC without MULTI");
  other_.Run("SET a 1");
  EXPECT_EQ(RunTransaction(client_), "[+PONG]");
}

TEST_F(TransactionCommands, UnwatchForgets) {
  client_.Run("WATCH a");
  other_.Run("SET a 1");
  EXPECT_EQ(client_.Run("UNWATCH"), "+OK");
  client_.Run("MULTI");
  client_.Run("PING");
  EXPECT_EQ(client_.Run("EXEC"), "[+PONG]");
}

TEST_F(TransactionCommands, FlushAllInsideATransaction) {
  client_.Run("MULTI");
  client_.Run("SET a 1");
  client_.Run("FLUSHALL");
  client_.Run("KEYS *");
  client_.Run("SET b 1");
  EXPECT_EQ(client_.Run("EXEC"), "[+OK, +OK, [], +OK]");
}

}  // namespace
}  // namespace kv::gateway
