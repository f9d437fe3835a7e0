#include "store/sort_ops.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::store::sorting {
namespace {

using Strings = std::vector<std::string>;

class SortOpsTest : public test::KeyspaceFixture {
 protected:
  // The values, "(nil)" for none.
  Strings SortOf(absl::string_view key, const SortOptions& options) {
    Transaction txn(keyspace_, now_, Transaction::AllShards());
    const auto result = Sort(txn, Key(key), options);
    EXPECT_TRUE(result.ok());
    Strings values;
    for (const auto& value : *result) {
      values.emplace_back(value.has_value() ? value->bytes : "(nil)");
    }
    return values;
  }
  OpStatus StatusOf(absl::string_view key, const SortOptions& options) {
    Transaction txn(keyspace_, now_, Transaction::AllShards());
    return Sort(txn, Key(key), options).status();
  }
  void Add(const Strings& members) {
    double score = 0;
    for (const std::string& member : members) AddMember("z", member, ++score);
  }
};

TEST_F(SortOpsTest, SortsNumbersOrBytesEitherWay) {
  Add({"10", "9", "-1.5", "", "inf"});
  EXPECT_EQ(SortOf("z", {}), (Strings{"-1.5", "", "9", "10", "inf"}));
  EXPECT_EQ(SortOf("z", {.descending = true}),
            (Strings{"inf", "10", "9", "", "-1.5"}));
  EXPECT_EQ(SortOf("z", {.alphabetic = true}),
            (Strings{"", "-1.5", "10", "9", "inf"}));
  EXPECT_EQ(SortOf("z", {.alphabetic = true, .descending = true}),
            (Strings{"inf", "9", "10", "-1.5", ""}));
  EXPECT_TRUE(SortOf("absent", {}).empty());
}

TEST_F(SortOpsTest, RefusesWhatItCannotSort) {
  Set("s", "1");
  EXPECT_EQ(StatusOf("s", {}), OpStatus::kWrongType);
  Add({"1", "x"});
  EXPECT_EQ(StatusOf("z", {}), OpStatus::kNotFloat);
  EXPECT_EQ(StatusOf("z", {.alphabetic = true}), OpStatus::kOk);
  Set("w_1", "nan");
  EXPECT_EQ(StatusOf("z", {.by = "w_*"}), OpStatus::kNotFloat);
}

TEST_F(SortOpsTest, PatternsNameWhatToSortByAndWhatToGet) {
  Add({"a", "b", "c"});
  Set("w_a", "3");
  Set("w_b", "2");
  Set("v_a", "va");
  Set("v_c", "vc", 1500);
  EXPECT_EQ(SortOf("z", {.by = "w_*"}), (Strings{"c", "b", "a"}));
  EXPECT_EQ(SortOf("z", {.by = "w_*", .alphabetic = true, .descending = true}),
            (Strings{"a", "b", "c"}));
  const absl::string_view get[] = {"#", "v_*", "w_*->f", "z"};
  EXPECT_EQ(SortOf("z", {.by = "w_*", .get = get}),
            (Strings{"c", "vc", "(nil)", "(nil)", "b", "(nil)", "(nil)",
                     "(nil)", "a", "va", "(nil)", "(nil)"}));
  now_ = 1500;
  const absl::string_view only[] = {"v_*"};
  EXPECT_EQ(SortOf("z", {.by = "w_*", .get = only}),
            (Strings{"(nil)", "(nil)", "va"}));
}

TEST_F(SortOpsTest, APatternWithoutAStarLeavesTheSetsOrder) {
  Add({"10", "x", "9"});
  EXPECT_EQ(SortOf("z", {.by = "nosort"}), (Strings{"10", "x", "9"}));
  EXPECT_EQ(SortOf("z", {.by = "nosort", .descending = true, .offset = 1}),
            (Strings{"x", "10"}));
  EXPECT_EQ(SortOf("z", {.by = "nosort", .offset = 1, .limit = 1}),
            Strings{"x"});
  EXPECT_TRUE(SortOf("z", {.by = "nosort", .offset = 3}).empty());
}

TEST_F(SortOpsTest, LimitsCutTheSortedWhole) {
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  for (int i = 0; i < 200; ++i) {
    AddMember("z", std::to_string(random.Between(-500, 500)),
              random.Between(0, 9));
  }
  for (int round = 0; round < 200; ++round) {
    SortOptions options = {.alphabetic = random.OneIn(2),
                           .descending = random.OneIn(2)};
    Strings expected = SortOf("z", options);
    const auto before = [&](const std::string& a, const std::string& b) {
      return options.alphabetic ? a < b : std::stoi(a) < std::stoi(b);
    };
    ASSERT_TRUE(options.descending
                    ? std::is_sorted(expected.rbegin(), expected.rend(), before)
                    : std::is_sorted(expected.begin(), expected.end(), before));
    options.offset = random.Between(-3, 220);
    options.limit = random.Between(-2, 220);
    const size_t first =
        std::min<size_t>(std::max<int64_t>(options.offset, 0), expected.size());
    expected.erase(expected.begin(), expected.begin() + first);
    if (options.limit >= 0 && expected.size() > options.limit) {
      expected.resize(options.limit);
    }
    ASSERT_EQ(SortOf("z", options), expected)
        << options.offset << ' ' << options.limit;
  }
}

}  // namespace
}  // namespace kv::store::sorting
