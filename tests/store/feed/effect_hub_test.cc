#include "store/feed/effect_hub.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/keyspace.h"
#include "store/transaction.h"
#include "tests/testing/recording_sink.h"

namespace kv::store {
namespace {

using test::RecordingSink;

void Set(Keyspace& keyspace, const Key& key) {
  Transaction txn(keyspace, 1000, key);
  txn.PutString(key, "value", kNoDeadline);
}

TEST(EffectHubTest, NothingIsRecordedWhileNobodyListens) {
  Keyspace keyspace({.shards = 4});
  EffectHub hub(keyspace);
  EXPECT_EQ(keyspace.sink(), nullptr);
  RecordingSink sink;
  hub.Start(&sink);
  EXPECT_EQ(keyspace.sink(), &hub);
  hub.Stop(&sink);
  hub.Stop(&sink);
  EXPECT_EQ(keyspace.sink(), nullptr);
}

TEST(EffectHubTest, EachListenerGetsWhatHappensWhileItListens) {
  Keyspace keyspace({.shards = 4});
  EffectHub hub(keyspace);
  RecordingSink one, two;
  hub.Start(&one);
  Set(keyspace, Key("a"));
  hub.Start(&two);
  Set(keyspace, Key("b"));
  hub.Stop(&one);
  Set(keyspace, Key("c"));
  const auto first = one.Take();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].key, "a");
  EXPECT_EQ(first[1].key, "b");
  const auto second = two.Take();
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[0].key, "b");
  EXPECT_EQ(second[1].key, "c");
  EXPECT_EQ(second[1].sequence, keyspace.sequence());
}

TEST(EffectHubTest, ASinkThatIsThereAlreadyGoesOn) {
  RecordingSink sink, other;
  Keyspace keyspace({.shards = 4, .sink = &sink});
  EffectHub hub(keyspace);
  hub.Start(&other);
  hub.Stop(&other);
  Set(keyspace, Key("a"));
  EXPECT_EQ(sink.Take().size(), 1u);
}

// It may be started while a shard is held, and gets what follows there.
TEST(EffectHubTest, StartsInsideATransaction) {
  Keyspace keyspace({.shards = 1});
  EffectHub hub(keyspace);
  RecordingSink sink;
  const Key key("a");
  {
    Transaction txn(keyspace, 1000, key);
    hub.Start(&sink);
  }
  Set(keyspace, key);
  EXPECT_EQ(sink.Take().size(), 1u);
}

TEST(EffectHubTest, ARemovedListenerMayBeDestroyed) {
  Keyspace keyspace({.shards = 16});
  EffectHub hub(keyspace);
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int t = 0; t < 2; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; !stop.load(std::memory_order_relaxed); ++i) {
        Set(keyspace, Key(absl::StrCat(t, ":", i % 64)));
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    RecordingSink sink;
    hub.Start(&sink);
    hub.Remove(&sink);
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(keyspace.sink(), nullptr);
}

}  // namespace
}  // namespace kv::store
