// The TCP port while the data is loaded: what it answers, and that nothing
// reaches the keyspace before it is complete.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/durable/log.h"
#include "store/engine.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/flag_names.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/gateway.h"
#include "tests/tcp_gateway/client_socket.h"
#include "tests/tcp_gateway/served_engine.h"
#include "tests/testing/eventually.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/loading_engine.h"

namespace kv::gateway {
namespace {

constexpr char kLoading[] = "-LOADING Redis is loading the dataset in memory";

// The port of an engine, whether it is loading or not.
class Port {
 public:
  explicit Port(store::Engine& engine)
      : context_{.engine = engine, .started_ms = 0, .process_info = {}},
        executor_(context_) {
    auto gateway = Gateway::Start(
        {.port = 0, .workers = 2, .commit_gate = engine.commit_gate()},
        &executor_);
    EXPECT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  int number() const { return gateway_->port(); }

 private:
  ServerContext context_;
  CommandExecutor executor_;
  std::unique_ptr<Gateway> gateway_;
};

class LoadingTest : public ::testing::Test {
 protected:
  int port() const { return port_.number(); }
  void Finish() { ASSERT_TRUE(loading_.Finish().ok()); }

  test::LoadingEngine loading_;
  Port port_{loading_.engine()};
};

TEST_F(LoadingTest, TextSaysSoAndThenServes) {
  ClientSocket client(port());
  client.Send("GET k\nPING\nSET k 0 5\r\nhello\r\n");
  EXPECT_EQ(client.ReadLine(), absl::StrCat(kLoading, "\n"));
  EXPECT_EQ(client.ReadLine(), absl::StrCat(kLoading, "\n"));
  EXPECT_EQ(client.ReadLine(), absl::StrCat(kLoading, "\r\n"));
  Finish();
  client.Send("GET k\n");
  EXPECT_EQ(client.Read(11), "+VALUE 1\nv\n");
}

TEST_F(LoadingTest, RespSaysSoAndThenServes) {
  RespClient client(port());
  EXPECT_EQ(client.Run("SET k w"), kLoading);
  client.Send("HELLO 3");
  EXPECT_EQ(client.Read().substr(0, 1), "{");
  EXPECT_EQ(client.Run("GET k"), kLoading);
  Finish();
  EXPECT_EQ(client.Run("GET k"), "v");
}

TEST_F(LoadingTest, LegacySaysSoAndThenServes) {
  const std::string get_k("\x10\0\0\0\x02\0\0\0\x03\0\0\0get\x01\0\0\0k", 20);
  ClientSocket client(port());
  client.Send(get_k);
  const std::string text = std::string(kLoading).substr(1);
  EXPECT_EQ(client.Read(13 + text.size()),
            std::string("\x37\0\0\0\x01\x04\0\0\0\x2e\0\0\0", 13) + text);
  Finish();
  client.Send(get_k);
  EXPECT_EQ(client.Read(10), std::string("\x06\0\0\0\x02\x01\0\0\0v", 10));
}

// Each on a connection of its own, with as many arguments as it needs.
TEST_F(LoadingTest, EveryCommandDoesWhatItsFlagSays) {
  int served = 0, refused = 0;
  for (size_t i = 0; i < CommandCount(); ++i) {
    const Command& command = CommandAt(i);
    if (command.handler == nullptr) continue;
    std::string words = absl::StrReplaceAll(command.name, {{"|", " "}});
    const int given = 1 + static_cast<int>(absl::c_count(words, ' '));
    for (int arg = given; arg < std::abs(command.arity); ++arg) words += " x";
    ClientSocket client(port());
    client.Send(Request(words));
    const std::string reply = client.ReadLine();
    const bool loading = absl::c_linear_search(FlagNamesOf(command), "loading");
    EXPECT_NE(reply, "") << words;
    EXPECT_EQ(reply != absl::StrCat(kLoading, "\r\n"), loading)
        << words << ": " << reply;
    ++(loading ? served : refused);
  }
  EXPECT_GT(served, 50);
  EXPECT_GT(refused, 100);
}

TEST_F(LoadingTest, NothingWaitsForAKey) {
  RespClient client(port());
  EXPECT_EQ(client.Run("BZPOPMIN z 0"), kLoading);
}

TEST_F(LoadingTest, InfoTellsHowFarItIs) {
  RespClient client(port());
  const std::string info = client.Run("INFO");
  for (const char* line :
       {"loading:1", "async_loading:0", "aof_enabled:1",
        "loading_start_time:", "loading_total_bytes:", "loading_loaded_bytes:",
        "loading_loaded_perc:", "loading_eta_seconds:"}) {
    EXPECT_TRUE(absl::StrContains(info, absl::StrCat("\r\n", line))) << line;
  }
  EXPECT_FALSE(absl::StrContains(info, "db0:"));
  EXPECT_FALSE(absl::StrContains(info, "loading_loaded_perc:0.00"));
  EXPECT_EQ(client.Run("CONFIG GET appendonly"), "[appendonly yes]");
  Finish();
  const std::string after = client.Run("INFO");
  EXPECT_TRUE(absl::StrContains(after, "\r\nloading:0\r\n"));
  EXPECT_TRUE(absl::StrContains(after, "\r\nasync_loading:0\r\n"));
  EXPECT_FALSE(absl::StrContains(after, "loading_start_time"));
  EXPECT_TRUE(absl::StrContains(after, "\r\nlog_loaded_records:11\r\n"));
  EXPECT_TRUE(absl::StrContains(after, "\r\ndb0:keys=11,"));
}

TEST_F(LoadingTest, TransactionsHoldWhatIsServed) {
  RespClient client(port());
  EXPECT_EQ(client.Run("MULTI"), "OK");
  EXPECT_EQ(client.Run("ECHO hi"), "QUEUED");
  EXPECT_EQ(client.Run("INFO keyspace"), "QUEUED");
  EXPECT_EQ(client.Run("EXEC"), "[hi # Keyspace\r\n]");
  EXPECT_EQ(client.Run("MULTI"), "OK");
  EXPECT_EQ(client.Run("GET k"), kLoading);
  EXPECT_EQ(client.Run("ECHO hi"), "QUEUED");
  Finish();
  EXPECT_EQ(client.Run("EXEC").substr(0, 10), "-EXECABORT");
}

TEST_F(LoadingTest, WhatWasQueuedBeforeRunsAfter) {
  RespClient client(port());
  EXPECT_EQ(client.Run("MULTI"), "OK");
  EXPECT_EQ(client.Run("INFO keyspace"), "QUEUED");
  Finish();
  EXPECT_EQ(client.Run("GET k"), "QUEUED");
  EXPECT_EQ(client.Run("EXEC"),
            "[# Keyspace\r\ndb0:keys=11,expires=0,avg_ttl=0\r\n v]");
}

// The load changes what is watched.
TEST_F(LoadingTest, AWatchSeesTheLoadAsAChange) {
  RespClient before(port()), there(port()), absent(port());
  EXPECT_EQ(before.Run("WATCH k"), "OK");
  EXPECT_EQ(before.Run("MULTI"), "OK");
  EXPECT_EQ(before.Run("ECHO hi"), "QUEUED");
  EXPECT_EQ(before.Run("EXEC"), "nil*");
  EXPECT_EQ(there.Run("WATCH k"), "OK");
  EXPECT_EQ(absent.Run("WATCH nothing"), "OK");
  Finish();
  for (RespClient* client : {&there, &absent}) {
    EXPECT_EQ(client->Run("MULTI"), "OK");
    EXPECT_EQ(client->Run("GET k"), "QUEUED");
    EXPECT_EQ(client->Run("EXEC"), "nil*");
    EXPECT_EQ(client->Run("MULTI"), "OK");
    EXPECT_EQ(client->Run("GET k"), "QUEUED");
    EXPECT_EQ(client->Run("EXEC"), "[v]");
  }
}

TEST_F(LoadingTest, NobodyIsToldOfWhatIsLoaded) {
  RespClient listens(port()), other(port());
  EXPECT_EQ(other.Run("CONFIG SET notify-keyspace-events KEA"), "OK");
  EXPECT_EQ(listens.Run("PSUBSCRIBE *"), "[psubscribe * 1]");
  Finish();
  EXPECT_EQ(other.Run("SET new v"), "OK");
  EXPECT_EQ(listens.Read(), "[pmessage * __keyspace@0__:new set]");
}

TEST_F(LoadingTest, MessagesAndMonitorsWork) {
  RespClient listens(port()), watches(port()), other(port());
  EXPECT_EQ(listens.Run("SUBSCRIBE c"), "[subscribe c 1]");
  EXPECT_EQ(watches.Run("MONITOR"), "OK");
  EXPECT_EQ(other.Run("GET k"), kLoading);
  EXPECT_EQ(other.Run("PUBLISH c hi"), "1");
  EXPECT_EQ(listens.Read(), "[message c hi]");
  // What was refused was not run.
  EXPECT_TRUE(absl::EndsWith(watches.Read(), "\"PUBLISH\" \"c\" \"hi\""));
}

// Clients that knock all the time, while it is being loaded, find either that
// it is, or all that was loaded; and never the one after the other.
TEST(LoadingRaceTest, EachClientSeesTheLoadEndOnce) {
  constexpr int kKeys = 20'000;
  kv::test::FaultyFileSystem files;
  const store::DurabilityOptions options = {
      .log = {.files = &files, .directory = "data"}};
  {
    auto engine = store::Engine::Open({}, options);
    ASSERT_TRUE((*engine)->Load().ok());
    Port port(**engine);
    ClientSocket client(port.number());
    for (int i = 0; i < kKeys; i += 1000) {
      std::string sets, replies;
      for (int j = i; j < i + 1000; ++j) {
        absl::StrAppend(&sets, "SET k", j, " v\nSWAPDB 0 1\nSWAPDB 0 1\n");
        replies += "+OK\n+OK\n+OK\n";
      }
      client.Send(sets);
      ASSERT_EQ(client.Read(replies.size()), replies);
    }
  }
  auto engine = store::Engine::Open({}, options);
  ASSERT_TRUE(engine.ok());
  Port port(**engine);
  std::atomic<int> knocking{0};
  // Fifty at once are looked up, and prefetched, as a batch.
  std::string requests;
  for (int i = 0; i < 50; ++i) absl::StrAppend(&requests, "GET k", i, "\n");
  requests += "DBSIZE\n";
  const auto knock = [&] {
    ClientSocket client(port.number());
    bool loaded = false;
    for (int rounds_after = 0; rounds_after < 3; rounds_after += loaded) {
      client.Send(requests);
      for (int i = 0; i <= 50; ++i) {
        const std::string line = client.ReadLine();
        if (line == absl::StrCat(kLoading, "\n")) {
          ASSERT_FALSE(loaded);
          continue;
        }
        loaded = true;
        ASSERT_EQ(line, i < 50 ? "+VALUE 1\n" : absl::StrCat(":", kKeys, "\n"));
        if (i < 50) {
          ASSERT_EQ(client.ReadLine(), "v\n");
        }
      }
      ++knocking;
    }
  };
  const auto look = [&] {
    RespClient client(port.number());
    std::string info;
    while (!absl::StrContains(info, "db0:")) {
      ASSERT_EQ(client.Run("MULTI"), "OK");
      ASSERT_EQ(client.Run("INFO"), "QUEUED");
      info = client.Run("EXEC");
      ASSERT_TRUE(absl::StrContains(info, "loading:")) << info;
      ++knocking;
    }
  };
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(knock);
  clients.emplace_back(look);
  ASSERT_TRUE(testing::Eventually([&] { return knocking > 20; }));
  ASSERT_TRUE((*engine)->loading());
  ASSERT_TRUE((*engine)->Load().ok());
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace kv::gateway
