#include "clients/cli/progress.h"

#include "gtest/gtest.h"

namespace kv::cli {
namespace {

TEST(ProgressTest, NumbersHaveCommas) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(-1234567), "-1,234,567");
  EXPECT_EQ(WithCommas(-123), "-123");
}

TEST(ProgressTest, ABarShowsHowMuchIsDoneAndLeft) {
  EXPECT_EQ(ProgressLine({1000, 1'500'000, 3'000'000}, absl::Seconds(2)),
            "[###############---------------]  50%  1,000 entries  500/s  "
            "0.8 MB/s  2s left");
}

TEST(ProgressTest, WithoutATotalThereIsNoBar) {
  EXPECT_EQ(ProgressLine({1000, 4'000'000, 0}, absl::Seconds(2)),
            "1,000 entries  500/s  2.0 MB/s");
}

TEST(ProgressTest, NothingIsDividedByZero) {
  EXPECT_EQ(ProgressLine({}, absl::ZeroDuration()), "0 entries  0/s  0.0 MB/s");
  EXPECT_EQ(ProgressSummary({}, absl::ZeroDuration()),
            "0 entries, 0.0 MB in 0 (0/s, 0.0 MB/s)");
}

TEST(ProgressTest, TheSummaryHasRates) {
  EXPECT_EQ(ProgressSummary({2'000'000, 100'000'000, 0}, absl::Seconds(100)),
            "2,000,000 entries, 100.0 MB in 1m40s (20,000/s, 1.0 MB/s)");
}

}  // namespace
}  // namespace kv::cli
