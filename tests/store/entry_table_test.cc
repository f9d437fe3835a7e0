#include "store/entry_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/entry.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

void Put(EntryPool& pool, EntryTable& table, const Key& key,
         absl::string_view value) {
  const EntryTable::Position place = table.FindOrInsert(key);
  Entry::Delete(pool, place.entry());
  place.set_entry(Entry::NewString(pool, key.bytes, value));
}

std::string NameOf(size_t i) { return "key:" + std::to_string(i); }

void Fill(EntryPool& pool, EntryTable& table, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) Put(pool, table, Key(NameOf(i)), "v");
}

void Drain(EntryTable& table, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) table.Extract(Key(NameOf(i)));
}

// A key whose hash is chosen.
Key KeyWithHash(absl::string_view name, uint64_t hash) {
  Key key(name);
  key.hash = hash;
  return key;
}

TEST(EntryTableTest, FindsWhatWasInserted) {
  EntryPool pool;
  EntryTable table(&pool);
  EXPECT_FALSE(table.Find(Key("a")));
  Put(pool, table, Key("a"), "1");
  Put(pool, table, Key(""), "2");
  ASSERT_TRUE(table.Find(Key("a")));
  EXPECT_EQ(table.Find(Key("a")).entry()->string().bytes, "1");
  EXPECT_EQ(table.Find(Key("")).entry()->string().bytes, "2");
  EXPECT_FALSE(table.Find(Key("b")));
  EXPECT_EQ(table.size(), 2u);
}

TEST(EntryTableTest, TellsKeysOfEqualHashApart) {
  EntryPool pool;
  EntryTable table(&pool);
  Put(pool, table, KeyWithHash("a", 7), "1");
  Put(pool, table, KeyWithHash("b", 7), "2");
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.Extract(KeyWithHash("a", 7))->string().bytes, "1");
  EXPECT_FALSE(table.Find(KeyWithHash("a", 7)));
  EXPECT_EQ(table.Find(KeyWithHash("b", 7)).entry()->key(), "b");
}

TEST(EntryTableTest, MovingLeavesTheOtherEmpty) {
  EntryPool pool;
  EntryTable table(&pool);
  Fill(pool, table, 0, 10);
  EntryTable other = std::move(table);
  EXPECT_EQ(other.size(), 10u);
  EXPECT_EQ(table.size(), 0u);  // NOLINT(bugprone-use-after-move)
  table = std::move(other);
  EXPECT_EQ(table.size(), 10u);
}

TEST(EntryTableTest, AgreesWithAMapUnderRandomChanges) {
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  EntryPool pool;
  EntryTable table(&pool);
  std::map<std::string, std::string> model;
  for (int step = 0; step < 30000; ++step) {
    // Waves, so that the table grows and shrinks.
    const bool growing = step % 10000 < 5000;
    const std::string name = NameOf(random.Below(4000));
    const Key key(name);
    if (!random.OneIn(growing ? 4 : 1)) {
      const std::string value = std::to_string(step);
      Put(pool, table, key, value);
      model[name] = value;
    } else if (table.Find(key)) {
      ASSERT_EQ(table.Extract(key)->key(), name);
      ASSERT_EQ(model.erase(name), 1u);
    }
    const EntryTable::Position place = table.Find(key);
    const auto found = model.find(name);
    ASSERT_EQ(!place, found == model.end());
    if (place) {
      ASSERT_EQ(place.entry()->string().bytes, found->second);
    }
    ASSERT_EQ(table.size(), model.size());
    if (step % 1000 == 0) {
      std::map<std::string, std::string> seen;
      table.ForEach([&seen](const Entry& entry) {
        seen.emplace(entry.key(), entry.string().bytes);
      });
      ASSERT_EQ(seen, model);
    }
  }
}

TEST(EntryTableTest, FindsManyMoreThanItHasHashesForSlots) {
  EntryPool pool;
  EntryTable table(&pool);
  constexpr size_t kMany = 1 << 18;
  Fill(pool, table, 0, kMany);
  EXPECT_EQ(table.size(), kMany);
  for (size_t i = 0; i < kMany; i += 97) {
    const std::string name = NameOf(i);
    ASSERT_EQ(table.Find(Key(name)).entry()->key(), name);
  }
}

TEST(EntryTableTest, FindsAnEntryWhereItHasMoved) {
  EntryPool pool;
  EntryTable table(&pool);
  constexpr size_t kMany = 40000;
  Fill(pool, table, 0, kMany);
  // Of every segment a tenth is left.
  for (size_t i = 0; i < kMany; ++i) {
    if (i % 10 != 0) table.Extract(Key(NameOf(i)));
  }
  const size_t held = pool.held_bytes();
  while (pool.is_sparse()) {
    pool.EmptyOneSegment(
        [&table](Entry* from, Entry* to) { table.Moved(*from, *to); });
    pool.CheckInvariants();
  }
  EXPECT_LT(pool.held_bytes(), held / 2);
  for (size_t i = 0; i < kMany; i += 10) {
    const std::string name = NameOf(i);
    ASSERT_TRUE(table.Find(Key(name)));
    EXPECT_EQ(table.Find(Key(name)).entry()->key(), name);
  }
}

TEST(EntryTableTest, GivesMemoryBackWhenMostEntriesAreGone) {
  EntryPool pool;
  EntryTable table(&pool);
  Fill(pool, table, 0, 10000);
  const size_t full = table.capacity();
  Drain(table, 100, 10000);
  EXPECT_LT(table.capacity(), full / 16);
  EXPECT_EQ(table.size(), 100u);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(table.Find(Key(NameOf(i))));
  }
}

TEST(EntryTableTest, DoesNotResizeForEveryErasureAfterAShrink) {
  EntryPool pool;
  EntryTable table(&pool);
  Fill(pool, table, 0, 10000);
  int resizes = 0;
  for (size_t i = 0; i < 10000; ++i) {
    const size_t before = table.capacity();
    Drain(table, i, i + 1);
    resizes += table.capacity() != before;
  }
  EXPECT_LT(resizes, 10);
}

class EntryTableScanTest : public testing::TestWithParam<size_t> {
 protected:
  // One call; the keys visited join seen_.
  uint64_t Scan(uint64_t from) {
    size_t visited = 0;
    const uint64_t next =
        table_.Scan(from, GetParam(), [this, &visited](const Entry& entry) {
          ++visited;
          ++seen_[std::string(entry.key())];
        });
    EXPECT_TRUE(visited >= GetParam() || next == EntryTable::kScanEnd);
    EXPECT_GT(next, from);
    return next;
  }

  void ExpectEachOnce(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) EXPECT_EQ(seen_[NameOf(i)], 1) << i;
  }

  EntryPool pool_;
  EntryTable table_{&pool_};
  std::map<std::string, int> seen_;
};

TEST_P(EntryTableScanTest, OfNothingIsOverAtOnce) {
  EXPECT_EQ(Scan(0), EntryTable::kScanEnd);
}

TEST_P(EntryTableScanTest, VisitsEachEntryOnce) {
  Fill(pool_, table_, 0, 1000);
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) at = Scan(at);
  EXPECT_EQ(seen_.size(), 1000u);
  ExpectEachOnce(0, 1000);
}

TEST_P(EntryTableScanTest, VisitsWhatStaysOnceWhileTheTableGrows) {
  Fill(pool_, table_, 0, 200);
  size_t end = 200;
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) {
    at = Scan(at);
    const size_t more = std::min<size_t>(end + 97, 2000);
    Fill(pool_, table_, end, more);
    end = more;
  }
  ExpectEachOnce(0, 200);
  for (const auto& [key, times] : seen_) EXPECT_EQ(times, 1) << key;
}

TEST_P(EntryTableScanTest, VisitsWhatStaysOnceWhileTheTableShrinks) {
  Fill(pool_, table_, 0, 3000);
  size_t begin = 100;
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) {
    at = Scan(at);
    const size_t end = std::min<size_t>(begin + 59, 3000);
    Drain(table_, begin, end);
    begin = end;
  }
  ExpectEachOnce(0, 100);
  for (const auto& [key, times] : seen_) EXPECT_EQ(times, 1) << key;
}

TEST_P(EntryTableScanTest, KeepsEqualHashesTogether) {
  constexpr uint32_t kLast = EntryTable::kScanEnd - 1;
  constexpr uint32_t kHashes[] = {0, 1, 77, kLast - 1, kLast};
  for (const uint32_t hash : kHashes) {
    for (int i = 0; i < 5; ++i) {
      const std::string name = std::to_string(hash) + "/" + std::to_string(i);
      Put(pool_, table_, KeyWithHash(name, hash), "v");
    }
  }
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) {
    const uint64_t next = Scan(at);
    std::map<std::string, int> by_hash;
    for (const auto& [key, times] : seen_) {
      EXPECT_EQ(times, 1);
      ++by_hash[key.substr(0, key.find('/'))];
    }
    for (const auto& [hash, count] : by_hash) EXPECT_EQ(count, 5) << hash;
    at = next;
  }
  EXPECT_EQ(seen_.size(), 25u);
}

INSTANTIATE_TEST_SUITE_P(Counts, EntryTableScanTest,
                         testing::Values(1, 2, 10, 1000, SIZE_MAX));

}  // namespace
}  // namespace kv::store
