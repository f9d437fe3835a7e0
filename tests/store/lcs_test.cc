#include "store/lcs.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

std::string TextOf(absl::string_view a, const std::vector<CommonRun>& runs) {
  std::string text;
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    absl::StrAppend(&text, a.substr(run->a_begin, run->length));
  }
  return text;
}

// The textbook's table and the way back as Redis goes it.
std::vector<CommonRun> NaiveRuns(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<int>> table(a.size() + 1,
                                      std::vector<int>(b.size() + 1));
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      table[i][j] = a[i - 1] == b[j - 1]
                        ? table[i - 1][j - 1] + 1
                        : std::max(table[i - 1][j], table[i][j - 1]);
    }
  }
  std::vector<CommonRun> runs;
  bool in_run = false;
  for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      if (!in_run) runs.push_back({});
      in_run = true;
      runs.back() = {--i, --j, runs.back().length + 1};
    } else {
      in_run = false;
      table[i - 1][j] > table[i][j - 1] ? --i : --j;
    }
  }
  return runs;
}

TEST(Lcs, TheExampleOfTheManual) {
  EXPECT_EQ(LcsLength("ohmytext", "mynewtext"), 6);
  EXPECT_EQ(TextOf("ohmytext", LcsRuns("ohmytext", "mynewtext")), "mytext");
}

TEST(Lcs, NothingInCommonWithNothing) {
  EXPECT_EQ(LcsLength("", "abc"), 0);
  EXPECT_EQ(LcsLength("abc", ""), 0);
  EXPECT_TRUE(LcsRuns("", "").empty());
  EXPECT_TRUE(LcsRuns("abc", "xyz").empty());
}

TEST(Lcs, FindsTheSameRunsAsTheWholeTable) {
  const uint64_t seed = test::SeedOr(20260705);
  SCOPED_TRACE(seed);
  test::Random random(seed);
  for (int round = 0; round < 1500; ++round) {
    // Widths around a word's and more, alphabets from one letter up.
    const int letters = 1 + random.Below(5);
    std::string strings[2];
    for (std::string& text : strings) {
      text.resize(random.Below(round % 3 == 0 ? 300 : 70));
      for (char& c : text) c = static_cast<char>(200 + random.Below(letters));
    }
    const auto& [a, b] = strings;
    const std::vector<CommonRun> expected = NaiveRuns(a, b);
    const std::vector<CommonRun> runs = LcsRuns(a, b);
    ASSERT_EQ(runs.size(), expected.size()) << a << " " << b;
    size_t length = 0;
    for (size_t i = 0; i < runs.size(); ++i) {
      ASSERT_EQ(runs[i].a_begin, expected[i].a_begin);
      ASSERT_EQ(runs[i].b_begin, expected[i].b_begin);
      ASSERT_EQ(runs[i].length, expected[i].length);
      length += runs[i].length;
    }
    ASSERT_EQ(LcsLength(a, b), length);
  }
}

TEST(Lcs, BoundsTheTable) {
  EXPECT_TRUE(LcsIsFeasible(11584, 11584));
  EXPECT_FALSE(LcsIsFeasible(11585, 11585));
  EXPECT_FALSE(LcsIsFeasible(0, 512 << 20));
  EXPECT_TRUE(LcsIsFeasible(0, 0));
}

}  // namespace
}  // namespace kv::store
