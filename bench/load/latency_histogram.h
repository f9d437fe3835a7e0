#ifndef FASTKV_BENCH_LOAD_LATENCY_HISTOGRAM_H_
#define FASTKV_BENCH_LOAD_LATENCY_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kv::bench {

// LatencyHistogram: counts durations in nanoseconds in buckets of equal
// relative width, as HdrHistogram does: exact below 256 ns, and within 1/128 of
// the true value above, up to any 64-bit value.
//
// Threads    compatible; each thread fills its own, Merge adds them up.
// Cost       Record O(1), a few instructions; 58 KiB each.
class LatencyHistogram {
 public:
  LatencyHistogram();

  // Adds `count` durations of `nanoseconds`.
  void Record(uint64_t nanoseconds, uint64_t count = 1) {
    counts_[BucketOf(nanoseconds)] += count;
    count_ += count;
    sum_ += nanoseconds * count;
    if (nanoseconds > max_) max_ = nanoseconds;
  }

  void Merge(const LatencyHistogram& other);

  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  double Mean() const;
  // The least recorded duration (the top of its bucket, at most max()) that a
  // share of `quantile` (0 to 1) of all durations does not exceed; 0 if empty.
  uint64_t Quantile(double quantile) const;

 private:
  // A power of two's worth of values is cut into this many buckets.
  static constexpr int kSubBits = 7;

  static size_t BucketOf(uint64_t value);
  static uint64_t TopOf(size_t bucket);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t max_ = 0;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_LATENCY_HISTOGRAM_H_
