#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tcp_gateway/gateway.h"
#include "tests/tcp_gateway/client_socket.h"
#include "tests/tcp_gateway/toy_service.h"

namespace kv::gateway {
namespace {

std::string Echo(absl::string_view text) {
  return absl::StrCat("+VALUE ", text.size(), "\n", text, "\n");
}

std::string Resp(absl::string_view text) {
  return absl::StrCat("*2\r\n$4\r\necho\r\n$", text.size(), "\r\n", text,
                      "\r\n");
}

std::string Bulk(absl::string_view text) {
  return absl::StrCat("$", text.size(), "\r\n", text, "\r\n");
}

// One worker, which sleeps while the clients send: what they have sent is there
// in one turn when it wakes.
class JointExecutionTest : public ::testing::Test {
 protected:
  void SetUp() override { Start({}); }

  void Start(GatewayOptions options, bool locked = false) {
    options.port = 0;
    options.workers = 1;
    sleeper_.reset();
    gateway_.reset();
    service_ = std::make_unique<ToyService>(locked);
    auto gateway = Gateway::Start(options, service_.get());
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    sleeper_ = Connect(locked ? "login\n" : "nap 0\n", "+OK\n");
  }

  // A client that has made a request already, as its framing is known then.
  std::unique_ptr<ClientSocket> Connect(const std::string& request = Resp("a"),
                                        const std::string& reply = Bulk("a")) {
    auto client = std::make_unique<ClientSocket>(gateway_->port());
    client->Send(request);
    EXPECT_EQ(client->Read(reply.size()), reply);
    return client;
  }
  std::unique_ptr<ClientSocket> ConnectText() {
    return Connect("echo a\n", Echo("a"));
  }

  void PutWorkerToSleep() {
    sleeper_->Send("nap 150\n");
    absl::SleepFor(absl::Milliseconds(30));
  }
  void AwaitWorker() { EXPECT_EQ(sleeper_->Read(4), "+OK\n"); }

  std::unique_ptr<ToyService> service_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<ClientSocket> sleeper_;
};

TEST_F(JointExecutionTest, EachOfManyConnectionsGetsItsOwnReplies) {
  // More connections than are served together, and pipelines that are cut by
  // the end of a batch, by that of two, and by none.
  constexpr int kClients = 150;
  std::vector<std::unique_ptr<ClientSocket>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(i % 2 ? Connect() : ConnectText());
  }
  for (int round = 0; round < 3; ++round) {
    PutWorkerToSleep();
    std::vector<std::string> replies(kClients);
    for (int i = 0; i < kClients; ++i) {
      std::string requests;
      const int count = i % 50 == 7 ? 140 : 1 + i % 40;
      for (int n = 0; n < count; ++n) {
        const std::string text = absl::StrCat(round, ":", i, ":", n);
        requests += i % 2 ? Resp(text) : absl::StrCat("echo ", text, "\n");
        replies[i] += i % 2 ? Bulk(text) : Echo(text);
      }
      clients[i]->Send(requests);
    }
    AwaitWorker();
    for (int i = 0; i < kClients; ++i) {
      ASSERT_EQ(clients[i]->Read(replies[i].size()), replies[i]) << i;
    }
  }
}

TEST_F(JointExecutionTest, ARequestThatEndsInTheNextTurnIsOne) {
  std::vector<std::unique_ptr<ClientSocket>> clients;
  const std::string request = Resp("hello") + Resp("world");
  for (size_t i = 0; i <= request.size(); ++i) clients.push_back(Connect());
  PutWorkerToSleep();
  for (size_t i = 0; i <= request.size(); ++i) {
    clients[i]->Send(request.substr(0, i));
  }
  AwaitWorker();
  PutWorkerToSleep();
  for (size_t i = 0; i <= request.size(); ++i) {
    clients[i]->Send(request.substr(i));
  }
  AwaitWorker();
  const std::string replies = Bulk("hello") + Bulk("world");
  for (size_t i = 0; i <= request.size(); ++i) {
    EXPECT_EQ(clients[i]->Read(replies.size()), replies) << i;
  }
}

TEST_F(JointExecutionTest, WhatEndsOrPausesOneLeavesTheOthersAlone) {
  auto before = Connect();
  auto quits = ConnectText();
  auto broken = Connect();
  auto waits = ConnectText();
  auto gone = ConnectText();
  auto after = Connect();
  waits->Send("id\n");
  std::string id = waits->ReadLine().substr(1);
  id.pop_back();
  PutWorkerToSleep();
  before->Send(Resp("1"));
  quits->Send("echo 2\nquit\necho never\n");
  broken->Send(Resp("3") + "*1\r\n$x\r\n" + Resp("never"));
  waits->Send("echo 4\nwait\necho 5\n");
  gone->Send("echo never\n");
  gone->Reset();
  after->Send(Resp("6"));
  AwaitWorker();
  EXPECT_EQ(before->Read(Bulk("1").size()), Bulk("1"));
  EXPECT_EQ(quits->ReadToEnd(), Echo("2") + "+OK\n");
  EXPECT_EQ(broken->ReadToEnd(),
            Bulk("3") + "-ERR Protocol error: invalid bulk length\r\n");
  EXPECT_EQ(after->Read(Bulk("6").size()), Bulk("6"));
  EXPECT_EQ(waits->Read(Echo("4").size()), Echo("4"));
  EXPECT_TRUE(waits->IsSilentFor(50));
  sleeper_->Send(absl::StrCat("wake ", id, " woken\n"));
  const std::string rest = Echo("woken") + Echo("5");
  EXPECT_EQ(waits->Read(rest.size()), rest);
}

TEST_F(JointExecutionTest, RepliesLongerThanTheSocketsArriveWhole) {
  std::vector<std::unique_ptr<ClientSocket>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(ConnectText());
  PutWorkerToSleep();
  for (auto& client : clients) {
    client->Send("big 3000000\nblob 3000000\necho end\n");
  }
  AwaitWorker();
  const std::string big = Echo(std::string(3'000'000, 'b'));
  for (auto& client : clients) {
    EXPECT_TRUE(client->Read(big.size()) == big);
    EXPECT_TRUE(client->Read(big.size()) == big);
    EXPECT_EQ(client->Read(Echo("end").size()), Echo("end"));
  }
}

TEST_F(JointExecutionTest, LimitsBeforeAuthenticationAreKept) {
  Start({}, /*locked=*/true);
  auto known = Connect("login\n", "+OK\n");
  auto unknown = ConnectText();
  PutWorkerToSleep();
  // More than a client may send that nobody knows, before and after LOGIN.
  const std::string value(100'000, 'v');
  const std::string set =
      absl::StrCat("set k 0 ", value.size(), "\n", value, "\n");
  known->Send(set);
  unknown->Send("login\n" + set);
  auto stranger = std::make_unique<ClientSocket>(gateway_->port());
  stranger->Send(set);
  AwaitWorker();
  EXPECT_EQ(known->Read(4), "+OK\n");
  EXPECT_EQ(unknown->Read(8), "+OK\n+OK\n");
  EXPECT_EQ(stranger->ReadToEnd().substr(0, 5), "-ERR ");
}

}  // namespace
}  // namespace kv::gateway
