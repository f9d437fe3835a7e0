#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/transaction.h"
#include "tcp_gateway/command/client_session.h"
#include "tests/tcp_gateway/served_engine.h"
#include "tests/testing/eventually.h"

namespace kv::gateway {
namespace {

using ::kv::testing::Eventually;

class BlockingTest : public ServedEngine {
 protected:
  void SetUp() override { Start(); }

  // Sends a request that will wait, and waits until it does: that it is silent
  // may only mean that the server has not come to it.
  void Block(RespClient& client, const std::string& words) {
    const int before = BlockedClients();
    client.Send(words);
    EXPECT_TRUE(Eventually([&] { return BlockedClients() == before + 1; }))
        << words;
  }

  int BlockedClients() {
    int blocked = 0;
    context_.clients.ForEach([&blocked](const ClientSession& client) {
      blocked += (client.marks() & kBlocked) != 0;
    });
    return blocked;
  }
};

TEST_F(BlockingTest, PopsAtOnceWhatIsThere) {
  RespClient client(port());
  client.Run("ZADD z 1 a 2 b 3 c 4 d");
  EXPECT_EQ(client.Run("BZPOPMIN none z 0"), "[z a 1]");
  EXPECT_EQ(client.Run("BZPOPMAX z none 0"), "[z d 4]");
  EXPECT_EQ(client.Run("BZMPOP 0 2 none z MAX COUNT 9"), "[z [[c 3] [b 2]]]");
  EXPECT_EQ(client.Run("EXISTS z"), "0");
}

TEST_F(BlockingTest, WaitsForAMember) {
  RespClient waiter(port()), writer(port());
  Block(waiter, "BZPOPMIN a b 0");
  EXPECT_EQ(writer.Run("ZADD b 2 two 1 one"), "2");
  EXPECT_EQ(waiter.Read(), "[b one 1]");
  EXPECT_EQ(writer.Run("ZCARD b"), "1");
  Block(waiter, "BZMPOP 0 1 a MIN COUNT 2");
  EXPECT_EQ(writer.Run("ZADD a 1 x 2 y 3 z"), "3");
  EXPECT_EQ(waiter.Read(), "[a [[x 1] [y 2]]]");
}

TEST_F(BlockingTest, AMemberFromAnyThreadWakes) {
  RespClient waiter(port());
  Block(waiter, "BZPOPMAX z 0");
  const store::Key key("z");
  {
    // As a gRPC call does it.
    store::Transaction txn(engine_.keyspace(), store::WallTimeMs(), key);
    txn.PutMember(key, "m", 7);
  }
  EXPECT_EQ(waiter.Read(), "[z m 7]");
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
}

TEST_F(BlockingTest, FirstComeFirstServed) {
  RespClient writer(port());
  std::vector<std::unique_ptr<RespClient>> waiters;
  for (int i = 0; i < 5; ++i) {
    waiters.push_back(std::make_unique<RespClient>(port()));
    Block(*waiters.back(), "BZPOPMIN z 0");
  }
  EXPECT_EQ(writer.Run("ZADD z 0 a 1 b"), "2");
  EXPECT_EQ(waiters[0]->Read(), "[z a 0]");
  EXPECT_EQ(waiters[1]->Read(), "[z b 1]");
  EXPECT_TRUE(waiters[2]->socket().IsSilentFor(20));
  EXPECT_EQ(writer.Run("ZADD z 2 c 3 d 4 e 5 f"), "4");
  EXPECT_EQ(waiters[2]->Read(), "[z c 2]");
  EXPECT_EQ(waiters[3]->Read(), "[z d 3]");
  EXPECT_EQ(waiters[4]->Read(), "[z e 4]");
  EXPECT_EQ(writer.Run("ZRANGE z 0 -1"), "[f]");
}

TEST_F(BlockingTest, GivesUpAtItsTimeout) {
  RespClient client(port());
  const absl::Time start = absl::Now();
  EXPECT_EQ(client.Run("BZPOPMIN z 0.05"), "nil*");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(45));
  EXPECT_EQ(client.Run("BZMPOP 0.01 1 z MIN"), "nil*");
  // It goes on, and the key is nobody's.
  EXPECT_EQ(client.Run("ZADD z 1 a"), "1");
  EXPECT_EQ(client.Run("ZCARD z"), "1");
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
}

TEST_F(BlockingTest, RefusesTimeoutsAsRedisDoes) {
  RespClient client(port());
  EXPECT_EQ(client.Run("BZPOPMIN z x"),
            "-ERR timeout is not a float or out of range");
  EXPECT_EQ(client.Run("BZPOPMIN z -1"), "-ERR timeout is negative");
  EXPECT_EQ(client.Run("BZPOPMIN z 1e17"), "-ERR timeout is out of range");
  EXPECT_EQ(client.Run("BZMPOP -1 1 z MIN"), "-ERR timeout is negative");
  EXPECT_EQ(client.Run("BZMPOP 0 1 z MID"), "-ERR syntax error");
  EXPECT_EQ(client.Run("BZMPOP 0 1 z MIN COUNT 0"),
            "-ERR count should be greater than 0");
  client.Run("SET s x");
  EXPECT_EQ(client.Run("BZPOPMIN s 0"),
            "-WRONGTYPE Operation against a key holding the wrong kind of "
            "value");
}

TEST_F(BlockingTest, AClientThatLeavesLosesNothing) {
  RespClient writer(port()), second(port());
  {
    RespClient first(port());
    Block(first, "BZPOPMIN z 0");
    Block(second, "BZPOPMIN z 0");
  }
  EXPECT_TRUE(Eventually([&] { return gateway_->stats().connections == 2; }));
  EXPECT_EQ(writer.Run("ZADD z 1 a"), "1");
  EXPECT_EQ(second.Read(), "[z a 1]");
}

TEST_F(BlockingTest, InsideMultiItDoesNotWait) {
  RespClient client(port());
  client.Run("MULTI");
  client.Run("BZPOPMIN z 0");
  client.Run("ZADD z 1 a");
  client.Run("BZPOPMIN z 0");
  EXPECT_EQ(client.Run("EXEC"), "[nil* 1 [z a 1]]");
}

TEST_F(BlockingTest, AMemberThatCameAndWentInMultiWakesNobody) {
  RespClient waiter(port()), writer(port());
  Block(waiter, "BZPOPMIN z 0");
  writer.Run("MULTI");
  writer.Run("ZADD z 1 a");
  writer.Run("DEL z");
  EXPECT_EQ(writer.Run("EXEC"), "[1 1]");
  EXPECT_TRUE(waiter.socket().IsSilentFor(20));
  EXPECT_EQ(writer.Run("ZADD z 2 b"), "1");
  EXPECT_EQ(waiter.Read(), "[z b 2]");
}

TEST_F(BlockingTest, RequestsBehindItWaitToo) {
  RespClient waiter(port()), writer(port());
  waiter.socket().Send(Request("BZPOPMIN z 0") + Request("PING") +
                       Request("BZPOPMIN z 0") + Request("ECHO end"));
  EXPECT_TRUE(waiter.socket().IsSilentFor(20));
  EXPECT_EQ(writer.Run("ZADD z 1 a"), "1");
  EXPECT_EQ(waiter.Read(), "[z a 1]");
  EXPECT_EQ(waiter.Read(), "PONG");
  EXPECT_TRUE(waiter.socket().IsSilentFor(20));
  EXPECT_EQ(writer.Run("ZADD z 1 b"), "1");
  EXPECT_EQ(waiter.Read(), "[z b 1]");
  EXPECT_EQ(waiter.Read(), "end");
}

// Every member reaches exactly one waiter, though waiters come and go, time out
// and leave, and several writers write to several keys.
TEST_F(BlockingTest, NothingIsLostAndNothingComesTwice) {
  constexpr int kConsumers = 4;
  constexpr int kProducers = 2;
  constexpr int kMembers = 300;
  std::atomic<int> consumed{0};
  std::vector<std::set<std::string>> seen(kConsumers);
  std::vector<std::thread> threads;
  for (int c = 0; c < kConsumers; ++c) {
    threads.emplace_back([&, c] {
      auto client = std::make_unique<RespClient>(port());
      for (int i = 0; consumed < kProducers * kMembers; ++i) {
        const std::string reply = client->Run(
            i % 3 == 0 ? "BZPOPMIN k1 k2 0.01" : "BZPOPMAX k2 k1 0.02");
        if (reply != "nil*") {
          EXPECT_TRUE(seen[c].insert(reply).second) << reply;
          ++consumed;
        } else if (i % 2 == 0) {
          client = std::make_unique<RespClient>(port());
        }
      }
    });
  }
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&, p] {
      RespClient client(port());
      for (int i = 0; i < kMembers; ++i) {
        EXPECT_EQ(client.Run(absl::StrCat("ZADD k", 1 + i % 2, " ", i, " m", p,
                                          ":", i)),
                  "1");
        if (i % 16 == 0) absl::SleepFor(absl::Milliseconds(3));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& some : seen) {
    for (const std::string& reply : some) {
      EXPECT_TRUE(all.insert(reply).second) << reply;
    }
  }
  EXPECT_EQ(all.size(), size_t{kProducers * kMembers});
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
}

}  // namespace
}  // namespace kv::gateway
