#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/tcp_gateway/served_engine.h"
#include "tests/testing/eventually.h"

namespace kv::gateway {
namespace {

using ::kv::testing::Eventually;

constexpr char kConfined[] =
    ": only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
    "allowed in this context";

class PubSubTest : public ServedEngine {};

TEST_F(PubSubTest, AMessageReachesThoseWhoListen) {
  Start();
  RespClient one(port()), two(port()), three(port()), publisher(port());
  EXPECT_EQ(one.Run("SUBSCRIBE news"), "[subscribe news 1]");
  EXPECT_EQ(two.Run("PSUBSCRIBE n*"), "[psubscribe n* 1]");
  EXPECT_EQ(three.Run("SUBSCRIBE other"), "[subscribe other 1]");
  EXPECT_EQ(publisher.Run("PUBLISH news hello"), "2");
  EXPECT_EQ(one.Read(), "[message news hello]");
  EXPECT_EQ(two.Read(), "[pmessage n* news hello]");
  EXPECT_TRUE(three.socket().IsSilentFor(20));
  EXPECT_EQ(publisher.Run("PUBLISH nothing x"), "1");
  EXPECT_EQ(publisher.Run("PUBLISH x x"), "0");
}

TEST_F(PubSubTest, CountsSubscriptionsAsRedisDoes) {
  Start();
  RespClient client(port());
  EXPECT_EQ(client.Run("UNSUBSCRIBE"), "[unsubscribe nil 0]");
  EXPECT_EQ(client.Run("SUBSCRIBE a b"), "[subscribe a 1]");
  EXPECT_EQ(client.Read(), "[subscribe b 2]");
  EXPECT_EQ(client.Run("SUBSCRIBE a"), "[subscribe a 2]");
  EXPECT_EQ(client.Run("PSUBSCRIBE a*"), "[psubscribe a* 3]");
  EXPECT_EQ(client.Run("SSUBSCRIBE s"), "[ssubscribe s 1]");
  EXPECT_EQ(client.Run("UNSUBSCRIBE a nosuch"), "[unsubscribe a 2]");
  EXPECT_EQ(client.Read(), "[unsubscribe nosuch 2]");
  EXPECT_EQ(client.Run("PUNSUBSCRIBE"), "[punsubscribe a* 1]");
  EXPECT_EQ(client.Run("UNSUBSCRIBE"), "[unsubscribe b 0]");
  EXPECT_EQ(client.Run("SUNSUBSCRIBE"), "[sunsubscribe s 0]");
}

TEST_F(PubSubTest, Resp2ConfinesThoseWhoListen) {
  Start();
  RespClient client(port());
  EXPECT_EQ(client.Run("PING"), "PONG");
  EXPECT_EQ(client.Run("SSUBSCRIBE s"), "[ssubscribe s 1]");
  EXPECT_EQ(client.Run("GET k"),
            absl::StrCat("-ERR Can't execute 'get'", kConfined));
  EXPECT_EQ(client.Run("MULTI"),
            absl::StrCat("-ERR Can't execute 'multi'", kConfined));
  EXPECT_EQ(client.Run("PING"), "[pong ]");
  EXPECT_EQ(client.Run("PING hi"), "[pong hi]");
  EXPECT_EQ(client.Run("SUNSUBSCRIBE s"), "[sunsubscribe s 0]");
  EXPECT_EQ(client.Run("GET k"), "nil");
  EXPECT_EQ(client.Run("SUBSCRIBE a"), "[subscribe a 1]");
  EXPECT_EQ(client.Run("QUIT"), "OK");
}

TEST_F(PubSubTest, Resp3DoesNotConfine) {
  Start();
  RespClient client(port()), publisher(port());
  // In one batch: the version counts from HELLO on.
  client.socket().Send(Request("HELLO 3") + Request("SUBSCRIBE a") +
                       Request("GET k") + Request("PING"));
  EXPECT_EQ(client.Read().substr(0, 1), "{");
  EXPECT_EQ(client.Read(), ">[subscribe a 1]");
  EXPECT_EQ(client.Read(), "nil");
  EXPECT_EQ(client.Read(), "PONG");
  EXPECT_EQ(publisher.Run("PUBLISH a hey"), "1");
  EXPECT_EQ(client.Read(), ">[message a hey]");
  EXPECT_EQ(client.Run("RESET"), "RESET");
  EXPECT_EQ(publisher.Run("PUBLISH a hey"), "0");
  EXPECT_EQ(client.Run("SUBSCRIBE a"), "[subscribe a 1]");
}

TEST_F(PubSubTest, ShardChannelsAreASpaceOfTheirOwn) {
  Start();
  RespClient client(port()), publisher(port());
  EXPECT_EQ(client.Run("SSUBSCRIBE c"), "[ssubscribe c 1]");
  EXPECT_EQ(publisher.Run("PUBLISH c no"), "0");
  EXPECT_EQ(publisher.Run("SPUBLISH c yes"), "1");
  EXPECT_EQ(client.Read(), "[smessage c yes]");
}

TEST_F(PubSubTest, PubSubTellsWhoListens) {
  Start();
  RespClient client(port()), other(port());
  client.Run("SUBSCRIBE a1");
  client.Run("PSUBSCRIBE p*");
  client.Run("SSUBSCRIBE s1");
  EXPECT_EQ(other.Run("PUBSUB CHANNELS"), "[a1]");
  EXPECT_EQ(other.Run("PUBSUB CHANNELS b*"), "[]");
  EXPECT_EQ(other.Run("PUBSUB NUMSUB a1 b"), "[a1 1 b 0]");
  EXPECT_EQ(other.Run("PUBSUB NUMSUB"), "[]");
  EXPECT_EQ(other.Run("PUBSUB NUMPAT"), "1");
  EXPECT_EQ(other.Run("PUBSUB SHARDCHANNELS"), "[s1]");
  EXPECT_EQ(other.Run("PUBSUB SHARDNUMSUB s1"), "[s1 1]");
  EXPECT_EQ(other.Run("PUBSUB NUMPAT x"),
            "-ERR wrong number of arguments for 'pubsub|numpat' command");
  EXPECT_EQ(other.Run("PUBSUB FOO"),
            "-ERR unknown subcommand 'FOO'. Try PUBSUB HELP.");
  EXPECT_TRUE(absl::StartsWith(other.Run("PUBSUB HELP"), "[PUBSUB <sub"));
}

TEST_F(PubSubTest, TheEndOfAConnectionEndsItsSubscriptions) {
  Start();
  RespClient other(port());
  {
    RespClient client(port());
    EXPECT_EQ(client.Run("SUBSCRIBE a"), "[subscribe a 1]");
    EXPECT_EQ(client.Run("PSUBSCRIBE a*"), "[psubscribe a* 2]");
  }
  EXPECT_TRUE(Eventually([&] { return other.Run("PUBLISH a x") == "0"; }));
  EXPECT_EQ(other.Run("PUBSUB NUMPAT"), "0");
  EXPECT_EQ(other.Run("PUBSUB CHANNELS"), "[]");
}

TEST_F(PubSubTest, NothingComesAfterUnsubscribe) {
  Start();
  RespClient client(port()), publisher(port());
  client.Run("SUBSCRIBE a keep");
  client.Read();
  std::atomic<bool> stop{false};
  std::thread thread([&] {
    while (!stop) publisher.Run("PUBLISH a x");
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.Read(), "[message a x]");
  client.Send("UNSUBSCRIBE a");
  std::string reply;
  do {
    reply = client.Read();
  } while (reply == "[message a x]");
  EXPECT_EQ(reply, "[unsubscribe a 1]");
  EXPECT_TRUE(client.socket().IsSilentFor(50));
  stop = true;
  thread.join();
}

TEST_F(PubSubTest, InsideMultiTheyAreQueued) {
  Start();
  RespClient client(port());
  client.Run("MULTI");
  EXPECT_EQ(client.Run("SUBSCRIBE a"), "QUEUED");
  EXPECT_EQ(client.Run("PUBLISH a hey"), "QUEUED");
  EXPECT_EQ(client.Run("EXEC"), "[[subscribe a 1] 1]");
  EXPECT_EQ(client.Read(), "[message a hey]");
}

TEST_F(PubSubTest, ALargeMessageIsSharedAndComplete) {
  Start();
  RespClient one(port()), two(port()), publisher(port());
  one.Run("SUBSCRIBE c");
  two.Run("PSUBSCRIBE *");
  const std::string payload(1 << 20, 'm');
  EXPECT_EQ(publisher.Run("PUBLISH c " + payload), "2");
  EXPECT_EQ(one.Read(), absl::StrCat("[message c ", payload, "]"));
  EXPECT_EQ(two.Read(), absl::StrCat("[pmessage * c ", payload, "]"));
}

TEST_F(PubSubTest, TheTextProtocolHasMessagesToo) {
  Start();
  ClientSocket text(port());
  text.Send("subscribe a\r\n");
  const std::string expected =
      "*3\r\n+VALUE 9\r\nsubscribe\r\n+VALUE 1\r\na\r\n:1\r\n";
  EXPECT_EQ(text.Read(expected.size()), expected);
}

// Each subscriber gets the messages of each publisher, all of them, in order.
TEST_F(PubSubTest, MessagesKeepTheirOrder) {
  Start();
  constexpr int kMessages = 400;
  constexpr int kPublishers = 2;
  std::vector<std::unique_ptr<RespClient>> subscribers;
  for (int i = 0; i < 4; ++i) {
    subscribers.push_back(std::make_unique<RespClient>(port()));
    subscribers.back()->Run(i % 2 == 0 ? "SUBSCRIBE c" : "PSUBSCRIBE c");
  }
  std::vector<std::thread> threads;
  for (int p = 0; p < kPublishers; ++p) {
    threads.emplace_back([this, p] {
      RespClient publisher(port());
      std::string pipeline;
      for (int i = 0; i < kMessages; ++i) {
        pipeline += Request(absl::StrCat("PUBLISH c ", p, ":", i));
      }
      publisher.socket().Send(pipeline);
      for (int i = 0; i < kMessages; ++i) EXPECT_EQ(publisher.Read(), "4");
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> orders;
  for (size_t s = 0; s < subscribers.size(); ++s) {
    int next[kPublishers] = {};
    std::string order;
    for (int i = 0; i < kPublishers * kMessages; ++i) {
      const std::string message = subscribers[s]->Read();
      const std::string payload = message.substr(message.rfind(' ') + 1);
      const int publisher = payload[0] - '0';
      EXPECT_EQ(payload, absl::StrCat(publisher, ":", next[publisher]++, "]"));
      order += payload[0];
    }
    orders.push_back(order);
  }
  // And all of them see one order.
  for (const std::string& order : orders) EXPECT_EQ(order, orders[0]);
}

TEST_F(PubSubTest, ASubscriberThatDoesNotReadIsDropped) {
  GatewayOptions options;
  options.max_message_backlog = 256 << 10;
  Start(options);
  ClientSocket slow(port(), /*receive_buffer_bytes=*/4096);
  slow.Send(Request("SUBSCRIBE c"));
  EXPECT_EQ(slow.ReadLine(), "*3\r\n");
  RespClient fast(port());
  fast.Run("SUBSCRIBE c");
  RespClient publisher(port());
  const std::string publish = "PUBLISH c " + std::string(64 << 10, 'm');
  EXPECT_TRUE(Eventually([&] {
    const std::string reached = publisher.Run(publish);
    EXPECT_TRUE(absl::StartsWith(fast.Read(), "[message c mmm"));
    return reached == "1";
  }));
  EXPECT_EQ(gateway_->stats().dropped, 1u);
}

TEST_F(PubSubTest, AListenerIsNeverIdle) {
  GatewayOptions options;
  options.connection_limits.idle_timeout_ms = 50;
  Start(options);
  RespClient listener(port()), idle(port());
  listener.Run("SUBSCRIBE c");
  idle.Run("PING");
  EXPECT_EQ(idle.Read(), "<end>");
  RespClient publisher(port());
  EXPECT_EQ(publisher.Run("PUBLISH c x"), "1");
  EXPECT_EQ(listener.Read(), "[message c x]");
}

}  // namespace
}  // namespace kv::gateway
