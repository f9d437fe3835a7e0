#include "tcp_gateway/gateway.h"

#include <sys/resource.h>

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tcp_gateway/client_socket.h"
#include "tests/tcp_gateway/toy_service.h"
#include "tests/testing/eventually.h"

namespace kv::gateway {
namespace {

using ::kv::testing::Eventually;
using ::testing::HasSubstr;

GatewayOptions Options(int workers = 2) {
  GatewayOptions options;
  options.port = 0;
  options.workers = workers;
  return options;
}

// A gateway on a free port in front of a ToyService.
class GatewayTest : public ::testing::Test {
 protected:
  void Start(const GatewayOptions& options = Options(), bool locked = false) {
    service_ = std::make_unique<ToyService>(locked);
    auto gateway = Gateway::Start(options, service_.get());
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  int port() const { return gateway_->port(); }

  bool ConnectionsBecome(int count) {
    return Eventually([&] { return gateway_->stats().connections == count; });
  }

  std::unique_ptr<ToyService> service_;
  std::unique_ptr<Gateway> gateway_;
};

std::string Echo(absl::string_view text) {
  return absl::StrCat("+VALUE ", text.size(), "\r\n", text, "\r\n");
}

TEST_F(GatewayTest, ServesARequestThatArrivesByteByByte) {
  Start();
  ClientSocket client(port());
  for (const char c : std::string("echo hello\r\n")) {
    ASSERT_TRUE(client.Send(std::string(1, c)));
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(client.Read(Echo("hello").size()), Echo("hello"));
}

TEST_F(GatewayTest, AnswersAPipelineInOrder) {
  Start();
  ClientSocket client(port());
  constexpr int kRequests = 100'000;
  std::thread sender([&] {
    std::string requests;
    for (int i = 0; i < kRequests; ++i) {
      absl::StrAppend(&requests, "echo ", i, i % 2 ? "\n" : "\r\n");
    }
    EXPECT_TRUE(client.Send(requests));
  });
  std::string replies;
  for (int i = 0; i < kRequests; ++i) {
    const std::string text = absl::StrCat(i);
    const char* eol = i % 2 ? "\n" : "\r\n";
    absl::StrAppend(&replies, "+VALUE ", text.size(), eol, text, eol);
  }
  EXPECT_TRUE(client.Read(replies.size()) == replies);
  sender.join();
  EXPECT_TRUE(Eventually(
      [&] { return gateway_->stats().commands == uint64_t{kRequests}; }));
}

TEST_F(GatewayTest, ServesAThousandConnections) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2'200) GTEST_SKIP() << "too few descriptors";
  Start();
  std::vector<std::unique_ptr<ClientSocket>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<ClientSocket>(port()));
    ASSERT_TRUE(clients.back()->connected());
  }
  for (int i = 0; i < 1000; ++i) {
    clients[i]->Send(absl::StrCat("echo ", i, "\r\n"));
  }
  for (int i = 0; i < 1000; ++i) {
    const std::string reply = Echo(absl::StrCat(i));
    EXPECT_EQ(clients[i]->Read(reply.size()), reply);
  }
  EXPECT_EQ(gateway_->stats().connections, 1000);
  EXPECT_EQ(service_->sessions(), 1000);
  clients.clear();
  EXPECT_TRUE(ConnectionsBecome(0));
  EXPECT_TRUE(Eventually([&] { return service_->sessions() == 0; }));
}

TEST_F(GatewayTest, ClientThatEndsItsWritesGetsItsReplies) {
  Start();
  ClientSocket client(port());
  client.Send("set k 0 5\r\nhello\r\necho x\r\n");
  client.EndWrites();
  EXPECT_EQ(client.ReadToEnd(), "+OK\r\n" + Echo("x"));
}

TEST_F(GatewayTest, ClientThatEndsItsWritesGetsRepliesLargerThanTheSocket) {
  Start();
  ClientSocket client(port(), 4096);
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "big 300000\r\nblob 300000\r\n";
  client.Send(requests);
  client.EndWrites();
  const size_t one = Echo(std::string(300'000, 'b')).size();
  EXPECT_EQ(client.ReadToEnd().size(), 80 * one);
}

TEST_F(GatewayTest, LargeValueInArrivesWhole) {
  Start();
  ClientSocket client(port());
  const std::string value(20 << 20, 'v');
  client.Send(absl::StrCat("set k 0 ", value.size(), "\r\n"));
  client.Send(value);
  client.Send("\r\necho done\r\n");
  const std::string replies = "+OK\r\n" + Echo("done");
  EXPECT_EQ(client.Read(replies.size()), replies);
}

TEST_F(GatewayTest, RandomPiecesGiveTheSameReplies) {
  Start();
  const unsigned seed = 5;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::string requests;
  std::string replies;
  for (int i = 0; i < 300; ++i) {
    const std::string value(random() % (i % 20 == 0 ? 200'000 : 200), 'v');
    if (random() % 2) {
      absl::StrAppend(&requests, "set k 0 ", value.size(), "\r\n", value,
                      "\r\n");
      replies += "+OK\r\n";
    } else {
      absl::StrAppend(&requests, "big ", value.size(), "\r\n");
      replies += Echo(std::string(value.size(), 'b'));
    }
  }
  ClientSocket client(port());
  std::thread sender([&] {
    for (size_t sent = 0; sent < requests.size();) {
      const size_t piece = 1 + random() % 50'000;
      client.Send(absl::string_view(requests).substr(sent, piece));
      sent += piece;
      if (random() % 4 == 0) absl::SleepFor(absl::Milliseconds(1));
    }
  });
  EXPECT_TRUE(client.Read(replies.size()) == replies);
  sender.join();
}

TEST_F(GatewayTest, ClientThatNeverReadsIsBoundedAndOthersAreServed) {
  GatewayOptions options = Options(1);
  options.connection_limits.stall_timeout_ms = 700;
  Start(options);
  ClientSocket deaf(port(), 4096);
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "big 100000\r\n";
  for (int i = 0; i < 50; ++i) deaf.SendSome(requests);
  ClientSocket other(port());
  for (int i = 0; i < 50; ++i) {
    other.Send("echo x\r\n");
    EXPECT_EQ(other.Read(Echo("x").size()), Echo("x"));
  }
  // 2,000 replies would be 200 MB; what was executed is what the socket took
  // and the soft limit.
  EXPECT_LT(service_->executed(), 250);
  EXPECT_TRUE(ConnectionsBecome(1));
  EXPECT_EQ(gateway_->stats().dropped, 1);
}

TEST_F(GatewayTest, SlowReaderIsServedWhole) {
  GatewayOptions options = Options(1);
  options.connection_limits.stall_timeout_ms = 2000;
  Start(options);
  ClientSocket slow(port(), 4096);
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += "big 20000\r\n";
  slow.Send(requests);
  const std::string one = Echo(std::string(20'000, 'b'));
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(slow.Read(one.size()) == one) << i;
    if (i % 20 == 0) absl::SleepFor(absl::Milliseconds(20));
  }
}

TEST_F(GatewayTest, ReplyOverTheHardLimitDropsTheClient) {
  GatewayOptions options = Options(1);
  options.connection_limits.hard_output_bytes = 1 << 20;
  Start(options);
  ClientSocket client(port(), 4096);
  client.Send("big 50000000\r\n");
  EXPECT_LT(client.ReadToEnd().size(), 50'000'000);
  EXPECT_TRUE(ConnectionsBecome(0));
  EXPECT_EQ(gateway_->stats().dropped, 1);
}

TEST_F(GatewayTest, AnAnswerInTheTurnOfItsDeadlineIsNoStall) {
  GatewayOptions options = Options(1);
  options.connection_limits.stall_timeout_ms = 1;
  Start(options);
  ClientSocket waiter(port());
  waiter.Send("id  \n");
  std::string id = waiter.ReadLine().substr(1);
  id.pop_back();
  waiter.Send("waitfor 500\n");
  EXPECT_TRUE(waiter.IsSilentFor(50));
  ClientSocket other(port());
  // The answer is posted before, and written after, the deadline.
  other.Send(absl::StrCat("wake ", id, " now\nnap 1000\n"));
  EXPECT_EQ(waiter.Read(13), "+VALUE 3\nnow\n");
  waiter.Send("echo x\n");
  EXPECT_EQ(waiter.Read(11), "+VALUE 1\nx\n");
  EXPECT_EQ(gateway_->stats().dropped, 0u);
}

TEST_F(GatewayTest, HugePipelineDoesNotStarveItsNeighbour) {
  Start(Options(1));
  ClientSocket busy(port());
  std::string requests;
  for (int i = 0; i < 4000; ++i) requests += "nap 1\n";
  std::thread sender([&] { busy.Send(requests); });
  ClientSocket other(port());
  absl::SleepFor(absl::Milliseconds(50));
  const absl::Time start = absl::Now();
  other.Send("echo x\r\n");
  EXPECT_EQ(other.Read(Echo("x").size()), Echo("x"));
  // All naps together take more than four seconds, a batch of them 0.07.
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  busy.Reset();
  sender.join();
}

TEST_F(GatewayTest, AbruptClosesLeaveNothingBehind) {
  Start();
  for (int i = 0; i < 100; ++i) {
    ClientSocket client(port());
    client.Send(i % 3 == 0   ? "set k 0 100\r\nhalf"
                : i % 3 == 1 ? "big 1000000\r\n"
                             : "wait\r\n");
    if (i % 2) {
      client.Reset();
    } else {
      client.Close();
    }
  }
  EXPECT_TRUE(ConnectionsBecome(0));
  EXPECT_TRUE(Eventually([&] { return service_->sessions() == 0; }));
}

TEST_F(GatewayTest, ConnectionsOverTheLimitAreToldSo) {
  GatewayOptions options = Options();
  options.max_connections = 2;
  Start(options);
  ClientSocket first(port());
  auto second = std::make_unique<ClientSocket>(port());
  EXPECT_TRUE(ConnectionsBecome(2));
  ClientSocket third(port());
  EXPECT_EQ(third.ReadToEnd(), "-ERR max number of clients reached\r\n");
  EXPECT_EQ(gateway_->stats().rejected, 1);
  second.reset();
  EXPECT_TRUE(ConnectionsBecome(1));
  ClientSocket fourth(port());
  fourth.Send("echo x\r\n");
  EXPECT_EQ(fourth.Read(Echo("x").size()), Echo("x"));
}

TEST_F(GatewayTest, IdleConnectionIsClosedAndABusyOneIsNot) {
  GatewayOptions options = Options();
  options.connection_limits.idle_timeout_ms = 300;
  Start(options);
  ClientSocket idle(port());
  ClientSocket busy(port());
  for (int i = 0; i < 12; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
    busy.Send("echo x\r\n");
    ASSERT_EQ(busy.Read(Echo("x").size()), Echo("x"));
  }
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_TRUE(ConnectionsBecome(1));
}

TEST_F(GatewayTest, QuitIsAnsweredThenClosed) {
  Start();
  ClientSocket client(port());
  client.Send("echo a\r\nquit\r\necho never\r\n");
  EXPECT_EQ(client.ReadToEnd(), Echo("a") + "+OK\r\n");
  EXPECT_TRUE(ConnectionsBecome(0));
}

TEST_F(GatewayTest, ErrorArrivesThoughTheClientGoesOnSending) {
  Start();
  ClientSocket client(port());
  client.Send("set k 0 nonsense\r\n" + std::string(200'000, 'x'));
  EXPECT_EQ(client.ReadToEnd(), "-ERR Protocol error: invalid bulk length\r\n");
  EXPECT_TRUE(ConnectionsBecome(0));
}

TEST_F(GatewayTest, HttpClientIsHungUpOn) {
  Start();
  ClientSocket client(port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\n\r\nset k v\r\n");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(service_->executed(), 0);
}

TEST_F(GatewayTest, RepliesToWhatCameBeforeHttpArriveHoweverItIsCut) {
  Start();
  const std::string input =
      "echo a\r\nset k 0 3\r\nabc\r\nbig 1000000\r\n"
      "GET / HTTP/1.1\r\nset k v\r\n";
  for (size_t cut = 1; cut < input.size(); ++cut) {
    SCOPED_TRACE(cut);
    const uint64_t before = gateway_->stats().bytes_in;
    ClientSocket client(port());
    client.Send(input.substr(0, cut));
    ASSERT_TRUE(
        Eventually([&] { return gateway_->stats().bytes_in > before; }));
    client.Send(input.substr(cut));
    const std::string replies = client.ReadToEnd();
    EXPECT_TRUE(absl::StartsWith(replies, Echo("a") + "+OK\r\n"));
    EXPECT_TRUE(absl::EndsWith(replies, "bbb\r\n"));
    EXPECT_GT(replies.size(), 1'000'000u);
  }
  EXPECT_EQ(service_->executed(), 3 * static_cast<int>(input.size() - 1));
}

TEST_F(GatewayTest, UnbalancedQuotesAreAnsweredInTheirPlace) {
  Start();
  ClientSocket client(port());
  client.Send("echo a\necho \"b\necho c\n");
  client.EndWrites();
  EXPECT_EQ(client.ReadToEnd(),
            "+VALUE 1\na\n"
            "-ERR Protocol error: unbalanced quotes in request\n"
            "+VALUE 1\nc\n");
}

TEST_F(GatewayTest, PausedRequestIsAnsweredFromAnotherConnection) {
  Start();
  ClientSocket waiter(port());
  waiter.Send("id  \n");
  const std::string id = waiter.ReadLine().substr(1);
  waiter.Send("echo before\nwait\necho after\n");
  EXPECT_EQ(waiter.Read(16), "+VALUE 6\nbefore\n");
  EXPECT_TRUE(waiter.IsSilentFor(100));
  ClientSocket other(port());
  other.Send("wake " + id.substr(0, id.size() - 1) + " now\r\n");
  EXPECT_EQ(waiter.Read(27), "+VALUE 3\nnow\n+VALUE 5\nafter");
}

TEST_F(GatewayTest, PauseEndsAtItsDeadline) {
  Start();
  ClientSocket client(port());
  client.Send("echo x\r\n");
  client.Read(Echo("x").size());
  const absl::Time start = absl::Now();
  client.Send("waitfor 200\r\necho after\r\n");
  EXPECT_EQ(client.ReadLine(), "+NIL\r\n");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(195));
  EXPECT_EQ(client.Read(Echo("after").size()), Echo("after"));
}

TEST_F(GatewayTest, PausedClientThatLeavesIsNoticed) {
  Start();
  ClientSocket client(port());
  client.Send("wait\r\n" + std::string(100'000, 'x'));
  EXPECT_TRUE(Eventually([&] { return service_->executed() == 1; }));
  client.Close();
  EXPECT_TRUE(ConnectionsBecome(0));
}

TEST_F(GatewayTest, TaskForAConnectionThatIsGoneIsDropped) {
  Start();
  ClientSocket client(port());
  client.Send("id\r\n");
  const ConnectionRef ref =
      service_->Find(std::stoi(client.ReadLine().substr(1)));
  client.Close();
  EXPECT_TRUE(ConnectionsBecome(0));
  ref.Post([](Session&, ReplyWriter&) { ADD_FAILURE(); });
  gateway_.reset();
  ref.Post([](Session&, ReplyWriter&) { ADD_FAILURE(); });
}

TEST_F(GatewayTest, LowLimitsHoldUntilAuthentication) {
  Start(Options(), /*locked=*/true);
  ClientSocket big(port());
  big.Send("set k 0 100000\r\n");
  EXPECT_THAT(big.ReadToEnd(), HasSubstr("invalid bulk length"));
  ClientSocket client(port());
  // In one write: the limits change between the two requests.
  client.Send("login\r\nset k 0 100000\r\n" + std::string(100'000, 'v') +
              "\r\n");
  EXPECT_EQ(client.Read(10), "+OK\r\n+OK\r\n");
}

TEST_F(GatewayTest, FramingIsRecognisedByTheFirstBytes) {
  Start();
  ClientSocket resp(port());
  resp.Send("*2\r\n$4\r\necho\r\n$2\r\nhi\r\n");
  EXPECT_EQ(resp.Read(8), "$2\r\nhi\r\n");
  ClientSocket legacy(port());
  legacy.Send(std::string("\x12\0\0\0\2\0\0\0\4\0\0\0echo\2\0\0\0hi", 22));
  EXPECT_EQ(legacy.Read(11), std::string("\7\0\0\0\2\2\0\0\0hi", 11));
  ClientSocket text(port());
  text.Send("echo hi\r\n");
  EXPECT_EQ(text.Read(14), "+VALUE 2\r\nhi\r\n");
}

TEST_F(GatewayTest, SwitchToResp3IsTheConnectionsOwnAndLasts) {
  Start(Options(1));
  ClientSocket third(port());
  ClientSocket second(port());
  third.Send("*2\r\n$5\r\nhello\r\n$1\r\n3\r\n");
  EXPECT_EQ(third.Read(19), "%1\r\n$5\r\nproto\r\n:3\r\n");
  second.Send("*2\r\n$5\r\nhello\r\n$1\r\n2\r\n");
  EXPECT_EQ(second.Read(19), "*2\r\n$5\r\nproto\r\n:2\r\n");
  third.Send("*2\r\n$7\r\nwaitfor\r\n$1\r\n1\r\n");
  EXPECT_EQ(third.Read(3), "_\r\n");
  second.Send("*2\r\n$7\r\nwaitfor\r\n$1\r\n1\r\n");
  EXPECT_EQ(second.Read(5), "*-1\r\n");
}

TEST_F(GatewayTest, PortInUseIsOneClearError) {
  Start();
  GatewayOptions options = Options();
  options.port = port();
  const auto second = Gateway::Start(options, service_.get());
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("cannot listen on 127.0.0.1:", port(),
                                     ": Address already in use")));
}

TEST_F(GatewayTest, UnknownAddressIsOneClearError) {
  GatewayOptions options = Options();
  options.bind = "256.1.1.1";
  ToyService service;
  const auto gateway = Gateway::Start(options, &service);
  ASSERT_FALSE(gateway.ok());
  EXPECT_THAT(std::string(gateway.status().message()),
              HasSubstr("cannot listen on 256.1.1.1:0: "));
}

TEST_F(GatewayTest, ConnectionsAreSpreadEvenlyOverWorkers) {
  Start(Options(4));
  std::vector<std::unique_ptr<ClientSocket>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<ClientSocket>(port()));
  }
  EXPECT_TRUE(ConnectionsBecome(40));
  // Naps of one worker's connections add up; ten at 20 ms is what each has.
  const absl::Time start = absl::Now();
  for (auto& client : clients) client->Send("nap 20\r\n");
  for (auto& client : clients) EXPECT_EQ(client->ReadLine(), "+OK\r\n");
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(600));
}

TEST_F(GatewayTest, ShutdownAnswersWhatIsInFlightAndClosesTheRest) {
  Start();
  ClientSocket idle(port());
  ClientSocket waiting(port());
  ClientSocket working(port());
  ClientSocket reading(port(), 4096);
  waiting.Send("wait\r\n");
  working.Send("nap 200\r\necho done\r\n");
  reading.Send("big 3000000\r\n");
  EXPECT_TRUE(Eventually([&] { return service_->executed() >= 2; }));
  std::thread stopper([&] { gateway_->Shutdown(absl::Seconds(5)); });
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_EQ(waiting.ReadToEnd(), "");
  EXPECT_EQ(working.ReadToEnd(), "+OK\r\n" + Echo("done"));
  EXPECT_EQ(reading.ReadToEnd().size(),
            Echo(std::string(3'000'000, 'b')).size());
  stopper.join();
  EXPECT_EQ(gateway_->stats().connections, 0);
  EXPECT_FALSE(ClientSocket(port()).connected());
}

TEST_F(GatewayTest, ShutdownIsBoundedByItsGrace) {
  Start();
  ClientSocket deaf(port(), 4096);
  deaf.Send("big 30000000\r\n");
  EXPECT_TRUE(Eventually([&] { return service_->executed() == 1; }));
  const absl::Time start = absl::Now();
  gateway_->Shutdown(absl::Milliseconds(200));
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(service_->sessions(), 0);
}

TEST_F(GatewayTest, DestructionClosesWhateverIsOpen) {
  Start();
  ClientSocket client(port());
  client.Send("wait\r\n");
  EXPECT_TRUE(Eventually([&] { return service_->executed() == 1; }));
  gateway_.reset();
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(service_->sessions(), 0);
}

}  // namespace
}  // namespace kv::gateway
