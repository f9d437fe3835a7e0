// Several threads on one keyspace: bounded in count, so that the sanitizers'
// builds take seconds as well.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/base/number.h"
#include "store/base/time.h"
#include "store/condition.h"
#include "store/effect/effect.h"
#include "store/engine.h"
#include "store/entry.h"
#include "store/key_ops.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

constexpr int kThreads = 4;
constexpr TimeMs kNow = 1000;

// Runs body(thread number) in kThreads threads.
template <typename Body>
void InThreads(Body&& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

// Calls `body` again and again in a thread of its own, until destroyed.
class Background {
 public:
  template <typename Body>
  explicit Background(Body body)
      : thread_([this, body] {
          while (!done_.load(std::memory_order_relaxed)) body();
        }) {}
  ~Background() {
    done_.store(true, std::memory_order_relaxed);
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// Replays what it is given, and checks the order that EffectSink promises.
class ReplicaSink : public EffectSink {
 public:
  void Append(uint64_t sequence, absl::Span<const Effect> effects) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const Effect& effect : effects) {
      if (effect.kind != Effect::Kind::kClear) {
        uint64_t& last = last_[{effect.db, std::string(effect.key)}];
        disorder_ += sequence < last;
        last = sequence;
      }
      replica_.Apply(effect);
    }
  }

  test::Contents contents() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return replica_.contents();
  }
  // How many effects came with an older number than one about the same key.
  int disorder() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return disorder_;
  }

 private:
  mutable std::mutex mutex_;
  test::Replica replica_;
  std::map<std::pair<int, std::string>, uint64_t> last_;
  int disorder_ = 0;
};

int64_t ValueOf(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  int64_t value = 0;
  if (entry != nullptr) {
    EXPECT_TRUE(ParseInt64(entry->string().bytes, &value));
  }
  return value;
}

TEST(ConcurrencyTest, IncrementsOfSharedKeysEndExact) {
  constexpr int kRounds = 20000;
  Keyspace keyspace({.shards = 8});
  const Key keys[] = {Key("a"), Key("b"), Key("c")};
  InThreads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      Transaction txn(keyspace, kNow, keys[i % 3]);
      EXPECT_TRUE(strings::Increment(txn, keys[i % 3], i % 3 + 1).ok());
    }
  });
  Transaction txn(keyspace, kNow, keys);
  int64_t sum = 0;
  for (const Key& key : keys) sum += ValueOf(txn, key);
  int64_t expected = 0;
  for (int i = 0; i < kRounds; ++i) expected += i % 3 + 1;
  EXPECT_EQ(sum, kThreads * expected);
}

TEST(ConcurrencyTest, TransfersKeepTheSumThatEveryReaderSees) {
  constexpr int kAccounts = 12;
  constexpr int kRounds = 5000;
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  ReplicaSink sink;
  Keyspace keyspace({.shards = 16, .sink = &sink});
  std::vector<std::string> names(kAccounts);
  std::vector<Key> accounts;
  for (int i = 0; i < kAccounts; ++i) {
    names[i] = "account:" + std::to_string(i);
    accounts.push_back(Key(names[i]));
    Transaction txn(keyspace, kNow, accounts[i]);
    EXPECT_TRUE(strings::Increment(txn, accounts[i], 100).ok());
  }
  {
    const Background reader([&] {
      const Transaction txn(keyspace, kNow, accounts);
      int64_t sum = 0;
      for (const Key& key : accounts) sum += ValueOf(txn, key);
      EXPECT_EQ(sum, kAccounts * 100);
    });
    InThreads([&](int thread) {
      test::Random random(seed * 100 + thread);
      for (int i = 0; i < kRounds; ++i) {
        // In any order, and at times both the same.
        const Key keys[] = {accounts[random.Below(kAccounts)],
                            accounts[random.Below(kAccounts)]};
        const int64_t amount = random.Between(1, 50);
        Transaction txn(keyspace, kNow, keys);
        EXPECT_TRUE(strings::Increment(txn, keys[0], -amount).ok());
        EXPECT_TRUE(strings::Increment(txn, keys[1], amount).ok());
      }
    });
  }
  EXPECT_EQ(sink.disorder(), 0);
  EXPECT_EQ(test::ContentsOf(keyspace, kNow), sink.contents());
}

// Everything at once: writes that expire, sets, multi-key transactions, scans,
// the engine's sweep, clears; at the end the effects tell the same story.
TEST(ConcurrencyTest, AnyMixtureLeavesTheEffectsEqualToTheKeyspace) {
  constexpr int kRounds = 4000;
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  ReplicaSink sink;
  Engine engine({.keyspace = {.shards = 8, .sink = &sink}});
  Keyspace& keyspace = engine.keyspace();
  {
    const Background scanner([&keyspace] {
      uint64_t cursor = 0;
      do {
        cursor = keys::Scan(
            keyspace, WallTimeMs(), 0, cursor, 10,
            [](const keys::ScannedKey& scanned) {
              EXPECT_LT(scanned.key.size(), 20u);
            },
            /*within=*/nullptr);
      } while (cursor != 0);
    });
    const Background cleaner([&keyspace] {
      Transaction(keyspace, WallTimeMs(), Transaction::AllShards()).Clear(1);
      EXPECT_LE(keys::Size(keyspace, 0, /*within=*/nullptr), 150u);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    });
    InThreads([&keyspace, seed](int thread) {
      test::Random random(seed * 100 + thread);
      for (int i = 0; i < kRounds; ++i) {
        const std::string string = "string:" + std::to_string(random.Below(99));
        const std::string set = "set:" + std::to_string(random.Below(20));
        const std::string value(random.OneIn(4) ? 5000 : 8, 'v');
        const std::string member = std::to_string(random.Below(10));
        const uint8_t db = random.Below(2);
        const Key keys[] = {Key(string, db), Key(set, db)};
        const TimeMs now = WallTimeMs();
        const TimeMs deadline =
            random.OneIn(2) ? now + random.Between(-1, 10) : kNoDeadline;
        Transaction txn(keyspace, now, keys);
        switch (random.Below(6)) {
          case 0:
            txn.PutString(keys[0], value, deadline);
            break;
          case 1:
            EXPECT_TRUE(strings::Append(txn, keys[0], "tail").ok());
            if (txn.Find(keys[0])->string().bytes.size() > 20000) {
              txn.Erase(keys[0]);
            }
            break;
          case 2:
            txn.PutMember(keys[1], member, random.Between(0, 5));
            txn.PutString(keys[0], value, deadline);
            break;
          case 3:
            txn.EraseMember(keys[1], member);
            break;
          case 4:
            (void)keys::Expire(txn, random.OneIn(2) ? keys[0] : keys[1],
                               deadline);
            break;
          default:
            txn.Erase(keys[0]);
        }
      }
    });
  }
  // All deadlines are near: wait until the sweep has nothing left to do.
  while (keyspace.NextDeadline() != kNoDeadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(sink.disorder(), 0);
  EXPECT_EQ(test::ContentsOf(keyspace, WallTimeMs()), sink.contents());
}

TEST(ConcurrencyTest, ReadersKeepWholeValuesWhileWritersReplaceThem) {
  constexpr int kRounds = 4000;
  Keyspace keyspace({.shards = 1});
  const Key key("k");
  Transaction(keyspace, kNow, key)
      .PutString(key, std::string(8000, 'a'), kNoDeadline);
  InThreads([&](int thread) {
    const std::string mine(5000 + 1000 * thread,
                           static_cast<char>('a' + thread));
    for (int i = 0; i < kRounds; ++i) {
      if (thread % 2 == 0) {
        Transaction txn(keyspace, kNow, key);
        txn.PutString(key, mine, kNoDeadline);
        continue;
      }
      BlobRef ref;
      {
        const Transaction txn(keyspace, kNow, key);
        ref = BlobRef(txn.Find(key)->string().blob);
      }
      const absl::string_view bytes = ref.view();
      ASSERT_EQ(bytes.find_first_not_of(bytes[0]), absl::string_view::npos);
    }
  });
}

TEST(ConcurrencyTest, CompareAndSetByVersionLosesNoUpdate) {
  constexpr int kRounds = 2000;
  Keyspace keyspace({.shards = 4});
  const Key key("k");
  InThreads([&](int) {
    for (int i = 0; i < kRounds;) {
      int64_t value = 0;
      uint64_t version = 0;
      {
        const Transaction txn(keyspace, kNow, key);
        const Entry* entry = txn.Find(key);
        if (entry != nullptr) version = entry->version();
        value = ValueOf(txn, key);
      }
      const std::string next = std::to_string(value + 1);
      Transaction txn(keyspace, kNow, key);
      const auto set = strings::Set(
          txn, key, next,
          {.condition = {Condition::Kind::kVersionEquals, version}});
      i += set->applied;
    }
  });
  EXPECT_EQ(ValueOf(Transaction(keyspace, kNow, key), key), kThreads * kRounds);
}

}  // namespace
}  // namespace kv::store
