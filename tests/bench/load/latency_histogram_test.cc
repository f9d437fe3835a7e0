#include "bench/load/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace kv::bench {
namespace {

TEST(LatencyHistogramTest, AnEmptyOneHasNothingToSay) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.Mean(), 0);
  EXPECT_EQ(histogram.Quantile(0.99), 0u);
}

TEST(LatencyHistogramTest, SmallValuesAreExact) {
  for (uint64_t value = 0; value < 256; ++value) {
    LatencyHistogram histogram;
    histogram.Record(value);
    histogram.Record(1000);  // so that the maximum does not hide the bucket
    EXPECT_EQ(histogram.Quantile(0.5), value);
  }
}

TEST(LatencyHistogramTest, EveryValueIsWithinItsBucket) {
  std::vector<uint64_t> values = {~uint64_t{0}};
  for (int bit = 1; bit < 64; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    values.insert(values.end(), {power - 1, power, power + 1, power / 2 * 3});
  }
  for (const uint64_t value : values) {
    LatencyHistogram histogram;
    histogram.Record(value);
    histogram.Record(~uint64_t{0});
    const uint64_t found = histogram.Quantile(0.5);
    EXPECT_GE(found, value);
    EXPECT_LE(found - value, value / 128) << value;
  }
}

TEST(LatencyHistogramTest, NoQuantileExceedsTheMaximum) {
  LatencyHistogram histogram;
  histogram.Record(1000001);
  EXPECT_EQ(histogram.Quantile(0), 1000001u);
  EXPECT_EQ(histogram.Quantile(1), 1000001u);
}

TEST(LatencyHistogramTest, QuantilesAgreeWithASortedListWhateverIsMerged) {
  constexpr uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  std::vector<uint64_t> values;
  LatencyHistogram all;
  LatencyHistogram part;
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    const uint64_t value = random() >> (random() % 40 + 24);
    const uint64_t times = 1 + random() % 3;
    values.insert(values.end(), times, value);
    (i % 2 == 0 ? all : part).Record(value, times);
    sum += static_cast<double>(value) * times;
  }
  all.Merge(part);
  std::sort(values.begin(), values.end());
  ASSERT_EQ(all.count(), values.size());
  EXPECT_EQ(all.max(), values.back());
  EXPECT_NEAR(all.Mean(), sum / values.size(), 1e-6 * all.Mean());
  for (const double quantile : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const size_t rank =
        static_cast<size_t>(std::ceil(quantile * values.size()));
    const uint64_t exact = values[rank - 1];
    EXPECT_GE(all.Quantile(quantile), exact);
    EXPECT_LE(all.Quantile(quantile) - exact, exact / 128) << quantile;
  }
}

}  // namespace
}  // namespace kv::bench
