#include "bench/load/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kv::bench {

LatencyHistogram::LatencyHistogram() : counts_(BucketOf(~uint64_t{0}) + 1) {}

// With e = how far the value exceeds kSubBits + 1 bits: the bucket is the
// value's leading kSubBits + 1 bits, offset by e. Values without excess (e = 0)
// are their own buckets.
size_t LatencyHistogram::BucketOf(uint64_t value) {
  const int width = static_cast<int>(std::bit_width(value));
  const int excess = std::max(0, width - (kSubBits + 1));
  return (static_cast<size_t>(excess) << kSubBits) + (value >> excess);
}

uint64_t LatencyHistogram::TopOf(size_t bucket) {
  constexpr size_t kExact = size_t{2} << kSubBits;
  if (bucket < kExact) return bucket;
  const int excess = static_cast<int>(bucket >> kSubBits) - 1;
  const uint64_t lead = bucket - (static_cast<size_t>(excess) << kSubBits);
  // Wraps to the greatest value in the last bucket.
  return ((lead + 1) << excess) - 1;
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double LatencyHistogram::Mean() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / count_;
}

uint64_t LatencyHistogram::Quantile(double quantile) const {
  const uint64_t rank = static_cast<uint64_t>(std::ceil(quantile * count_));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen > 0 && seen >= rank) return std::min(TopOf(i), max_);
  }
  return 0;
}

}  // namespace kv::bench
