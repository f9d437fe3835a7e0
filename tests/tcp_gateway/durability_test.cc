// Replies behind a real port, while the disk is held, and when it fails.

#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "store/durable/log.h"
#include "store/engine.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/gateway.h"
#include "tests/tcp_gateway/client_socket.h"
#include "tests/testing/eventually.h"
#include "tests/testing/faulty_file_system.h"

namespace kv::gateway {
namespace {

// Long enough for a reply that is not withheld to arrive, nearly always: this
// can only fail to notice a bug.
constexpr int kSilenceMs = 50;

class DurabilityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto engine = store::Engine::Open(
        {}, {.log = {.files = &files_,
                     .directory = "data",
                     .fsync = store::FsyncPolicy::kAlways}});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    ASSERT_TRUE(engine_->Load().ok());
    context_.reset(new ServerContext{
        .engine = *engine_, .started_ms = 0, .process_info = {}});
    executor_ = std::make_unique<CommandExecutor>(*context_);
    auto gateway = Gateway::Start(
        {.port = 0, .workers = 2, .commit_gate = engine_->commit_gate()},
        executor_.get());
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  void TearDown() override { files_.HoldSyncs(false); }

  int port() const { return gateway_->port(); }

  test::FaultyFileSystem files_;
  std::unique_ptr<store::Engine> engine_;
  std::unique_ptr<ServerContext> context_;
  std::unique_ptr<CommandExecutor> executor_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(DurabilityTest, AReplyWaitsForTheDiskWhileOthersAreServed) {
  ClientSocket writer(port()), reader(port()),
      others[3] = {ClientSocket(port()), ClientSocket(port()),
                   ClientSocket(port())};
  files_.HoldSyncs(true);
  writer.Send("SET k v\n");
  EXPECT_TRUE(writer.IsSilentFor(kSilenceMs));
  // Who sees the write waits as well.
  reader.Send("GET k\n");
  EXPECT_TRUE(reader.IsSilentFor(kSilenceMs));
  for (ClientSocket& other : others) {
    other.Send("PING\n");
    EXPECT_EQ(other.ReadLine(), "+PONG\n");
  }
  files_.HoldSyncs(false);
  EXPECT_EQ(writer.ReadLine(), "+OK\n");
  EXPECT_EQ(reader.Read(11), "+VALUE 1\nv\n");
}

TEST_F(DurabilityTest, AReplyDoesNotWaitForRequestsThatWereSentBehindIt) {
  ClientSocket client(port());
  files_.HoldSyncs(true);
  client.Send("SET k v\n");
  EXPECT_TRUE(client.IsSilentFor(kSilenceMs));
  client.Send("INCR n\n");
  EXPECT_TRUE(client.IsSilentFor(kSilenceMs));
  files_.LetOneSync();
  EXPECT_EQ(client.ReadLine(), "+OK\n");
  EXPECT_TRUE(client.IsSilentFor(kSilenceMs));
  files_.LetOneSync();
  EXPECT_EQ(client.ReadLine(), ":1\n");
}

TEST_F(DurabilityTest, APipelineIsAnsweredInOrder) {
  ClientSocket client(port());
  std::string expected;
  for (int i = 1; i <= 1000; ++i) {
    client.Send("INCR n\nPING\n");
    expected += ":" + std::to_string(i) + "\n+PONG\n";
  }
  EXPECT_EQ(client.Read(expected.size()), expected);
}

TEST_F(DurabilityTest, AClientThatSendsNoMoreGetsItsReplies) {
  files_.HoldSyncs(true);
  ClientSocket quits(port()), ends(port()), breaks(port());
  quits.Send("SET k v\nQUIT\nSET never v\n");
  ends.Send("SET k v\nECHO hi\n");
  ends.EndWrites();
  breaks.Send("SET k v\nSET k 0 -1\n");
  EXPECT_TRUE(quits.IsSilentFor(kSilenceMs));
  EXPECT_TRUE(ends.IsSilentFor(kSilenceMs));
  EXPECT_TRUE(breaks.IsSilentFor(kSilenceMs));
  files_.HoldSyncs(false);
  EXPECT_EQ(quits.ReadToEnd(), "+OK\n+OK\n");
  EXPECT_EQ(ends.ReadToEnd(), "+OK\n+VALUE 2\nhi\n");
  EXPECT_EQ(breaks.ReadLine(), "+OK\n");
  EXPECT_EQ(breaks.ReadToEnd().substr(0, 4), "-ERR");
}

TEST_F(DurabilityTest, AWaitingPopTellsOfAMemberWhenItIsDurable) {
  ClientSocket waits(port()), adds(port());
  waits.Send("BZPOPMIN z 0\n");
  EXPECT_TRUE(waits.IsSilentFor(kSilenceMs));
  files_.HoldSyncs(true);
  adds.Send("ZADD z 1 m\n");
  EXPECT_TRUE(waits.IsSilentFor(kSilenceMs));
  EXPECT_TRUE(adds.IsSilentFor(kSilenceMs));
  files_.HoldSyncs(false);
  EXPECT_EQ(adds.ReadLine(), ":1\n");
  EXPECT_EQ(waits.ReadLine(), "*3\n");
}

TEST_F(DurabilityTest, ASubscriberHearsOfAChangeWhenItIsDurable) {
  ClientSocket listens(port()), writes(port());
  writes.Send("CONFIG SET notify-keyspace-events KA\n");
  EXPECT_EQ(writes.ReadLine(), "+OK\n");
  listens.Send("SUBSCRIBE __keyspace@0__:k\n");
  EXPECT_EQ(listens.ReadLine(), "*3\n");
  listens.ReadLine();
  listens.ReadLine();
  listens.ReadLine();
  listens.ReadLine();
  EXPECT_EQ(listens.ReadLine(), ":1\n");
  files_.HoldSyncs(true);
  writes.Send("SET k v\n");
  EXPECT_TRUE(listens.IsSilentFor(kSilenceMs));
  files_.HoldSyncs(false);
  EXPECT_EQ(writes.ReadLine(), "+OK\n");
  EXPECT_EQ(listens.ReadLine(), "*3\n");
}

TEST_F(DurabilityTest, AfterAFailedSyncWritesAreRefusedAndReadsGoOn) {
  ClientSocket before(port());
  before.Send("SET k v\n");
  EXPECT_EQ(before.ReadLine(), "+OK\n");
  before.Send("MULTI\nSET in_multi v\n");
  EXPECT_EQ(before.Read(12), "+OK\n+QUEUED\n");
  files_.FailSyncs();
  // Nobody knows what became of this one, so there is nothing to say.
  ClientSocket failing(port());
  failing.Send("SET lost v\n");
  EXPECT_EQ(failing.ReadToEnd(), "");
  ClientSocket after(port());
  after.Send("SET k w\nMULTI\nSET k w\nEXEC\nGET k\n");
  EXPECT_EQ(after.ReadLine().substr(0, 9), "-MISCONF ");
  EXPECT_EQ(after.ReadLine(), "+OK\n");
  EXPECT_EQ(after.ReadLine().substr(0, 9), "-MISCONF ");
  EXPECT_EQ(after.ReadLine().substr(0, 10), "-EXECABORT");
  EXPECT_EQ(after.Read(11), "+VALUE 1\nv\n");
  // Queued when all was well.
  before.Send("EXEC\n");
  const std::string aborted = before.ReadLine();
  EXPECT_EQ(aborted.substr(0, 10), "-EXECABORT") << aborted;
  EXPECT_NE(aborted.find("MISCONF"), std::string::npos) << aborted;
}

TEST_F(DurabilityTest, AnOrderlyEndAnswersWhatItWaitsFor) {
  ClientSocket client(port());
  files_.HoldSyncs(true);
  client.Send("SET k v\n");
  EXPECT_TRUE(client.IsSilentFor(kSilenceMs));
  std::thread end([this] { gateway_->Shutdown(absl::Seconds(10)); });
  files_.HoldSyncs(false);
  EXPECT_EQ(client.ReadToEnd(), "+OK\n");
  end.join();
}

TEST_F(DurabilityTest, SaveAnswersWhenTheSnapshotIsOnDisk) {
  ClientSocket saves(port()), leaves(port()), other(port());
  other.Send("SET k v\n");
  EXPECT_EQ(other.ReadLine(), "+OK\n");
  files_.HoldSyncs(true);
  saves.Send("SAVE\nPING\n");
  EXPECT_TRUE(saves.IsSilentFor(kSilenceMs));
  ASSERT_TRUE(kv::testing::Eventually(
      [&] { return engine_->snapshotter()->stats().in_progress; }));
  for (const char* command : {"SAVE\n", "BGSAVE\n"}) {
    other.Send(command);
    EXPECT_EQ(other.ReadLine(), "-ERR Background save already in progress\n");
  }
  other.Send("BGSAVE SCHEDULE\n");
  EXPECT_EQ(other.ReadLine(), "+Background saving scheduled\n");
  files_.HoldSyncs(false);
  EXPECT_EQ(saves.ReadLine(), "+OK\n");
  EXPECT_EQ(saves.ReadLine(), "+PONG\n");
  EXPECT_TRUE(files_.files().contains("data/00000000000000000002.snapshot"));
  ASSERT_TRUE(kv::testing::Eventually(
      [&] { return engine_->snapshotter()->stats().taken == 2; }));
}

TEST_F(DurabilityTest, WaitAofIsAnsweredOnceWhatTheClientWroteIsDurable) {
  ClientSocket client(port());
  files_.HoldSyncs(true);
  client.Send("SET k v\nWAITAOF 1 0 0\n");
  EXPECT_TRUE(client.IsSilentFor(kSilenceMs));
  files_.HoldSyncs(false);
  EXPECT_EQ(client.Read(13), "+OK\n*2\n:1\n:0\n");
}

TEST_F(DurabilityTest, WhoLeavesWhileASnapshotIsTakenIsForgotten) {
  files_.HoldSyncs(true);
  {
    ClientSocket leaves(port());
    leaves.Send("SAVE\n");
    EXPECT_TRUE(leaves.IsSilentFor(kSilenceMs));
  }
  files_.HoldSyncs(false);
  ASSERT_TRUE(kv::testing::Eventually(
      [&] { return engine_->snapshotter()->stats().taken == 1; }));
  ClientSocket other(port());
  other.Send("SAVE\n");
  EXPECT_EQ(other.ReadLine(), "+OK\n");
}

TEST_F(DurabilityTest, AFailedSnapshotIsAnErrorOfSave) {
  ClientSocket client(port());
  client.Send("SET k v\n");
  EXPECT_EQ(client.ReadLine(), "+OK\n");
  files_.SetCapacity(1);
  client.Send("SAVE\n");
  EXPECT_EQ(client.ReadLine().substr(0, 4), "-ERR");
  client.Send("BGSAVE now\n");
  EXPECT_EQ(client.ReadLine(), "-ERR syntax error\n");
}

TEST(WithoutDurabilityTest, NothingIsSaved) {
  store::Engine engine({});
  ServerContext context{.engine = engine, .started_ms = 0, .process_info = {}};
  CommandExecutor executor(context);
  auto gateway = Gateway::Start({.port = 0, .workers = 1}, &executor);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  ClientSocket client((*gateway)->port());
  for (const char* command : {"SAVE\n", "BGSAVE\n", "BGREWRITEAOF\n"}) {
    client.Send(command);
    EXPECT_EQ(client.ReadLine(),
              "-ERR nothing is kept on disk: the server runs without "
              "--data_dir\n");
  }
}

}  // namespace
}  // namespace kv::gateway
