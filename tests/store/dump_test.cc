#include "store/dump.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/crc32c.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/dump_ops.h"
#include "store/effect/effect.h"
#include "store/entry.h"
#include "store/sorted_set.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

std::string DumpOfString(absl::string_view value) {
  EntryPool pool;
  const EntryPtr entry(Entry::NewString(pool, "key", value), {&pool});
  return *EncodeDump(*entry);
}

std::string DumpOfSet(SortedSet set) {
  EntryPool pool;
  const EntryPtr entry(Entry::NewSortedSet(pool, "key", std::move(set)),
                       {&pool});
  return *EncodeDump(*entry);
}

// The value's bytes with a right footer.
std::string WithFooter(const std::string& value, char version = 1) {
  std::string dump = value + "FKVD" + version + '\0';
  uint32_t crc = Crc32c(dump);
  for (int i = 0; i < 4; ++i, crc >>= 8) {
    dump.push_back(static_cast<char>(crc & 0xFF));
  }
  return dump;
}

// Members and sets as the format has them.
std::string PackedMember(uint32_t length, const std::string& member,
                         double score) {
  return std::string(reinterpret_cast<const char*>(&length), 4) + member +
         std::string(reinterpret_cast<const char*>(&score), 8);
}
std::string PackedSet(uint32_t count, const std::string& members) {
  return WithFooter(std::string("\x01") +
                    std::string(reinterpret_cast<const char*>(&count), 4) +
                    members);
}

TEST(DumpTest, TheExampleOfTheFormatHolds) {
  EXPECT_EQ(DumpOfString("hi"), std::string("\x00hi"
                                            "FKVD"
                                            "\x01\x00\x06\xCA\xFA\x9E",
                                            13));
}

TEST(DumpTest, StringsComeBack) {
  test::Random random(1);
  for (const size_t size : {0, 1, 255, 4096, 5000}) {
    const std::string value = random.Bytes(size);
    const std::string dump = DumpOfString(value);
    const auto decoded = DecodeDump(dump);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(std::get<absl::string_view>(*decoded), value);
  }
}

TEST(DumpTest, SortedSetsComeBack) {
  for (const int members : {1, 100, 1000}) {
    SortedSet set;
    for (int i = 0; i < members; ++i) set.Upsert(std::to_string(i), i / 3.0);
    set.Upsert("", -std::numeric_limits<double>::infinity());
    const std::string dump = DumpOfSet(set.Clone());
    auto decoded = DecodeDump(dump);
    ASSERT_TRUE(decoded.has_value());
    SortedSet& copy = std::get<SortedSet>(*decoded);
    copy.CheckInvariants();
    ASSERT_EQ(copy.size(), set.size());
    set.Visit(0, set.size(), false,
              [&copy](absl::string_view member, double score) {
                EXPECT_EQ(copy.Score(member), score) << member;
              });
  }
}

TEST(DumpTest, EveryDamageIsSeen) {
  SortedSet set;
  set.Upsert("a", 1);
  set.Upsert("b", 2);
  for (const std::string& dump :
       {DumpOfString("value"), DumpOfSet(set.Clone())}) {
    for (size_t size = 0; size < dump.size(); ++size) {
      EXPECT_FALSE(DecodeDump(dump.substr(0, size)).has_value()) << size;
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = dump;
        damaged[size] ^= 1 << bit;
        EXPECT_FALSE(DecodeDump(damaged).has_value()) << size;
      }
    }
    EXPECT_FALSE(DecodeDump(dump + '\0').has_value());
  }
}

TEST(DumpTest, DumpsMadeToHarmAreRefused) {
  const std::string a = PackedMember(1, "a", 1);
  const auto accepted = [](const std::string& dump) {
    return DecodeDump(dump).has_value();
  };
  EXPECT_TRUE(accepted(PackedSet(1, a)));
  EXPECT_TRUE(accepted(WithFooter(std::string("\0v", 2))));
  EXPECT_FALSE(accepted(PackedSet(0, "")));
  EXPECT_FALSE(accepted(PackedSet(2, a)));
  EXPECT_FALSE(accepted(PackedSet(UINT32_MAX, a)));
  EXPECT_FALSE(accepted(PackedSet(2, a + a)));
  EXPECT_FALSE(accepted(PackedSet(1, PackedMember(2, "a", 1))));
  EXPECT_FALSE(accepted(PackedSet(1, PackedMember(UINT32_MAX, "a", 1))));
  EXPECT_FALSE(accepted(PackedSet(
      1, PackedMember(1, "a", std::numeric_limits<double>::quiet_NaN()))));
  EXPECT_FALSE(accepted(PackedSet(1, a + "x")));
  EXPECT_FALSE(accepted(WithFooter("")));
  EXPECT_FALSE(accepted(WithFooter("\x01")));
  EXPECT_FALSE(accepted(WithFooter("\x02")));
  EXPECT_FALSE(accepted(WithFooter(std::string("\0v", 2), 2)));
  // What Redis 7 answers to DUMP of the string "v".
  EXPECT_FALSE(accepted(
      std::string("\x00\x01v\x0A\x00\xE8\xDB\x41\xBC\xC6\x4A\x8C\x5F", 13)));
}

class DumpOpsTest : public test::KeyspaceFixture {};

TEST_F(DumpOpsTest, RestoreHeedsWhatIsThereAndTheDeadline) {
  using keys::RestoreOutcome;
  const Key key("k");
  const std::string dump = DumpOfString("v");
  const auto restore = [&](const std::string& bytes,
                           const keys::RestoreOptions& options) {
    return Run(key, [&](Transaction& txn) {
      return keys::Restore(txn, key, bytes, options);
    });
  };
  EXPECT_EQ(restore(dump, {.deadline = 5000}), RestoreOutcome::kDone);
  EXPECT_EQ(Get("k"), "v");
  EXPECT_EQ(DeadlineOf("k"), 5000);
  EXPECT_EQ(restore(dump, {}), RestoreOutcome::kKeyExists);
  EXPECT_EQ(restore("junk", {.replace = true}), RestoreOutcome::kBadDump);
  EXPECT_EQ(Get("k"), "v");
  SortedSet set;
  set.Upsert("m", 1);
  sink_.Take();
  EXPECT_EQ(restore(DumpOfSet(std::move(set)), {.replace = true}),
            RestoreOutcome::kDone);
  EXPECT_EQ(Describe("k")->type, ValueType::kSortedSet);
  EXPECT_EQ(DeadlineOf("k"), kNoDeadline);
  EXPECT_EQ(TakeKinds(), (std::vector<Effect::Kind>{Effect::Kind::kErase,
                                                    Effect::Kind::kZPut}));
  EXPECT_EQ(restore(dump, {.deadline = now_, .replace = true}),
            RestoreOutcome::kDone);
  EXPECT_EQ(Describe("k"), absl::nullopt);
}

TEST_F(DumpOpsTest, DumpOfAnAbsentKeyIsNothing) {
  const Key key("k");
  Run(key, [&](Transaction& txn) {
    EXPECT_EQ(*keys::Dump(txn, key), absl::nullopt);
  });
}

}  // namespace
}  // namespace kv::store
