#include "store/transaction.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/effect/effect.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "tests/testing/keyspace_fixture.h"

namespace kv::store {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;

class TransactionTest : public test::KeyspaceFixture {};

void PutText(Transaction& txn, const Key& key, absl::string_view text) {
  txn.PutString(key, text, kNoDeadline);
}

TEST_F(TransactionTest, ReadingTakesNoSequenceNumber) {
  const Key key("k");
  Run(key, [&](Transaction& txn) {
    EXPECT_EQ(txn.Find(key), nullptr);
    EXPECT_FALSE(txn.Erase(key));
    EXPECT_FALSE(txn.SetDeadline(key, 5000));
    EXPECT_FALSE(txn.EraseMember(key, "m"));
    EXPECT_EQ(txn.EraseExpired(10), 0u);
    EXPECT_EQ(txn.sequence(), 0u);
  });
  EXPECT_EQ(keyspace_.sequence(), 0u);
  EXPECT_EQ(sink_.transactions(), 0u);
}

TEST_F(TransactionTest, AllItsChangesShareOneNumberAndLeaveTogether) {
  const Key keys[] = {Key("a"), Key("b"), Key("c"), Key("a"), Key("d", 3)};
  {
    Transaction txn(keyspace_, now_, keys);
    for (const Key& key : keys) PutText(txn, key, "v");
    txn.Erase(keys[1]);
    EXPECT_EQ(sink_.transactions(), 0u);  // not before the end
    for (const Key& key : {keys[0], keys[2], keys[4]}) {
      EXPECT_EQ(txn.Find(key)->version(), txn.sequence());
    }
  }
  EXPECT_EQ(sink_.transactions(), 1u);
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 6u);
  for (const auto& effect : effects) EXPECT_EQ(effect.sequence, 1u);
  EXPECT_EQ(effects[5].kind, Kind::kErase);
  EXPECT_EQ(effects[5].key, "b");
  EXPECT_EQ(effects[4].db, 3);
}

TEST_F(TransactionTest, VersionsOfAKeyAscend) {
  uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    Set("k", std::string(i * 300, 'v'));
    Set("other", "v");
    EXPECT_GT(VersionOf("k"), last);
    last = VersionOf("k");
  }
}

TEST_F(TransactionTest, AnEmptySetOfKeysLocksNothing) {
  const Transaction nothing(keyspace_, now_, absl::Span<const Key>());
  Set("k", "v");  // would wait for ever
  EXPECT_EQ(Get("k"), "v");
}

TEST_F(TransactionTest, AllShardsSeesEveryKey) {
  for (int i = 0; i < 50; ++i) Set(std::to_string(i), "v");
  Transaction txn(keyspace_, now_, Transaction::AllShards());
  for (int i = 0; i < 50; ++i) {
    EXPECT_NE(txn.Find(Key(std::to_string(i))), nullptr);
  }
}

TEST_F(TransactionTest, WhatItRemovedStaysReadableUntilItsEnd) {
  const std::string large(10000, 'l');
  Set("large", large);
  Set("small", "s");
  AddMember("set", "m", 1);
  const Key keys[] = {Key("large"), Key("small"), Key("set")};
  Transaction txn(keyspace_, now_, keys);
  const Entry* entries[] = {txn.Find(keys[0]), txn.Find(keys[1]),
                            txn.Find(keys[2])};
  PutText(txn, keys[0], "other");
  EXPECT_TRUE(txn.Erase(keys[1]));
  EXPECT_TRUE(txn.EraseMember(keys[2], "m"));
  EXPECT_EQ(entries[0]->string().bytes, large);
  EXPECT_EQ(entries[1]->string().bytes, "s");
  EXPECT_EQ(entries[2]->key(), "set");
}

TEST_F(TransactionTest, WhatItClearedStaysReadableUntilItsEnd) {
  Set("k", "v");
  Transaction txn(keyspace_, now_, Transaction::AllShards());
  const Entry* entry = txn.Find(Key("k"));
  txn.Clear(0);
  EXPECT_EQ(txn.Find(Key("k")), nullptr);
  EXPECT_EQ(entry->string().bytes, "v");
  PutText(txn, Key("k"), "after");
  EXPECT_EQ(txn.Find(Key("k"))->string().bytes, "after");
}

TEST_F(TransactionTest, EffectsOfAnErasedKeyDoNotNeedTheCallersName) {
  Set("name", "v", 2000);
  now_ = 2000;
  sink_.Take();
  for (int i = 0; i < keyspace_.shards(); ++i) {
    Transaction txn(keyspace_, now_,
                    Transaction::ShardIndex{static_cast<uint32_t>(i)});
    txn.EraseExpired(10);
  }
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].kind, Kind::kErase);
  EXPECT_EQ(effects[0].key, "name");
}

TEST_F(TransactionTest, EffectsOfEditsSayWhatTheValueWasThen) {
  const Key key("k");
  Run(key, [&](Transaction& txn) {
    for (const char c : {'a', 'b', 'c'}) {
      txn.EditString(key, 1, [c](char* bytes) { *bytes = c; });
    }
  });
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 3u);
  EXPECT_EQ(effects[0].value, "a");
  EXPECT_EQ(effects[1].value, "b");
  EXPECT_EQ(effects[2].value, "c");
}

TEST_F(TransactionTest, AnEditOfAPartLeavesAsASplice) {
  const Key key("k");
  Set("k", std::string(100, 'x'));
  sink_.Take();
  const auto edit = [&](size_t size, Extent edited) {
    Run(key, [&](Transaction& txn) {
      txn.EditString(
          key, size,
          [edited](char* bytes) {
            std::memset(bytes + edited.begin, 'y', edited.size());
          },
          edited);
    });
    return sink_.Take();
  };
  // Inside, appended, and behind the end with zeros between.
  uint64_t size = 100;
  for (const Extent edited :
       {Extent{3, 5}, Extent{100, 104}, Extent{110, 112}}) {
    size = std::max(size, edited.end);
    const auto effects = edit(size, edited);
    ASSERT_EQ(effects.size(), 1u);
    EXPECT_EQ(effects[0].kind, Kind::kSplice);
    EXPECT_EQ(effects[0].offset, edited.begin);
    EXPECT_EQ(effects[0].value, std::string(edited.size(), 'y'));
  }
  // What a splice cannot say leaves as a whole.
  EXPECT_EQ(edit(50, {3, 5})[0].kind, Kind::kPutString);
  EXPECT_EQ(edit(60, {3, 5})[0].kind, Kind::kPutString);
  EXPECT_EQ(edit(60, {0, 60})[0].kind, Kind::kPutString);
}

TEST_F(TransactionTest, EditedStringGainsZeros) {
  const Key key("k");
  for (const size_t size : {3, 40, 300, 4096, 4097, 9000, 12000, 5000, 11000}) {
    Run(key, [&](Transaction& txn) {
      // Dirty bytes beyond the end, which a later growth must not show.
      txn.EditString(key, 2, [](char* bytes) { std::memset(bytes, 'x', 2); });
      txn.EditString(key, size, [](char*) {});
    });
    EXPECT_EQ(Get("k"), "xx" + std::string(size - 2, '\0')) << size;
    Run(key, [&](Transaction& txn) {
      txn.EditString(key, size,
                     [size](char* bytes) { std::memset(bytes, 'y', size); });
    });
  }
}

TEST_F(TransactionTest, ShrunkBlobGrowsAgainWithZeros) {
  const Key key("k");
  Set("k", std::string(10000, 'x'));
  Run(key, [&](Transaction& txn) {
    txn.EditString(key, 5000, [](char*) {});
    txn.EditString(key, 9000, [](char*) {});
  });
  EXPECT_EQ(Get("k"), std::string(5000, 'x') + std::string(4000, '\0'));
}

TEST_F(TransactionTest, OverwritingInPlaceKeepsTheEntryAndMovesTheDeadline) {
  const Key key("k");
  Set("k", "one", 2000);
  Run(key, [&](Transaction& txn) {
    const Entry* before = txn.Find(key);
    txn.PutString(key, "two", 3000);
    EXPECT_EQ(txn.Find(key), before);
    EXPECT_EQ(txn.DeadlineOf(key, *before), 3000);
    txn.PutString(key, "six", kNoDeadline);
    EXPECT_FALSE(before->has_deadline());
  });
  EXPECT_EQ(keyspace_.NextDeadline(), kNoDeadline);
}

TEST_F(TransactionTest, PublishesTheEarliestDeadlineOfItsShards) {
  Set("a", "v", 5000);
  EXPECT_EQ(keyspace_.NextDeadline(), 5000);
  Set("b", "v", 3000);
  const Key other("c", 7);
  Run(other, [&](Transaction& txn) { txn.PutString(other, "v", 2000); });
  EXPECT_EQ(keyspace_.NextDeadline(), 2000);
  Run(other, [&](Transaction& txn) { txn.Erase(other); });
  EXPECT_EQ(keyspace_.NextDeadline(), 3000);
  Set("b", std::string(5000, 'v'));
  EXPECT_EQ(keyspace_.NextDeadline(), 5000);
}

TEST_F(TransactionTest, EraseExpiredStopsAtItsLimit) {
  for (int i = 0; i < 10; ++i) Set(std::to_string(i), "v", 2000 + i);
  Set("stays", "v", 2010);
  now_ = 2009;
  Transaction txn(keyspace_, now_, Transaction::AllShards());
  EXPECT_EQ(txn.EraseExpired(4), 4u);
  EXPECT_EQ(txn.EraseExpired(100), 6u);
  EXPECT_EQ(txn.EraseExpired(100), 0u);
  EXPECT_NE(txn.Find(Key("stays")), nullptr);
}

TEST_F(TransactionTest, AMovedSetLeavesAsAllItsMembers) {
  const Key keys[] = {Key("from"), Key("to", 2)};
  Set("from", "");
  Run(keys[0], [&](Transaction& txn) {
    txn.Erase(keys[0]);
    txn.PutMember(keys[0], "a", 1);
    txn.PutMember(keys[0], "b", 2);
    txn.SetDeadline(keys[0], 5000);
  });
  Run(keys[1], [&](Transaction& txn) { PutText(txn, keys[1], "old"); });
  sink_.Take();
  {
    Transaction txn(keyspace_, now_, keys);
    EXPECT_TRUE(txn.Move(keys[0], keys[1]));
    EXPECT_EQ(txn.Find(keys[0]), nullptr);
    EXPECT_EQ(txn.Find(keys[1])->version(), txn.sequence());
    // Effects tell what was moved, not what became of it.
    txn.EraseMember(keys[1], "a");
  }
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 6u);
  // The old name goes first, as clients are told of it.
  const Kind kinds[] = {Kind::kErase, Kind::kErase,       Kind::kZPut,
                        Kind::kZPut,  Kind::kSetDeadline, Kind::kZErase};
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(effects[i].kind, kinds[i]) << i;
    EXPECT_EQ(effects[i].key, i == 0 ? "from" : "to") << i;
    EXPECT_EQ(effects[i].db, i == 0 ? 0 : 2) << i;
  }
  EXPECT_EQ(effects[2].value, "a");
  EXPECT_EQ(effects[3].value, "b");
  EXPECT_EQ(effects[4].deadline, 5000);
}

TEST_F(TransactionTest, CopiedBlobsAreSharedUntilOneChanges) {
  const std::string large(kMaxInlineBytes + 1, 'x');
  const Key keys[] = {Key("a"), Key("b")};
  Set("a", large);
  sink_.Take();
  {
    Transaction txn(keyspace_, now_, keys);
    EXPECT_TRUE(txn.Copy(keys[0], keys[1]));
    EXPECT_EQ(txn.Find(keys[0])->string().blob,
              txn.Find(keys[1])->string().blob);
    txn.EditString(keys[1], large.size(), [](char* bytes) { *bytes = 'y'; });
  }
  EXPECT_EQ(Get("a"), large);
  EXPECT_EQ(Get("b"), "y" + large.substr(1));
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_EQ(effects[0].value, large);
  EXPECT_EQ(effects[1].value, "y" + large.substr(1));
}

TEST_F(TransactionTest, WithoutASinkNothingIsKept) {
  Keyspace keyspace({.shards = 1});
  const Key key("k");
  Transaction txn(keyspace, now_, key);
  PutText(txn, key, "v");
  txn.EditString(key, 1, [](char* bytes) { *bytes = 'w'; });
  txn.PutMember(Key("z"), "m", 1);
  EXPECT_EQ(txn.Find(key)->string().bytes, "w");
  EXPECT_EQ(txn.sequence(), 1u);
}

TEST(KeyspaceTest, SpreadsKeysOverAnyNumberOfShards) {
  for (const int shards : {1, 2, 64, 65536}) {
    Keyspace keyspace({.shards = shards});
    EXPECT_EQ(keyspace.shards(), shards);
    Key key("k");
    for (const uint64_t hash : {uint64_t{0}, uint64_t{1} << 63, UINT64_MAX}) {
      key.hash = hash;
      EXPECT_LT(keyspace.ShardIndexOf(key), static_cast<uint32_t>(shards));
    }
    EXPECT_EQ(keyspace.ShardIndexOf(key), static_cast<uint32_t>(shards) - 1);
  }
}

TEST(KeyspaceDeathTest, RefusesOtherNumbersOfShards) {
  for (const int shards : {-1, 0, 3, 131072}) {
    EXPECT_DEATH(Keyspace({.shards = shards}), "power of two");
  }
}

}  // namespace
}  // namespace kv::store
