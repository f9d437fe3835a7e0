#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/command_client.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandTest;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNoAuth[] = "-NOAUTH Authentication required.";
constexpr char kWrongPass[] =
    "-WRONGPASS invalid username-password pair or user is disabled.";

class ConnectionCommands : public CommandTest {
 protected:
  CommandClient other_{server_};
};

TEST_F(ConnectionCommands, PingAndEcho) {
  EXPECT_EQ(client_.Run("PING"), "+PONG");
  EXPECT_EQ(client_.Run("PING x"), "\"x\"");
  EXPECT_EQ(client_.Run("PING x y"),
            "-ERR wrong number of arguments for 'ping' command");
  EXPECT_EQ(client_.Run("ECHO x"), "\"x\"");
}

TEST_F(ConnectionCommands, HelloDescribesTheServerAndSwitches) {
  EXPECT_THAT(client_.Run("HELLO"), HasSubstr("\"proto\": :2, \"id\": :1"));
  EXPECT_THAT(client_.Run("HELLO 3 SETNAME n"), HasSubstr("\"proto\": :3"));
  EXPECT_EQ(client_.Run("CLIENT GETNAME"), "\"n\"");
  EXPECT_EQ(client_.Run("HELLO 4"), "-NOPROTO unsupported protocol version");
  EXPECT_EQ(client_.Run("HELLO x"),
            "-ERR Protocol version is not an integer or out of range");
  EXPECT_EQ(client_.Run("HELLO 3 AUTH x"),
            "-ERR Syntax error in HELLO option 'AUTH'");
}

TEST_F(ConnectionCommands, WithoutAPasswordNobodyNeedsToAuthenticate) {
  EXPECT_THAT(client_.Run("AUTH x"), HasSubstr("without any password"));
  EXPECT_EQ(client_.Run("AUTH default x"), "+OK");
  EXPECT_EQ(client_.Run("AUTH nobody x"), kWrongPass);
  EXPECT_EQ(client_.Run("AUTH a b c"), "-ERR syntax error");
}

TEST_F(ConnectionCommands, APasswordIsAskedOfNewConnections) {
  EXPECT_EQ(client_.Run("CONFIG SET requirepass secret"), "+OK");
  EXPECT_EQ(client_.Run("PING"), "+PONG");  // was there before
  CommandClient fresh(server_);
  EXPECT_EQ(fresh.Run("PING"), kNoAuth);
  EXPECT_EQ(fresh.Run("CLIENT ID"), kNoAuth);
  EXPECT_THAT(fresh.Run("NOSUCH"), HasSubstr("unknown command"));
  EXPECT_THAT(fresh.Run("GET"), HasSubstr("wrong number of arguments"));
  EXPECT_THAT(fresh.Run("HELLO 3"), HasSubstr("-NOAUTH HELLO must be called"));
  EXPECT_EQ(fresh.Run("AUTH secre"), kWrongPass);
  EXPECT_EQ(fresh.Run("AUTH secrets"), kWrongPass);
  EXPECT_EQ(fresh.Run("HELLO 3 AUTH default x"), kWrongPass);
  EXPECT_FALSE(fresh.session().authenticated());
  EXPECT_THAT(fresh.Run("HELLO 3 AUTH default secret"), HasSubstr("proto"));
  EXPECT_EQ(fresh.Run("PING"), "+PONG");
  EXPECT_EQ(fresh.Run("RESET"), "+RESET");
  EXPECT_EQ(fresh.Run("PING"), kNoAuth);
  EXPECT_EQ(fresh.Run("AUTH secret"), "+OK");
  EXPECT_EQ(fresh.Run("ACL WHOAMI"), "\"default\"");
}

TEST_F(ConnectionCommands, APasswordTakenAwayLetsEverybodyIn) {
  client_.Run("CONFIG SET requirepass secret");
  CommandClient fresh(server_);
  EXPECT_EQ(fresh.Run("PING"), kNoAuth);
  EXPECT_EQ(client_.Run({"CONFIG", "SET", "requirepass", ""}), "+OK");
  EXPECT_EQ(fresh.Run("PING"), "+PONG");
}

TEST_F(ConnectionCommands, APasswordThatLeavesADoorOpenIsRefused) {
  server_.context.password_objection = "a door is open";
  EXPECT_THAT(client_.Run("CONFIG SET requirepass x"),
              HasSubstr("a door is open"));
  EXPECT_FALSE(server_.context.password.required());
}

TEST_F(ConnectionCommands, ResetMakesTheConnectionNew) {
  client_.Run("CLIENT SETNAME n");
  client_.Run("MULTI");
  EXPECT_EQ(client_.Run("RESET"), "+RESET");
  EXPECT_EQ(client_.Run("EXEC"), "-ERR EXEC without MULTI");
  EXPECT_EQ(client_.Run("CLIENT GETNAME"), "nil");
}

TEST_F(ConnectionCommands, NamesAreShownToOthers) {
  EXPECT_EQ(client_.Run("CLIENT SETNAME me"), "+OK");
  EXPECT_EQ(client_.Run("CLIENT SETINFO LIB-NAME lib"), "+OK");
  EXPECT_EQ(client_.Run("CLIENT SETINFO lib-ver 1.2"), "+OK");
  EXPECT_THAT(other_.Run("CLIENT LIST"),
              HasSubstr("id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:1234 "
                        "name=me "));
  EXPECT_THAT(other_.Run("CLIENT LIST ID 1 7"),
              HasSubstr("lib-name=lib lib-ver=1.2"));
  EXPECT_THAT(other_.Run("CLIENT LIST ID 1 7"), Not(HasSubstr("id=2")));
  EXPECT_THAT(other_.Run("CLIENT INFO"), HasSubstr("id=2"));
  EXPECT_EQ(client_.Run({"CLIENT", "SETNAME", "a b"}),
            "-ERR Client names cannot contain spaces, newlines or special "
            "characters.");
  EXPECT_EQ(client_.Run("CLIENT SETINFO x y"), "-ERR Unrecognized option 'x'");
  EXPECT_EQ(client_.Run("CLIENT LIST TYPE pubsub"), "txt:\"\"");
  EXPECT_EQ(client_.Run("CLIENT LIST TYPE x"), "-ERR Unknown client type 'x'");
}

TEST_F(ConnectionCommands, TheListCountsWhatAClientListensTo) {
  client_.Run("SUBSCRIBE a b");
  client_.Run("PSUBSCRIBE c*");
  client_.Run("SSUBSCRIBE d");
  const std::string list = other_.Run("CLIENT LIST TYPE pubsub");
  EXPECT_THAT(list, HasSubstr("flags=P db=0 sub=2 psub=1 ssub=1 "));
  EXPECT_THAT(list, Not(HasSubstr("id=2 ")));
  client_.Run("RESET");
  EXPECT_EQ(other_.Run("CLIENT LIST TYPE pubsub"), "txt:\"\"");
}

TEST_F(ConnectionCommands, ABlockedClientIsShownAndUnblocked) {
  EXPECT_EQ(client_.Run("BZPOPMIN z 0"), "");
  EXPECT_THAT(other_.Run("CLIENT LIST ID 1"), HasSubstr("flags=b "));
  EXPECT_THAT(other_.Run("INFO clients"), HasSubstr("blocked_clients:1"));
  EXPECT_EQ(other_.Run("CLIENT UNBLOCK 1 ERROR"), ":1");
  EXPECT_EQ(client_.TakePosted(),
            "-UNBLOCKED client unblocked via CLIENT UNBLOCK");
  EXPECT_EQ(other_.Run("CLIENT UNBLOCK 1"), ":0");
  EXPECT_EQ(client_.Run("BZPOPMIN z 0"), "");
  EXPECT_EQ(other_.Run("CLIENT UNBLOCK 1 TIMEOUT"), ":1");
  EXPECT_EQ(client_.TakePosted(), "nil*");
}

TEST_F(ConnectionCommands, TheListShowsWhoIsGoneNoMore) {
  {
    CommandClient third(server_);
    EXPECT_THAT(client_.Run("CLIENT LIST"), HasSubstr("id=3 "));
  }
  EXPECT_THAT(client_.Run("CLIENT LIST"), Not(HasSubstr("id=3 ")));
}

TEST_F(ConnectionCommands, KillEndsOthersAtOnceAndItselfAfterTheReply) {
  EXPECT_EQ(client_.Run("CLIENT KILL 127.0.0.1:50002"), "+OK");
  other_.TakePosted();
  EXPECT_EQ(other_.session().state(), Session::State::kAborted);
  EXPECT_EQ(client_.Run("CLIENT KILL 1.1.1.1:1"), "-ERR No such client");
  EXPECT_EQ(client_.Run("CLIENT KILL ID 1"), ":0");
  EXPECT_EQ(client_.Run("CLIENT KILL ID 0"),
            "-ERR client-id should be greater than 0");
  EXPECT_EQ(client_.Run("CLIENT KILL USER x"), "-ERR No such user 'x'");
  EXPECT_EQ(client_.Run("CLIENT KILL ID 1 SKIPME"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("CLIENT KILL ID 1 SKIPME NO"), ":1");
  EXPECT_EQ(client_.session().state(), Session::State::kClosing);
}

TEST_F(ConnectionCommands, PauseHoldsCommandsBackUntilItIsOver) {
  EXPECT_EQ(client_.Run("CLIENT PAUSE 100 WRITE"), "+OK");
  EXPECT_EQ(other_.Run("GET k"), "nil");
  EXPECT_EQ(other_.Run("SET k v"), "");
  EXPECT_EQ(other_.session().state(), Session::State::kPaused);
  EXPECT_EQ(other_.session().pause_deadline_ms(), server_.now_ms + 100);
  EXPECT_EQ(other_.EndPause(), "");
  EXPECT_EQ(other_.session().state(), Session::State::kServing);
  server_.now_ms += 100;
  EXPECT_EQ(other_.Run("SET k v"), "+OK");
  EXPECT_FALSE(server_.context.attention.any());
}

TEST_F(ConnectionCommands, UnpauseLetsThoseHeldBackTryAgain) {
  EXPECT_EQ(client_.Run("CLIENT PAUSE 100000"), "+OK");
  EXPECT_EQ(other_.Run("GET k"), "");
  EXPECT_EQ(client_.Run("CLIENT UNPAUSE"), "+OK");
  other_.TakePosted();
  EXPECT_EQ(other_.Run("GET k"), "nil");
  EXPECT_EQ(client_.Run("CLIENT PAUSE -1"), "-ERR timeout is negative");
  EXPECT_EQ(client_.Run("CLIENT PAUSE 1 X"),
            "-ERR CLIENT PAUSE mode must be WRITE or ALL");
}

TEST_F(ConnectionCommands, RepliesCanBeTurnedOffAndSkipped) {
  EXPECT_EQ(client_.Run("CLIENT REPLY SKIP"), "");
  EXPECT_EQ(client_.Run("SET k v"), "");
  EXPECT_EQ(client_.Run("GET k"), "\"v\"");
  EXPECT_EQ(client_.Run("CLIENT REPLY OFF"), "");
  EXPECT_EQ(client_.Run("SET k w"), "");
  EXPECT_EQ(client_.Run("NOSUCH"), "");
  EXPECT_EQ(client_.Run("CLIENT REPLY ON"), "+OK");
  EXPECT_EQ(client_.Run("GET k"), "\"w\"");
}

TEST_F(ConnectionCommands, TrackingIsRefusedAndSaidToBeOff) {
  EXPECT_EQ(client_.Run("CLIENT TRACKING ON"),
            "-ERR client tracking is not supported");
  EXPECT_EQ(client_.Run("CLIENT TRACKING OFF"), "+OK");
  EXPECT_EQ(client_.Run("CLIENT TRACKINGINFO"),
            "{\"flags\": ~[\"off\"], \"redirect\": :-1, \"prefixes\": []}");
  EXPECT_EQ(client_.Run("CLIENT GETREDIR"), ":-1");
}

TEST_F(ConnectionCommands, SubcommandsAreChecked) {
  EXPECT_EQ(client_.Run("CLIENT"),
            "-ERR wrong number of arguments for 'client' command");
  EXPECT_EQ(client_.Run("CLIENT NOSUCH"),
            "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.");
  EXPECT_EQ(client_.Run("client id x"),
            "-ERR wrong number of arguments for 'client|id' command");
  EXPECT_THAT(client_.Run("CLIENT HELP"),
              HasSubstr("+CLIENT <subcommand> [<arg> [value] [opt] ...]. "
                        "Subcommands are:, +CACHING"));
}

TEST_F(ConnectionCommands, MonitorsSeeWhatOthersDoButNoSecrets) {
  EXPECT_EQ(client_.Run("MONITOR"), "+OK");
  other_.Run({"SET", "k", "a\"\n\x01"});
  EXPECT_THAT(client_.TakePosted(),
              HasSubstr(" [0 127.0.0.1:50002] \"SET\" \"k\" "
                        "\"a\\\"\\n\\x01\""));
  other_.Run("AUTH default secret");
  other_.Run("CONFIG GET port");
  EXPECT_EQ(client_.TakePosted(), "");
  other_.Run("MULTI");
  other_.Run("GET k");
  client_.TakePosted();
  other_.Run("EXEC");
  EXPECT_THAT(client_.TakePosted(), HasSubstr("\"GET\" \"k\""));
  client_.Run("RESET");
  client_.TakePosted();
  other_.Run("GET k");
  EXPECT_EQ(client_.TakePosted(), "");
  EXPECT_FALSE(server_.context.attention.any());
}

TEST_F(ConnectionCommands, AMonitorThatIsGoneCostsNothing) {
  {
    CommandClient monitor(server_);
    monitor.Run("MONITOR");
    EXPECT_TRUE(server_.context.attention.any());
  }
  EXPECT_FALSE(server_.context.attention.any());
}

TEST_F(ConnectionCommands, ACategoryListsItsCommands) {
  EXPECT_THAT(client_.Run("ACL CAT"), HasSubstr("\"sortedset\""));
  EXPECT_THAT(client_.Run("ACL CAT dangerous"), HasSubstr("\"flushall\""));
  EXPECT_EQ(client_.Run("ACL CAT x"), "-ERR Unknown category 'x'");
  EXPECT_EQ(client_.Run("ACL USERS"), "[\"default\"]");
  EXPECT_EQ(client_.Run("ACL LIST"),
            "[\"user default on nopass ~* &* +@all\"]");
  EXPECT_EQ(client_.Run("ACL GETUSER x"), "nil*");
  client_.Run("CONFIG SET requirepass foo");
  EXPECT_EQ(client_.Run("ACL LIST"),
            "[\"user default on "
            "#2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
            " ~* &* +@all\"]");
}

}  // namespace
}  // namespace kv::gateway
