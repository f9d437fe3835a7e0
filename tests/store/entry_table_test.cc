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

void Put(EntryTable& table, const Key& key, absl::string_view value) {
  const EntryTable::Slot* slot = table.FindOrInsert(key);
  Entry::Delete(slot->entry());
  slot->set_entry(Entry::NewString(key.bytes, value));
}

std::string NameOf(size_t i) { return "key:" + std::to_string(i); }

void Fill(EntryTable& table, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) Put(table, Key(NameOf(i)), "v");
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
  EntryTable table;
  EXPECT_EQ(table.Find(Key("a")), nullptr);
  Put(table, Key("a"), "1");
  Put(table, Key(""), "2");
  ASSERT_NE(table.Find(Key("a")), nullptr);
  EXPECT_EQ(table.Find(Key("a"))->entry()->string().bytes, "1");
  EXPECT_EQ(table.Find(Key(""))->entry()->string().bytes, "2");
  EXPECT_EQ(table.Find(Key("b")), nullptr);
  EXPECT_EQ(table.size(), 2u);
}

TEST(EntryTableTest, TellsKeysOfEqualHashApart) {
  EntryTable table;
  Put(table, KeyWithHash("a", 7), "1");
  Put(table, KeyWithHash("b", 7), "2");
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.Extract(KeyWithHash("a", 7))->string().bytes, "1");
  EXPECT_EQ(table.Find(KeyWithHash("a", 7)), nullptr);
  EXPECT_EQ(table.Find(KeyWithHash("b", 7))->entry()->key(), "b");
}

TEST(EntryTableTest, MovingLeavesTheOtherEmpty) {
  EntryTable table;
  Fill(table, 0, 10);
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
  EntryTable table;
  std::map<std::string, std::string> model;
  for (int step = 0; step < 30000; ++step) {
    // Waves, so that the table grows and shrinks.
    const bool growing = step % 10000 < 5000;
    const std::string name = NameOf(random.Below(4000));
    const Key key(name);
    if (!random.OneIn(growing ? 4 : 1)) {
      const std::string value = std::to_string(step);
      Put(table, key, value);
      model[name] = value;
    } else if (table.Find(key) != nullptr) {
      ASSERT_EQ(table.Extract(key)->key(), name);
      ASSERT_EQ(model.erase(name), 1u);
    }
    const EntryTable::Slot* slot = table.Find(key);
    const auto found = model.find(name);
    ASSERT_EQ(slot == nullptr, found == model.end());
    if (slot != nullptr) {
      ASSERT_EQ(slot->entry()->string().bytes, found->second);
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

TEST(EntryTableTest, GivesMemoryBackWhenMostEntriesAreGone) {
  EntryTable table;
  Fill(table, 0, 10000);
  const size_t full = table.capacity();
  Drain(table, 100, 10000);
  EXPECT_LT(table.capacity(), full / 16);
  EXPECT_EQ(table.size(), 100u);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_NE(table.Find(Key(NameOf(i))), nullptr);
  }
}

TEST(EntryTableTest, DoesNotResizeForEveryErasureAfterAShrink) {
  EntryTable table;
  Fill(table, 0, 10000);
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

  EntryTable table_;
  std::map<std::string, int> seen_;
};

TEST_P(EntryTableScanTest, OfNothingIsOverAtOnce) {
  EXPECT_EQ(Scan(0), EntryTable::kScanEnd);
}

TEST_P(EntryTableScanTest, VisitsEachEntryOnce) {
  Fill(table_, 0, 1000);
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) at = Scan(at);
  EXPECT_EQ(seen_.size(), 1000u);
  ExpectEachOnce(0, 1000);
}

TEST_P(EntryTableScanTest, VisitsWhatStaysOnceWhileTheTableGrows) {
  Fill(table_, 0, 200);
  size_t end = 200;
  for (uint64_t at = 0; at != EntryTable::kScanEnd;) {
    at = Scan(at);
    const size_t more = std::min<size_t>(end + 97, 2000);
    Fill(table_, end, more);
    end = more;
  }
  ExpectEachOnce(0, 200);
  for (const auto& [key, times] : seen_) EXPECT_EQ(times, 1) << key;
}

TEST_P(EntryTableScanTest, VisitsWhatStaysOnceWhileTheTableShrinks) {
  Fill(table_, 0, 3000);
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
  constexpr uint32_t kHashes[] = {0, 1, 77, UINT32_MAX - 1, UINT32_MAX};
  for (const uint32_t hash : kHashes) {
    for (int i = 0; i < 5; ++i) {
      const std::string name = std::to_string(hash) + "/" + std::to_string(i);
      Put(table_, KeyWithHash(name, hash), "v");
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
