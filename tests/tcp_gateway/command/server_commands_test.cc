#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerCommands : public CommandTest {};

TEST_F(ServerCommands, InfoHasTheSectionsThatToolsRead) {
  client_.Run("SET a 1 PX 5000");
  client_.Run("SET b 1");
  const std::string info = client_.Run("INFO");
  for (const char* line : {"redis_version:7.2.", "role:master", "loading:0",
                           "used_memory:", "db0:keys=2,expires=1,avg_ttl=5000",
                           "cluster_enabled:0"}) {
    EXPECT_THAT(info, HasSubstr(line));
  }
  EXPECT_THAT(info, Not(HasSubstr("cmdstat_")));
  EXPECT_THAT(client_.Run("INFO cpu"), StartsWith("txt:\"# CPU\\r\\n"));
  EXPECT_EQ(client_.Run("INFO nosuch"), "txt:\"\"");
}

TEST_F(ServerCommands, CommandsAndErrorsAreCounted) {
  client_.Run("SET k v");
  client_.Run("INCR k");
  client_.Run("INCR");
  client_.Run("NOSUCH");
  client_.Run("ZADD k 1 a");
  client_.Run("MULTI");
  client_.Run("INCR k");
  client_.Run("EXEC");
  const std::string info = client_.Run("INFO commandstats errorstats");
  EXPECT_THAT(info, HasSubstr("cmdstat_set:calls=1,"));
  EXPECT_THAT(info, HasSubstr("cmdstat_incr:calls=2,"));
  EXPECT_THAT(info, HasSubstr("rejected_calls=1,failed_calls=2"));
  EXPECT_THAT(info, HasSubstr("errorstat_ERR:count=4"));
  EXPECT_THAT(info, HasSubstr("errorstat_WRONGTYPE:count=1"));
  EXPECT_THAT(client_.Run("LATENCY HISTOGRAM set"),
              StartsWith("{\"set\": {\"calls\": :1, \"histogram_usec\": {"));
  EXPECT_EQ(client_.Run("CONFIG RESETSTAT"), "+OK");
  EXPECT_THAT(client_.Run("INFO commandstats errorstats"),
              Not(HasSubstr("cmdstat_set")));
  EXPECT_EQ(client_.Run("LATENCY HISTOGRAM set"), "{}");
}

TEST_F(ServerCommands, ConfigGetTakesGlobs) {
  EXPECT_EQ(client_.Run("CONFIG GET save"), "{\"save\": \"\"}");
  EXPECT_EQ(client_.Run("CONFIG GET APPEND* databases"),
            "{\"appendonly\": \"no\", \"databases\": \"16\"}");
  EXPECT_EQ(client_.Run("CONFIG GET nosuch"), "{}");
}

TEST_F(ServerCommands, ConfigSetIsAllOrNothing) {
  EXPECT_EQ(client_.Run("CONFIG SET slowlog-max-len 7 timeout 5"),
            "-ERR CONFIG SET failed (possibly related to argument 'timeout') - "
            "can't set immutable config");
  EXPECT_EQ(client_.Run("CONFIG GET slowlog-max-len"),
            "{\"slowlog-max-len\": \"128\"}");
  EXPECT_EQ(client_.Run("CONFIG SET slowlog-max-len 7 maxmemory 0"), "+OK");
  EXPECT_EQ(client_.Run("CONFIG GET slowlog-max-len"),
            "{\"slowlog-max-len\": \"7\"}");
  EXPECT_EQ(client_.Run("CONFIG SET nosuch 1"),
            "-ERR Unknown option or number of arguments for CONFIG SET - "
            "'nosuch'");
  EXPECT_THAT(client_.Run("CONFIG SET slowlog-max-len x"),
              HasSubstr("couldn't be parsed into an integer"));
  EXPECT_THAT(client_.Run("CONFIG SET slowlog-max-len 1 slowlog-max-len 2"),
              HasSubstr("duplicate parameter"));
  EXPECT_THAT(client_.Run("CONFIG REWRITE"),
              HasSubstr("without a config file"));
}

TEST_F(ServerCommands, SlowLogKeepsWhatItIsTold) {
  EXPECT_EQ(client_.Run("SLOWLOG LEN"), ":0");
  client_.Run("CONFIG SET slowlog-log-slower-than 0");
  client_.Run("SLOWLOG RESET");
  client_.Run("CLIENT SETNAME me");
  client_.Run({"SET", "k", std::string(200, 'v')});
  const std::string log = client_.Run("SLOWLOG GET 1");
  EXPECT_THAT(log, HasSubstr(absl::StrCat("\"", std::string(128, 'v'),
                                          "... (72 more bytes)\"")));
  EXPECT_THAT(log, HasSubstr("\"127.0.0.1:50001\", \"me\"]"));
  client_.Run("CONFIG SET requirepass hidden slowlog-log-slower-than -1");
  EXPECT_THAT(client_.Run("SLOWLOG GET -1"), Not(HasSubstr("hidden")));
  EXPECT_EQ(client_.Run("SLOWLOG GET -2"),
            "-ERR count should be greater than or equal to -1");
  client_.Run("CONFIG SET slowlog-max-len 2");
  EXPECT_EQ(client_.Run("SLOWLOG LEN"), ":2");
  EXPECT_EQ(client_.Run("SLOWLOG RESET"), "+OK");
  EXPECT_EQ(client_.Run("SLOWLOG LEN"), ":0");
}

TEST_F(ServerCommands, LatencyEventsAreKeptByName) {
  server_.context.latency.Add("command", 5, 10'000);
  server_.context.latency.Add("command", 9, 10'500);  // the same second
  server_.context.latency.Add("command", 7, 11'000);
  EXPECT_EQ(client_.Run("LATENCY LATEST"), "[[\"command\", :11, :7, :9]]");
  EXPECT_EQ(client_.Run("LATENCY HISTORY command"), "[[:10, :9], [:11, :7]]");
  EXPECT_EQ(client_.Run("LATENCY HISTORY nosuch"), "[]");
  EXPECT_THAT(client_.Run("LATENCY GRAPH command"), HasSubstr("high 9 ms"));
  EXPECT_EQ(client_.Run("LATENCY GRAPH x"),
            "-ERR No samples available for event 'x'");
  EXPECT_EQ(client_.Run("LATENCY RESET"), ":1");
  EXPECT_EQ(client_.Run("LATENCY LATEST"), "[]");
}

TEST_F(ServerCommands, DebugSleepPausesTheClientOnly) {
  EXPECT_EQ(client_.Run("DEBUG SLEEP 1.5"), "");
  EXPECT_EQ(client_.session().pause_deadline_ms(), server_.now_ms + 1500);
  EXPECT_EQ(client_.EndPause(), "+OK");
  EXPECT_EQ(client_.Run("DEBUG SLEEP x"), "-ERR value is not a valid float");
  EXPECT_EQ(client_.Run("DEBUG OBJECT k"), "-ERR no such key");
  EXPECT_EQ(client_.Run("DEBUG JMAP"),
            "-ERR unknown subcommand 'JMAP'. Try DEBUG HELP.");
}

TEST_F(ServerCommands, MemoryUsageOfAKey) {
  EXPECT_EQ(client_.Run("MEMORY USAGE k"), "nil");
  client_.Run({"SET", "k", std::string(1000, 'v')});
  const std::string usage = client_.Run("MEMORY USAGE k SAMPLES 5");
  EXPECT_THAT(usage, StartsWith(":1"));
  EXPECT_EQ(client_.Run("MEMORY USAGE k SAMPLES"), "-ERR syntax error");
  EXPECT_THAT(client_.Run("MEMORY STATS"), HasSubstr("\"keys.count\": :1"));
}

TEST_F(ServerCommands, ReplicationIsAbsent) {
  EXPECT_EQ(client_.Run("ROLE"), "[\"master\", :0, []]");
  EXPECT_EQ(client_.Run("WAIT 1 0"), ":0");
  EXPECT_EQ(client_.Run("WAIT 1 -1"), "-ERR timeout is negative");
  EXPECT_EQ(client_.Run("WAITAOF 0 0 0"), "[:0, :0]");
  EXPECT_THAT(client_.Run("WAITAOF 1 0 0"),
              HasSubstr("appendonly is disabled"));
  for (const char* command : {"REPLICAOF", "SYNC", "PSYNC", "LPUSH", "HSET",
                              "SADD", "XADD", "EVAL", "CLUSTER"}) {
    EXPECT_THAT(client_.Run(absl::StrCat(command, " x y")),
                HasSubstr(absl::StrCat("unknown command '", command)));
  }
}

TEST_F(ServerCommands, ShutdownEndsTheServerOrSaysWhyNot) {
  EXPECT_THAT(client_.Run("SHUTDOWN"), HasSubstr("Errors trying to SHUTDOWN"));
  int calls = 0;
  server_.context.shutdown = [&calls] { ++calls; };
  EXPECT_EQ(client_.Run("SHUTDOWN ABORT"), "-ERR No shutdown in progress.");
  EXPECT_EQ(client_.Run("SHUTDOWN SAVE NOSAVE"), "-ERR syntax error");
  EXPECT_THAT(client_.Run("SHUTDOWN SAVE"), HasSubstr("use SHUTDOWN NOSAVE"));
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(client_.Run("SHUTDOWN NOSAVE"), "");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(client_.session().state(), Session::State::kClosing);
}

TEST_F(ServerCommands, TimeIsThatOfTheRequest) {
  server_.now_ms = 1234567;
  EXPECT_EQ(client_.Run("TIME"), "[\"1234\", \"567000\"]");
  EXPECT_EQ(client_.Run("LASTSAVE"), ":0");
  EXPECT_THAT(client_.Run("LOLWUT"), HasSubstr("FastKV ver."));
}

}  // namespace
}  // namespace kv::gateway
