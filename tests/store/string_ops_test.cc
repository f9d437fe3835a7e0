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
#include "store/effect/effect.h"
#include "store/entry.h"
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
