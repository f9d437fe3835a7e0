#include "store/bitmap_ops.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/effect/effect.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::store::bitmaps {
namespace {

using Kind = Effect::Kind;
using Kinds = std::vector<Kind>;

class BitmapOpsTest : public test::KeyspaceFixture {
 protected:
  OpResult<bool> SetBitAt(absl::string_view key, uint64_t offset, bool bit) {
    const Key k(key);
    return Run(k,
               [&](Transaction& txn) { return SetBit(txn, k, offset, bit); });
  }
  OpResult<bool> BitOf(absl::string_view key, uint64_t offset) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return GetBit(txn, k, offset); });
  }
  OpResult<uint64_t> CountIn(absl::string_view key, const Range& range = {}) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) { return Count(txn, k, range); });
  }
  OpResult<absl::optional<uint64_t>> FindIn(absl::string_view key, bool bit,
                                            const Range& range = {},
                                            bool open_ended = true) {
    const Key k(key);
    return Run(k, [&](Transaction& txn) {
      return Find(txn, k, bit, range, open_ended);
    });
  }
  OpResult<size_t> CombineTo(bits::Operation operation,
                             absl::string_view destination,
                             std::initializer_list<absl::string_view> names) {
    const std::vector<Key> sources(names.begin(), names.end());
    std::vector<Key> all = sources;
    all.emplace_back(destination);
    Transaction txn(keyspace_, now_, all);
    return Combine(txn, operation, all.back(), sources);
  }
  // The results of the steps, "nil" where there is none.
  std::string RunSteps(absl::string_view key, std::vector<FieldStep> steps) {
    const Key k(key);
    const OpStatus status = Run(k, [&](Transaction& txn) {
      return RunFieldSteps(txn, k, absl::MakeSpan(steps));
    });
    if (status != OpStatus::kOk) {
      return absl::StrCat("status ", static_cast<int>(status));
    }
    std::string text;
    for (const FieldStep& step : steps) {
      absl::StrAppend(&text, text.empty() ? "" : " ",
                      step.result.has_value() ? absl::StrCat(*step.result)
                                              : std::string("nil"));
    }
    return text;
  }
};

FieldStep Step(FieldStep::Kind kind, bool is_signed, int width, uint64_t offset,
               int64_t operand = 0, Overflow overflow = Overflow::kWrap) {
  return {.kind = kind,
          .is_signed = is_signed,
          .width = width,
          .overflow = overflow,
          .offset = offset,
          .operand = operand,
          .result = absl::nullopt};
}

constexpr auto kGet = FieldStep::Kind::kGet;
constexpr auto kSet = FieldStep::Kind::kSet;
constexpr auto kIncrement = FieldStep::Kind::kIncrement;

TEST_F(BitmapOpsTest, ABitIsZeroUntilItIsSet) {
  EXPECT_FALSE(*BitOf("k", 7));
  EXPECT_FALSE(*SetBitAt("k", 7, true));
  EXPECT_TRUE(*BitOf("k", 7));
  EXPECT_TRUE(*SetBitAt("k", 7, false));
  EXPECT_EQ(Get("k"), std::string(1, '\0'));
  EXPECT_FALSE(*BitOf("k", kMaxBits));
}

TEST_F(BitmapOpsTest, SettingABitGrowsTheValueEvenWithZero) {
  EXPECT_FALSE(*SetBitAt("k", 23, false));
  EXPECT_EQ(Get("k"), std::string(3, '\0'));
}

TEST_F(BitmapOpsTest, ABitThatStaysTheSameChangesNothing) {
  Set("k", "\xff");
  const uint64_t version = VersionOf("k");
  TakeKinds();
  EXPECT_TRUE(*SetBitAt("k", 3, true));
  EXPECT_EQ(VersionOf("k"), version);
  EXPECT_EQ(TakeKinds(), Kinds());
}

TEST_F(BitmapOpsTest, SettingABitKeepsTheDeadlineAndRecordsTheWholeString) {
  Set("k", "a", 5000);
  sink_.Take();
  EXPECT_TRUE(SetBitAt("k", 6, true).ok());
  EXPECT_EQ(DeadlineOf("k"), 5000);
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 1);
  EXPECT_EQ(effects[0].kind, Kind::kPutString);
  EXPECT_EQ(effects[0].value, Get("k"));
  EXPECT_EQ(effects[0].deadline, 5000);
}

TEST_F(BitmapOpsTest, RefusesOtherTypesAndBitsBeyondTheLimit) {
  AddMember("z", "m", 1);
  EXPECT_EQ(BitOf("z", 0).status(), OpStatus::kWrongType);
  EXPECT_EQ(SetBitAt("z", 0, true).status(), OpStatus::kWrongType);
  EXPECT_EQ(CountIn("z").status(), OpStatus::kWrongType);
  EXPECT_EQ(FindIn("z", true).status(), OpStatus::kWrongType);
  EXPECT_EQ(CombineTo(bits::Operation::kOr, "d", {"k", "z"}).status(),
            OpStatus::kWrongType);
  EXPECT_EQ(SetBitAt("k", kMaxBits, true).status(), OpStatus::kOutOfRange);
  EXPECT_EQ(Get("k"), absl::nullopt);
}

TEST(BitmapOpsInPlace, ALargeValueIsChangedWhereItIs) {
  Keyspace keyspace({.shards = 1});
  const Key key("k");
  const auto bytes = [&] {
    const Transaction txn(keyspace, 0, key);
    return (**strings::Get(txn, key)).value.bytes;
  };
  const auto set = [&](uint64_t offset) {
    Transaction txn(keyspace, 0, key);
    EXPECT_TRUE(SetBit(txn, key, offset, true).ok());
  };
  set(8 * 1000000 - 1);
  const char* before = bytes().data();
  for (uint64_t i = 0; i < 1000; ++i) set(i * 7993);
  EXPECT_EQ(bytes().data(), before);
  // Growing moves it only now and then.
  int moves = 0;
  for (uint64_t size = 1000000; size < 2000000; size += 100) {
    before = bytes().data();
    set(size * 8);
    moves += bytes().data() != before;
  }
  EXPECT_LE(moves, 4);
}

TEST_F(BitmapOpsTest, CountsBytesAndBits) {
  Set("k", "foobar");
  EXPECT_EQ(*CountIn("k"), 26);
  EXPECT_EQ(*CountIn("k", {.first = 0, .last = 0}), 4);
  EXPECT_EQ(*CountIn("k", {.first = 1, .last = 1}), 6);
  EXPECT_EQ(*CountIn("k", {.first = -2, .last = 100}), 7);
  EXPECT_EQ(*CountIn("k", {.first = 5, .last = 30, .unit = Range::Unit::kBit}),
            17);
  EXPECT_EQ(*CountIn("k", {.first = 4, .last = 2}), 0);
  EXPECT_EQ(*CountIn("absent"), 0);
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(*CountIn("k", {.first = kMin, .last = kMin}), 4);
  EXPECT_EQ(*CountIn("k", {.first = -9, .last = -10}), 0);
}

TEST_F(BitmapOpsTest, ASearchForZerosMayEndBehindTheValue) {
  Set("k", "\xff\xff");
  EXPECT_EQ(*FindIn("k", false), 16);
  EXPECT_EQ(*FindIn("k", false, {.first = 0, .last = 1}, false), absl::nullopt);
  EXPECT_EQ(*FindIn("k", true, {.first = 1}), 8);
  EXPECT_EQ(*FindIn("k", false, {.first = 2}), absl::nullopt);
  EXPECT_EQ(*FindIn("absent", false), 0);
  EXPECT_EQ(*FindIn("absent", true), absl::nullopt);
  Set("empty", "");
  EXPECT_EQ(*FindIn("empty", false), absl::nullopt);
}

TEST_F(BitmapOpsTest, CombinesIntoADestinationThatMayBeASource) {
  Set("a", "\x0f\x0f", 5000);
  Set("b", "\xff");
  EXPECT_EQ(*CombineTo(bits::Operation::kXor, "a", {"a", "b", "absent"}), 2);
  EXPECT_EQ(Get("a"), "\xf0\x0f");
  EXPECT_EQ(DeadlineOf("a"), kNoDeadline);
  EXPECT_EQ(*CombineTo(bits::Operation::kAnd, "a", {"a", "b"}), 2);
  EXPECT_EQ(Get("a"), std::string("\xf0\0", 2));
  EXPECT_EQ(*CombineTo(bits::Operation::kNot, "b", {"b"}), 1);
  EXPECT_EQ(Get("b"), std::string(1, '\0'));
}

TEST_F(BitmapOpsTest, CombiningReplacesAnyTypeAndRecordsOneEffect) {
  AddMember("z", "m", 1);
  Set("a", "x");
  sink_.Take();
  EXPECT_EQ(*CombineTo(bits::Operation::kOr, "z", {"a"}), 1);
  const auto effects = sink_.Take();
  ASSERT_EQ(effects.size(), 1);
  EXPECT_EQ(effects[0].kind, Kind::kPutString);
  EXPECT_EQ(effects[0].value, "x");
  EXPECT_EQ(Get("z"), "x");
}

TEST_F(BitmapOpsTest, CombiningNothingRemovesTheDestination) {
  Set("d", "x");
  EXPECT_EQ(*CombineTo(bits::Operation::kNot, "d", {"absent"}), 0);
  EXPECT_EQ(Get("d"), absl::nullopt);
}

TEST_F(BitmapOpsTest, FieldsOverflowAsTheyAreTold) {
  EXPECT_EQ(RunSteps("k", {Step(kSet, false, 8, 0, 255),
                           Step(kIncrement, false, 8, 0, 2)}),
            "0 1");
  EXPECT_EQ(
      RunSteps("k", {Step(kIncrement, false, 8, 0, 1000, Overflow::kSaturate),
                     Step(kIncrement, false, 8, 0, 1, Overflow::kFail),
                     Step(kIncrement, false, 8, 0, -300, Overflow::kSaturate)}),
      "255 nil 0");
  EXPECT_EQ(RunSteps("s", {Step(kSet, true, 8, 8, -129), Step(kGet, true, 8, 8),
                           Step(kSet, true, 8, 8, -129, Overflow::kSaturate),
                           Step(kGet, true, 8, 8)}),
            "0 127 127 -128");
  // -1 into an unsigned field is too large.
  EXPECT_EQ(RunSteps("u", {Step(kSet, false, 4, 0, -1, Overflow::kSaturate),
                           Step(kGet, false, 4, 0)}),
            "0 15");
}

TEST_F(BitmapOpsTest, TheWidestFieldsTakeTheLargestNumbers) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(
      RunSteps("k", {Step(kSet, true, 64, 3, kMax), Step(kGet, true, 64, 3),
                     Step(kIncrement, true, 64, 3, 1, Overflow::kFail),
                     Step(kIncrement, true, 64, 3, 1)}),
      absl::StrCat("0 ", kMax, " nil ", kMin));
  EXPECT_EQ(
      RunSteps("k", {Step(kIncrement, true, 64, 3, kMin, Overflow::kSaturate)}),
      absl::StrCat(kMin));
  EXPECT_EQ(RunSteps("u", {Step(kSet, false, 63, 0, kMax),
                           Step(kIncrement, false, 63, 0, kMax)}),
            absl::StrCat("0 ", kMax - 1));
}

TEST_F(BitmapOpsTest, StepsThatChangeNothingLeaveTheEntryAlone) {
  Set("k", "\x05");
  const uint64_t version = VersionOf("k");
  TakeKinds();
  EXPECT_EQ(
      RunSteps("k", {Step(kGet, false, 8, 0), Step(kSet, false, 8, 0, 5),
                     Step(kIncrement, false, 8, 0, 999, Overflow::kFail)}),
      "5 5 nil");
  EXPECT_EQ(VersionOf("k"), version);
  EXPECT_EQ(TakeKinds(), Kinds());
  EXPECT_EQ(RunSteps("absent", {Step(kGet, false, 8, 0)}), "0");
  EXPECT_EQ(Get("absent"), absl::nullopt);
  EXPECT_EQ(RunSteps("absent", {Step(kSet, false, 8, 8, 0)}), "0");
  EXPECT_EQ(Get("absent"), std::string(2, '\0'));
}

TEST_F(BitmapOpsTest, AFieldMustEndWithinTheLimitIfWritten) {
  EXPECT_EQ(RunSteps("k", {Step(kGet, true, 64, kMaxBits - 1)}), "0");
  EXPECT_EQ(RunSteps("k", {Step(kSet, true, 2, kMaxBits - 1)}),
            absl::StrCat("status ", static_cast<int>(OpStatus::kOutOfRange)));
  EXPECT_EQ(Get("k"), absl::nullopt);
}

// Naive fields: a vector of bits, and arithmetic in 128 bits.
TEST_F(BitmapOpsTest, RandomStepsAgreeWithANaiveModel) {
  const uint64_t seed = test::SeedOr(20260706);
  SCOPED_TRACE(seed);
  test::Random random(seed);
  std::vector<bool> model;
  for (int round = 0; round < 4000; ++round) {
    FieldStep step = Step(
        random.OneOf({kGet, kSet, kIncrement}), random.OneIn(2), 1,
        random.Below(100), static_cast<int64_t>(random.Next()),
        random.OneOf({Overflow::kWrap, Overflow::kSaturate, Overflow::kFail}));
    step.width = 1 + random.Below(step.is_signed ? 64 : 63);
    step.operand >>= random.Below(64);

    std::vector<bool> grown = model;
    if (step.kind != kGet && grown.size() < (step.end() + 7) / 8 * 8) {
      grown.resize((step.end() + 7) / 8 * 8);
    }
    __int128 old = 0;
    for (uint64_t i = step.offset; i < step.end(); ++i) {
      old = old * 2 + (i < grown.size() && grown[i]);
    }
    const __int128 size = static_cast<__int128>(1) << step.width;
    const __int128 min = step.is_signed ? -size / 2 : 0;
    const __int128 max = min + size - 1;
    if (old > max) old -= size;
    __int128 fresh = old;
    bool failed = false;
    if (step.kind != kGet) {
      fresh = step.kind == kIncrement ? old + step.operand : step.operand;
      if (step.kind == kSet && !step.is_signed && fresh < 0) {
        fresh += static_cast<__int128>(1) << 64;
      }
      if (fresh < min || fresh > max) {
        if (step.overflow == Overflow::kFail) {
          failed = true;
          fresh = old;
        } else if (step.overflow == Overflow::kSaturate) {
          fresh = fresh < min ? min : max;
        } else {
          fresh = (fresh % size + size) % size;
          if (fresh > max) fresh -= size;
        }
      }
      for (int i = 0; i < step.width; ++i) {
        grown[step.end() - 1 - i] = (fresh >> i & 1) != 0;
      }
    }
    model = grown;

    const int64_t shown =
        static_cast<int64_t>(step.kind == kIncrement ? fresh : old);
    ASSERT_EQ(RunSteps("k", {step}), failed ? "nil" : absl::StrCat(shown))
        << "round " << round;
    std::string bytes(model.size() / 8, '\0');
    for (size_t i = 0; i < model.size(); ++i) {
      if (model[i]) bytes[i / 8] |= static_cast<char>(0x80 >> i % 8);
    }
    ASSERT_EQ(Get("k").value_or(""), bytes) << "round " << round;
  }
}

}  // namespace
}  // namespace kv::store::bitmaps
