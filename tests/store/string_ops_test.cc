#include "store/string_ops.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/effect/effect.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_fixture.h"

namespace kv::store::strings {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;

class StringOpsTest : public test::KeyspaceFixture {
 protected:
  OpResult<SetOutcome> SetWith(absl::string_view key, absl::string_view value,
                               const SetOptions& options) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) {
      return strings::Set(txn, k, value, options);
    });
  }
  OpResult<IncrementOutcome> Add(absl::string_view key, int64_t delta) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Increment(txn, k, delta); });
  }
  OpResult<AppendOutcome> AppendTo(absl::string_view key,
                                   absl::string_view suffix) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Append(txn, k, suffix); });
  }
  OpResult<size_t> LengthOf(absl::string_view key) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Length(txn, k); });
  }
  OpStatus GetStatus(absl::string_view key) {
    const Key k(key);
    return Run(k,
               [&](Transaction& txn) { return strings::Get(txn, k).status(); });
  }
};

// Longer than any value may be, without the memory: nobody gets to read it.
absl::string_view TooLong() { return {"", kMaxValueBytes + 1}; }

TEST_F(StringOpsTest, GetOfAnAbsentKeyIsAnOutcome) {
  EXPECT_EQ(GetStatus("k"), OpStatus::kOk);
  EXPECT_EQ(Get("k"), absl::nullopt);
}

TEST_F(StringOpsTest, GetTellsValueVersionAndDeadline) {
  const auto set = SetWith("k", "v", {.deadline = 1500});
  ASSERT_TRUE(set.ok());
  const Key key("k");
  const Transaction txn(keyspace_, now_, key);
  const auto got = strings::Get(txn, key);
  ASSERT_TRUE(got.ok() && got->has_value());
  EXPECT_EQ((*got)->value.bytes, "v");
  EXPECT_EQ((*got)->value.blob, nullptr);
  EXPECT_EQ((*got)->version, set->version);
  EXPECT_EQ((*got)->deadline, 1500);
}

TEST_F(StringOpsTest, AReaderKeepsALargeValueThatIsOverwrittenAndErased) {
  const std::string large(100000, 'a');
  Set("k", large);
  BlobRef reader;
  const Key key("k");
  Run(key, [&](Transaction& txn) {
    reader = BlobRef((*strings::Get(txn, key))->value.blob);
  });
  Set("k", std::string(100000, 'b'));
  ASSERT_TRUE(AppendTo("k", "c").ok());
  Run(key, [&](Transaction& txn) { txn.Erase(key); });
  EXPECT_EQ(reader.view(), large);
}

TEST_F(StringOpsTest, EveryOperationRefusesAnotherType) {
  AddMember("z", "m", 1);
  const uint64_t version = VersionOf("z");
  absl::optional<std::string> previous = "untouched";
  EXPECT_EQ(GetStatus("z"), OpStatus::kWrongType);
  EXPECT_EQ(Add("z", 1).status(), OpStatus::kWrongType);
  EXPECT_EQ(AppendTo("z", "x").status(), OpStatus::kWrongType);
  EXPECT_EQ(LengthOf("z").status(), OpStatus::kWrongType);
  EXPECT_EQ(SetWith("z", "x", {.previous = &previous}).status(),
            OpStatus::kWrongType);
  EXPECT_EQ(VersionOf("z"), version);
}

TEST_F(StringOpsTest, SetReplacesWhateverTheKeyHeld) {
  AddMember("k", "m", 1);
  sink_.Take();
  ASSERT_TRUE(SetWith("k", "v", {}).ok());
  EXPECT_EQ(Get("k"), "v");
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kPutString});
}

TEST_F(StringOpsTest, SetDropsTheDeadlineUnlessToldToKeepIt) {
  Set("k", "v", 2000);
  ASSERT_TRUE(SetWith("k", "w", {.keep_deadline = true})->applied);
  EXPECT_EQ(DeadlineOf("k"), 2000);
  ASSERT_TRUE(SetWith("k", "w", {})->applied);
  EXPECT_EQ(DeadlineOf("k"), kNoDeadline);
}

TEST_F(StringOpsTest, KeptDeadlineOfAnAbsentKeyIsTheOneGiven) {
  SetWith("k", "v", {.deadline = 3000, .keep_deadline = true}).ok();
  EXPECT_EQ(DeadlineOf("k"), 3000);
  SetWith("n", "v", {.keep_deadline = true}).ok();
  EXPECT_EQ(DeadlineOf("n"), kNoDeadline);
}

TEST_F(StringOpsTest, AnExpiredDeadlineIsNotKept) {
  Set("k", "v", 2000);
  now_ = 2000;
  ASSERT_TRUE(SetWith("k", "w", {.keep_deadline = true})->applied);
  EXPECT_EQ(DeadlineOf("k"), kNoDeadline);
}

TEST_F(StringOpsTest, SetWithADeadlineThatHasPassedRemovesTheKey) {
  Set("k", "v");
  sink_.Take();
  const auto set = SetWith("k", "w", {.deadline = now_});
  ASSERT_TRUE(set.ok());
  EXPECT_TRUE(set->applied);
  EXPECT_EQ(set->version, 0u);  // there is no entry
  EXPECT_EQ(Get("k"), absl::nullopt);
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
  EXPECT_EQ(SetWith("n", "w", {.deadline = -1})->version, 0u);
  EXPECT_EQ(TakeKinds(), Kinds{});
}

TEST_F(StringOpsTest, SetRefusesAValueOverTheLimit) {
  Set("k", "v");
  EXPECT_EQ(SetWith("k", TooLong(), {}).status(), OpStatus::kTooLarge);
  EXPECT_EQ(Get("k"), "v");
}

TEST_F(StringOpsTest, ConditionsDecideWhetherSetIsApplied) {
  using C = Condition::Kind;
  Set("k", "v");
  const uint64_t version = VersionOf("k");
  struct Case {
    absl::string_view key;
    Condition condition;
    bool applied;
  };
  const Case cases[] = {
      {"k", {C::kAbsent}, false},
      {"n", {C::kPresent}, false},
      {"k", {C::kVersionEquals, version + 1}, false},
      {"k", {C::kVersionEquals, 0}, false},
      {"n", {C::kVersionEquals, version}, false},
      {"k", {C::kValueEquals, 0, "V"}, false},
      {"n", {C::kValueEquals, 0, ""}, false},
      {"k", {C::kPresent}, true},
      {"k2", {C::kAbsent}, true},
      {"k3", {C::kVersionEquals, 0}, true},
      {"k", {C::kValueEquals, 0, "v"}, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message()
                 << c.key << static_cast<int>(c.condition.kind));
    const uint64_t before = VersionOf(c.key);
    const auto set = SetWith(c.key, "v", {.condition = c.condition});
    ASSERT_TRUE(set.ok());
    EXPECT_EQ(set->applied, c.applied);
    EXPECT_EQ(set->version, VersionOf(c.key));
    EXPECT_EQ(set->version != before, c.applied);
  }
}

TEST_F(StringOpsTest, CompareAndSetByVersionSucceedsOnce) {
  Set("k", "v");
  const SetOptions options = {
      .condition = {Condition::Kind::kVersionEquals, VersionOf("k")}};
  EXPECT_TRUE(SetWith("k", "w", options)->applied);
  EXPECT_FALSE(SetWith("k", "x", options)->applied);
  EXPECT_EQ(Get("k"), "w");
}

TEST_F(StringOpsTest, AnExpiredKeyIsAbsentToConditions) {
  Set("k", "v", 2000);
  now_ = 2000;
  EXPECT_FALSE(
      SetWith("k", "w", {.condition = {Condition::Kind::kPresent}})->applied);
  EXPECT_TRUE(
      SetWith("k", "w", {.condition = {Condition::Kind::kAbsent}})->applied);
}

TEST_F(StringOpsTest, ValueConditionIsFalseOfASortedSet) {
  AddMember("z", "m", 1);
  const auto set =
      SetWith("z", "w", {.condition = {Condition::Kind::kValueEquals, 0, ""}});
  ASSERT_TRUE(set.ok());
  EXPECT_FALSE(set->applied);
}

TEST_F(StringOpsTest, SetReturnsThePreviousValueEvenIfNotApplied) {
  absl::optional<std::string> previous = "stale";
  SetOptions options = {.previous = &previous};
  ASSERT_TRUE(SetWith("k", "v", options).ok());
  EXPECT_EQ(previous, absl::nullopt);
  ASSERT_TRUE(SetWith("k", "w", options).ok());
  EXPECT_EQ(previous, "v");
  options.condition.kind = Condition::Kind::kAbsent;
  EXPECT_FALSE(SetWith("k", "x", options)->applied);
  EXPECT_EQ(previous, "w");
}

TEST_F(StringOpsTest, IncrementCountsFromZero) {
  const auto sum = Add("k", -5);
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(sum->value, -5);
  EXPECT_EQ(sum->version, VersionOf("k"));
  EXPECT_EQ(Get("k"), "-5");
  EXPECT_EQ(Add("k", 15)->value, 10);
}

TEST_F(StringOpsTest, IncrementKeepsTheDeadline) {
  Set("k", "9", 2000);
  EXPECT_EQ(Add("k", 1)->value, 10);
  EXPECT_EQ(DeadlineOf("k"), 2000);
  now_ = 2000;
  EXPECT_EQ(Add("k", 1)->value, 1);
  EXPECT_EQ(DeadlineOf("k"), kNoDeadline);
}

TEST_F(StringOpsTest, IncrementRefusesWhatIsNoInteger) {
  for (const absl::string_view text :
       {"", " 1", "1 ", "+1", "01", "-0", "1.0", "x", "9223372036854775808",
        "-9223372036854775809"}) {
    Set("k", text);
    EXPECT_EQ(Add("k", 1).status(), OpStatus::kNotInteger) << text;
    EXPECT_EQ(Get("k"), std::string(text));
  }
}

TEST_F(StringOpsTest, IncrementRefusesToOverflow) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  Set("k", std::to_string(kMax - 1));
  EXPECT_EQ(Add("k", 1)->value, kMax);
  EXPECT_EQ(Add("k", 1).status(), OpStatus::kOverflow);
  EXPECT_EQ(Get("k"), std::to_string(kMax));
  EXPECT_EQ(Add("k", kMin)->value, -1);
  EXPECT_EQ(Add("k", kMin).status(), OpStatus::kOverflow);
  EXPECT_EQ(Get("k"), "-1");
}

TEST_F(StringOpsTest, AppendMakesTheKeyAndGrowsIt) {
  EXPECT_EQ(AppendTo("k", "")->length, 0u);
  EXPECT_EQ(Get("k"), "");
  EXPECT_EQ(AppendTo("k", "ab")->length, 2u);
  const auto appended = AppendTo("k", "cd");
  EXPECT_EQ(appended->length, 4u);
  EXPECT_EQ(appended->version, VersionOf("k"));
  EXPECT_EQ(Get("k"), "abcd");
  EXPECT_EQ(*LengthOf("k"), 4u);
}

TEST_F(StringOpsTest, AppendCrossesEverySizeClass) {
  std::string model;
  for (int i = 0; i < 1500; ++i) {
    const std::string suffix(1 + i % 13, static_cast<char>('a' + i % 26));
    model += suffix;
    ASSERT_EQ(AppendTo("k", suffix)->length, model.size());
    ASSERT_EQ(Get("k"), model);
  }
  EXPECT_GT(model.size(), 2 * kMaxInlineBytes);
}

TEST_F(StringOpsTest, AppendKeepsTheDeadline) {
  Set("k", "a", 2000);
  AppendTo("k", std::string(5000, 'b')).ok();
  EXPECT_EQ(DeadlineOf("k"), 2000);
}

TEST_F(StringOpsTest, AppendRefusesToPassTheLimit) {
  Set("k", "a");
  EXPECT_EQ(AppendTo("k", {"", kMaxValueBytes}).status(), OpStatus::kTooLarge);
  EXPECT_EQ(AppendTo("n", TooLong()).status(), OpStatus::kTooLarge);
  EXPECT_EQ(Get("k"), "a");
  EXPECT_EQ(Get("n"), absl::nullopt);
}

TEST_F(StringOpsTest, LengthOfAnAbsentKeyIsZero) {
  EXPECT_EQ(*LengthOf("k"), 0u);
}

TEST_F(StringOpsTest, AValueTakenOutCanStillBeRead) {
  const std::string large(100000, 'a');
  Set("k", "v", 2000);
  Set("large", large);
  TakeKinds();
  for (const absl::string_view name : {"k", "large"}) {
    const Key key(name);
    Run(key, [&](Transaction& txn) {
      const auto got = GetAndErase(txn, key);
      ASSERT_TRUE(got.ok() && got->has_value());
      EXPECT_EQ((*got)->value.bytes, name == "k" ? "v" : large);
      EXPECT_FALSE(GetAndErase(txn, key)->has_value());
    });
  }
  EXPECT_EQ(TakeKinds(), (Kinds{Kind::kErase, Kind::kErase}));
}

TEST_F(StringOpsTest, GetAndExpireSetsRemovesAndPasses) {
  Set("k", "v");
  TakeKinds();
  const Key key("k");
  const auto get = [&](TimeMs deadline) {
    return Run(key, [&](Transaction& txn) {
      const auto got = GetAndExpire(txn, key, deadline);
      return got->has_value() ? std::string((*got)->value.bytes) : "absent";
    });
  };
  EXPECT_EQ(get(kNoDeadline), "v");
  EXPECT_EQ(TakeKinds(), Kinds());  // there was none to remove
  EXPECT_EQ(get(5000), "v");
  EXPECT_EQ(DeadlineOf("k"), 5000);
  EXPECT_EQ(get(kNoDeadline), "v");
  EXPECT_EQ(DeadlineOf("k"), kNoDeadline);
  EXPECT_EQ(TakeKinds(), (Kinds{Kind::kSetDeadline, Kind::kSetDeadline}));
  EXPECT_EQ(get(now_), "v");
  EXPECT_EQ(get(5000), "absent");
  EXPECT_EQ(TakeKinds(), Kinds{Kind::kErase});
}

TEST_F(StringOpsTest, ARangeOfALargeValueIsAViewOfItsBlob) {
  Set("k", std::string(50000, 'a') + std::string(50000, 'b'));
  const Key key("k");
  const Transaction txn(keyspace_, now_, key);
  const absl::string_view whole = (**strings::Get(txn, key)).value.bytes;
  const auto part = Range(txn, key, 49999, -1);
  ASSERT_TRUE(part.ok());
  EXPECT_NE(part->blob, nullptr);
  EXPECT_EQ(part->bytes.data(), whole.data() + 49999);
  EXPECT_EQ(part->bytes.size(), 50001);
}

TEST_F(StringOpsTest, RangesAreCutOffAtTheEnds) {
  Set("k", "This is a string");
  const Key key("k");
  const auto range = [&](int64_t first, int64_t last) {
    return Run(key, [&](Transaction& txn) {
      return std::string(Range(txn, key, first, last)->bytes);
    });
  };
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(range(0, 3), "This");
  EXPECT_EQ(range(-3, -1), "ing");
  EXPECT_EQ(range(10, 100), "string");
  EXPECT_EQ(range(kMin, kMax), "This is a string");
  EXPECT_EQ(range(0, kMin), "T");
  EXPECT_EQ(range(kMin, kMin), "T");
  EXPECT_EQ(range(-1, -5), "");
  EXPECT_EQ(range(kMax, kMax), "");
}

TEST_F(StringOpsTest, SetRangeFillsTheGapWithZeros) {
  const Key key("k");
  const auto set = [&](uint64_t offset, absl::string_view bytes) {
    return Run(key, [&](Transaction& txn) {
      return SetRange(txn, key, offset, bytes);
    });
  };
  EXPECT_EQ(*set(5, ""), 0);
  EXPECT_EQ(Get("k"), absl::nullopt);
  EXPECT_EQ(*set(2, "xy"), 4);
  EXPECT_EQ(Get("k"), absl::string_view("\0\0xy", 4));
  EXPECT_EQ(*set(0, "ab"), 4);
  EXPECT_EQ(Get("k"), "abxy");
  EXPECT_EQ(*set(9, ""), 4);
  EXPECT_EQ(set(kMaxValueBytes, "x").status(), OpStatus::kTooLarge);
  EXPECT_EQ(set(std::numeric_limits<uint64_t>::max(), "x").status(),
            OpStatus::kTooLarge);
  EXPECT_EQ(Get("k"), "abxy");
}

TEST_F(StringOpsTest, SetRangeChangesALargeValueWhereItIs) {
  Keyspace keyspace({.shards = 1});  // without a sink, which wants a copy
  const Key key("k");
  Transaction txn(keyspace, now_, key);
  txn.PutString(key, std::string(1000000, 'a'), kNoDeadline);
  const Blob* blob = (**strings::Get(txn, key)).value.blob;
  EXPECT_EQ(*SetRange(txn, key, 999990, "0123456789"), 1000000);
  EXPECT_EQ((**strings::Get(txn, key)).value.blob, blob);
  EXPECT_EQ(blob->view().substr(999989), "a0123456789");
}

TEST_F(StringOpsTest, SetAllIfAbsentSetsAllOrNone) {
  const std::vector<Key> keys = {Key("a"), Key("b")};
  const auto set = [&] {
    Transaction txn(keyspace_, now_, keys);
    return *SetAllIfAbsent(txn, keys, {"1", "2"});
  };
  AddMember("b", "m", 1);
  EXPECT_FALSE(set());
  EXPECT_EQ(Get("a"), absl::nullopt);
  Run(keys[1], [&](Transaction& txn) { return txn.Erase(keys[1]); });
  EXPECT_TRUE(set());
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), "2");
}

TEST_F(StringOpsTest, IncrementFloatAddsExactlyAndKeepsTheDeadline) {
  Set("k", "10.50", 5000);
  const Key key("k");
  const auto add = [&](long double delta) {
    return Run(key, [&](Transaction& txn) {
      const auto sum = IncrementFloat(txn, key, delta);
      return sum.ok() ? std::string(sum->text) : "refused";
    });
  };
  EXPECT_EQ(add(0.1L), "10.6");
  EXPECT_EQ(Get("k"), "10.6");
  EXPECT_EQ(DeadlineOf("k"), 5000);
  EXPECT_EQ(add(std::numeric_limits<long double>::infinity()), "refused");
  // Long enough to leave the entry.
  EXPECT_EQ(add(std::numeric_limits<long double>::max()).size(), 4933);
  EXPECT_EQ(add(-std::numeric_limits<long double>::max()), "0");
  Set("k", "text");
  EXPECT_EQ(add(1), "refused");
}

TEST_F(StringOpsTest, CommonSubsequencesOfAbsentKeysAreEmpty) {
  Set("a", "ohmytext");
  Set("b", "mynewtext");
  const std::vector<Key> keys = {Key("a"), Key("b"), Key("absent")};
  const Transaction txn(keyspace_, now_, keys);
  const auto found = FindCommonSubsequence(txn, keys[0], keys[1]);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->length, 6);
  EXPECT_EQ(*CommonSubsequenceLength(txn, keys[0], keys[1]), 6);
  EXPECT_EQ(FindCommonSubsequence(txn, keys[0], keys[2])->length, 0);
  EXPECT_EQ(*CommonSubsequenceLength(txn, keys[2], keys[2]), 0);
}

TEST_F(StringOpsTest, CommonSubsequencesOfHugeValuesAreRefused) {
  Set("a", std::string(20000, 'a'));
  const Key key("a");
  const Transaction txn(keyspace_, now_, key);
  EXPECT_EQ(CommonSubsequenceLength(txn, key, key).status(),
            OpStatus::kTooLarge);
}

TEST_F(StringOpsTest, ReadsRecordNothing) {
  Set("k", "v", 2000);
  sink_.Take();
  const uint64_t sequence = keyspace_.sequence();
  Get("k");
  LengthOf("k").ok();
  now_ = 3000;
  Get("k");
  EXPECT_EQ(keyspace_.sequence(), sequence);
  EXPECT_EQ(TakeKinds(), Kinds{});
}

}  // namespace
}  // namespace kv::store::strings
