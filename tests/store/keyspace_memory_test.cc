// What a keyspace takes from the kernel, after changes that leave holes.

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

constexpr TimeMs kNow = 1000;
constexpr size_t kKeys = 200000;

// Sanitizers keep memory of their own for ours.
bool IsSanitized() { return std::getenv("FASTKV_SANITIZED") != nullptr; }

size_t ResidentBytes() {
  if (IsSanitized()) return 0;
  long pages = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  EXPECT_EQ(std::fscanf(file, "%*s %ld", &pages), 1);
  std::fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

std::string NameOf(size_t i) { return absl::StrCat("key:", i); }

void SetAll(Keyspace& keyspace, size_t value_bytes) {
  const std::string value(value_bytes, 'v');
  for (size_t i = 0; i < kKeys; ++i) {
    const std::string name = NameOf(i);
    const Key key(name);
    Transaction(keyspace, kNow, key).PutString(key, value, kNoDeadline);
  }
}

void ExpectAll(Keyspace& keyspace, size_t step, size_t value_bytes) {
  const std::string value(value_bytes, 'v');
  for (size_t i = 0; i < kKeys; i += step) {
    const std::string name = NameOf(i);
    const Key key(name);
    const Transaction txn(keyspace, kNow, key);
    ASSERT_NE(txn.Find(key), nullptr);
    ASSERT_EQ(txn.Find(key)->string().bytes, value);
  }
}

TEST(KeyspaceMemoryTest, IsReusedForOtherSizesAndGivenBack) {
  Keyspace keyspace({.shards = 64});
  const size_t empty = ResidentBytes();
  // The key, what an entry adds to it, and its share of the table.
  constexpr size_t kFixed = 10 + 8 + 20;
  SetAll(keyspace, 100);
  EXPECT_LT(ResidentBytes() - empty, kKeys * (100 + kFixed) * 5 / 4);
  SetAll(keyspace, 400);
  EXPECT_LT(ResidentBytes() - empty, kKeys * (400 + kFixed) * 5 / 4);
  ExpectAll(keyspace, 1, 400);
  for (size_t i = 0; i < kKeys; ++i) {
    if (i % 10 == 0) continue;
    const std::string name = NameOf(i);
    const Key key(name);
    EXPECT_TRUE(Transaction(keyspace, kNow, key).Erase(key));
  }
  EXPECT_LT(ResidentBytes() - empty, kKeys / 10 * (400 + kFixed) * 2);
  ExpectAll(keyspace, 10, 400);
}

// What the sweep removes makes room as well, and deadlines follow what moves.
TEST(KeyspaceMemoryTest, IsGivenBackByWhatExpires) {
  Keyspace keyspace({.shards = 16});
  const size_t empty = ResidentBytes();
  const std::string value(100, 'v');
  for (size_t i = 0; i < kKeys; ++i) {
    const std::string name = NameOf(i);
    const Key key(name);
    const TimeMs deadline = kNow + (i % 10 == 0 ? 1000 : 100);
    Transaction(keyspace, kNow, key).PutString(key, value, deadline);
  }
  const size_t full = IsSanitized() ? SIZE_MAX : ResidentBytes() - empty;
  for (uint32_t shard = 0; shard < 16; ++shard) {
    while (Transaction(keyspace, kNow + 100, Transaction::ShardIndex{shard})
               .EraseExpired(100) > 0) {
    }
  }
  EXPECT_LT(ResidentBytes() - empty, full / 4);
  ExpectAll(keyspace, 10, 100);
  for (uint32_t shard = 0; shard < 16; ++shard) {
    MutexLock lock(keyspace.shard(shard).mutex);
    keyspace.shard(shard).database(0).heap.CheckInvariants();
    keyspace.shard(shard).database(0).pool->CheckInvariants();
    EXPECT_EQ(keyspace.shard(shard).next_deadline(), kNow + 1000);
  }
}

}  // namespace
}  // namespace kv::store
