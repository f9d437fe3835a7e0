#include "gtest/gtest.h"
#include "tests/testing/command_client.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandServer;

class TransactionCommands : public ::testing::Test {
 protected:
  CommandServer server_;
  CommandClient client_{server_};
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
