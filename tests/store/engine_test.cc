#include "store/engine.h"

#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/effect/effect.h"
#include "store/key_ops.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void Put(Engine& engine, const std::string& name, TimeMs deadline,
         uint8_t db = 0) {
  const Key key(name, db);
  Transaction(engine.keyspace(), WallTimeMs(), key)
      .PutString(key, "value", deadline);
}

// Whether `holds` becomes true; the limit is generous, for slow machines.
template <typename Condition>
bool Eventually(Condition&& holds) {
  const auto limit = steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

TEST(EngineTest, RemovesExpiredKeysThatNobodyReads) {
  Engine engine({.keyspace = {.shards = 64}});
  const TimeMs deadline = WallTimeMs() + 20;
  for (int i = 0; i < 3000; ++i) {
    Put(engine, std::to_string(i), deadline, i % 2 == 0 ? 0 : 9);
  }
  Put(engine, "stays", kNoDeadline);
  Put(engine, "later", deadline + 3600000);
  // Those that were past their deadline when put were never there.
  EXPECT_TRUE(Eventually([&engine] {
    return keys::Size(engine.keyspace(), 0, /*within=*/nullptr) == 2 &&
           keys::Size(engine.keyspace(), 9, /*within=*/nullptr) == 0;
  }));
  EXPECT_LE(engine.sweep_stats().expired, 3000u);
}

TEST(EngineTest, CountsWhatItRemovedAndHowLate) {
  Engine engine({.keyspace = {.shards = 4}});
  EXPECT_EQ(engine.sweep_stats().expired, 0u);
  constexpr int kKeys = 500;  // more than one batch in a shard
  const TimeMs deadline = WallTimeMs() + 300;
  for (int i = 0; i < kKeys; ++i) Put(engine, std::to_string(i), deadline);
  ASSERT_TRUE(
      Eventually([&engine] { return engine.sweep_stats().expired == kKeys; }));
  const SweepStats stats = engine.sweep_stats();
  EXPECT_GE(stats.last_lag_ms, 0);
  EXPECT_GE(stats.max_lag_ms, stats.last_lag_ms);
  EXPECT_LT(stats.max_lag_ms, 10000);
}

// The lag of a round is that of its oldest entry, not of the last shard that
// the round came to.
TEST(EngineTest, LagIsThatOfTheOldestEntryInTheRound) {
  Engine engine({.keyspace = {.shards = 2}});
  std::string names[2];
  for (int i = 0; names[0].empty() || names[1].empty(); ++i) {
    const std::string name = std::to_string(i);
    names[engine.keyspace().ShardIndexOf(Key(name))] = name;
  }
  // A round that begins between the two shards sees one of them: then again.
  auto found = [&engine, &names, puts = uint64_t{0}]() mutable {
    const TimeMs now = WallTimeMs();
    {
      const Key keys[] = {Key(names[0]), Key(names[1])};
      Transaction txn(engine.keyspace(), 1, keys);
      txn.PutString(keys[0], "old", now - 5000);
      txn.PutString(keys[1], "young", now - 10);
    }
    puts += 2;
    if (!Eventually([&] { return engine.sweep_stats().expired == puts; })) {
      return false;
    }
    std::this_thread::sleep_for(milliseconds(5));
    return engine.sweep_stats().last_lag_ms >= 5000;
  };
  EXPECT_TRUE(found() || found() || found() || found());
  EXPECT_GE(engine.sweep_stats().max_lag_ms, 5000);
}

TEST(EngineTest, UsesHardlyAnyProcessorTimeWhenIdle) {
  Engine engine({.keyspace = {}});
  Put(engine, "later", WallTimeMs() + 3600000);
  timespec before, after;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  std::this_thread::sleep_for(milliseconds(400));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const int64_t used_us = (after.tv_sec - before.tv_sec) * 1000000 +
                          (after.tv_nsec - before.tv_nsec) / 1000;
  EXPECT_LT(used_us, 100000);
}

TEST(EngineTest, EndsPromptly) {
  const auto start = steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    Engine engine({.keyspace = {.shards = 16}});
    Put(engine, "k", WallTimeMs() + 3600000);
    if (i % 2 == 0) std::this_thread::sleep_for(milliseconds(3));
  }
  // Far less than ten idle intervals would take.
  EXPECT_LT(steady_clock::now() - start, milliseconds(450));
}

// Makes each batch of a sweep last a while.
class SlowSink : public EffectSink {
 public:
  void Append(uint64_t, absl::Span<const Effect>) override {
    ++transactions;
    std::this_thread::sleep_for(milliseconds(2));
  }
  std::atomic<int> transactions{0};
};

TEST(EngineTest, EndsPromptlyInTheMiddleOfALargeSweep) {
  constexpr int kKeys = 100000;
  SlowSink sink;
  {
    Engine engine({.keyspace = {.shards = 1, .sink = &sink}});
    std::vector<std::string> names(kKeys);
    for (int i = 0; i < kKeys; ++i) names[i] = std::to_string(i);
    {
      Transaction txn(engine.keyspace(), 1, Transaction::AllShards());
      for (const std::string& name : names) txn.PutString(Key(name), "v", 2);
    }
    ASSERT_TRUE(Eventually([&sink] { return sink.transactions >= 2; }));
  }
  EXPECT_LT(sink.transactions, kKeys / 256);
}

}  // namespace
}  // namespace kv::store
