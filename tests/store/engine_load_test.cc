// The engine while its data is loaded, and after.

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/durable/commit_gate.h"
#include "store/durable/load_meter.h"
#include "store/durable/recovery.h"
#include "store/effect/effect.h"
#include "store/engine.h"
#include "store/key_ops.h"
#include "store/transaction.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/loading_engine.h"

namespace kv::store {
namespace {

using test::FaultyFileSystem;
using test::LoadingEngine;

class CountingListener final : public CommitGate::Listener {
 public:
  void OnCommit() override { ++calls; }
  std::atomic<int> calls{0};
};

class CountingSink final : public EffectSink {
 public:
  void Append(uint64_t, absl::Span<const Effect>) override { ++calls; }
  std::atomic<int> calls{0};
};

TEST(EngineLoadTest, WhatIsNotToBeKeptIsServedAtOnce) {
  Engine engine({.keyspace = {.shards = 4}});
  EXPECT_FALSE(engine.durable());
  EXPECT_FALSE(engine.loading());
  EXPECT_EQ(engine.commit_gate(), nullptr);
}

TEST(EngineLoadTest, ItIsLoadingUntilAllIsThere) {
  LoadingEngine loading;
  Engine& engine = loading.engine();
  EXPECT_TRUE(engine.loading());
  EXPECT_TRUE(engine.durable());
  EXPECT_EQ(engine.log(), nullptr);
  CommitGate* const gate = engine.commit_gate();
  ASSERT_NE(gate, nullptr);
  EXPECT_EQ(gate->state(), CommitGate::State::kLoading);
  ASSERT_TRUE(loading.Finish().ok());
  EXPECT_FALSE(engine.loading());
  EXPECT_NE(engine.log(), nullptr);
  EXPECT_EQ(engine.commit_gate(), gate);
  EXPECT_EQ(keys::Size(engine.keyspace(), 0, /*within=*/nullptr), 11u);
  EXPECT_EQ(engine.recovery().log.records, 11u);
}

TEST(EngineLoadTest, ListenersOfTheGateHearThatItOpens) {
  LoadingEngine loading;
  CountingListener listener;  // expects nothing
  loading.engine().commit_gate()->Add(&listener);
  EXPECT_EQ(listener.calls, 0);
  ASSERT_TRUE(loading.Finish().ok());
  EXPECT_EQ(listener.calls, 1);
  loading.engine().commit_gate()->Remove(&listener);
}

TEST(EngineLoadTest, ProgressIsToldAtAnyTime) {
  const TimeMs before = WallTimeMs();
  LoadingEngine loading;
  const LoadProgress half = loading.engine().load_progress();
  EXPECT_GE(half.started_ms, before);
  EXPECT_GT(half.bytes_read, 0u);
  EXPECT_LT(half.bytes_read, half.bytes_total);
  ASSERT_TRUE(loading.Finish().ok());
  const LoadProgress done = loading.engine().load_progress();
  EXPECT_EQ(done.bytes_total, half.bytes_total);
  EXPECT_EQ(done.bytes_read, done.bytes_total);
  EXPECT_EQ(done.remaining_ms, 0);
}

TEST(EngineLoadTest, WhatIsLoadedIsNewsToNobody) {
  CountingSink sink;
  LoadingEngine loading;
  loading.engine().effects().Start(&sink);
  ASSERT_TRUE(loading.Finish().ok());
  EXPECT_EQ(sink.calls, 0);
  const Key key("new");
  Transaction(loading.engine().keyspace(), WallTimeMs(), key)
      .PutString(key, "v", kNoDeadline);
  EXPECT_EQ(sink.calls, 1);
  loading.engine().effects().Remove(&sink);
}

TEST(EngineLoadTest, ALoadThatIsGivenUpChangesNothing) {
  LoadingEngine loading;
  const FaultyFileSystem::Files before = loading.files().files();
  EXPECT_TRUE(absl::IsCancelled(loading.GiveUp()));
  EXPECT_TRUE(loading.engine().loading());
  EXPECT_EQ(loading.files().files(), before);
}

TEST(EngineLoadTest, AnEmptyDirectoryMayBeGivenUpAsWell) {
  FaultyFileSystem files;
  const DurabilityOptions options = {
      .log = {.files = &files, .directory = "data"},
      .recovery = {.go_on = [](const RecoveryProgress&) { return false; }}};
  const auto engine = Engine::Open({}, options);
  ASSERT_TRUE(engine.ok());
  const FaultyFileSystem::Files before = files.files();
  EXPECT_TRUE(absl::IsCancelled((*engine)->Load()));
  EXPECT_EQ(files.files(), before);
}

TEST(EngineLoadTest, AfterDamageItStaysLoading) {
  FaultyFileSystem files;
  const DurabilityOptions options = {
      .log = {.files = &files, .directory = "data"}};
  ASSERT_TRUE((*Engine::Open({}, options))->Load().ok());
  FaultyFileSystem::Files damaged = files.files();
  for (auto& [name, bytes] : damaged) {
    if (bytes.size() > 8) bytes[8] ^= 1;  // the salt, in the header
  }
  files.SetFiles(damaged);
  const auto engine = Engine::Open({}, options);
  ASSERT_TRUE(engine.ok());
  EXPECT_TRUE(absl::IsDataLoss((*engine)->Load()));
  EXPECT_TRUE((*engine)->loading());
  EXPECT_EQ((*engine)->log(), nullptr);
}

TEST(EngineLoadTest, ADirectoryInUseIsRefusedBeforeAnythingIsLoaded) {
  FaultyFileSystem files;
  const DurabilityOptions options = {
      .log = {.files = &files, .directory = "data"}};
  const auto first = Engine::Open({}, options);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(absl::IsUnavailable(Engine::Open({}, options).status()));
}

}  // namespace
}  // namespace kv::store
