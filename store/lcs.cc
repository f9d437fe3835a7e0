#include "store/lcs.h"

#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>

#include "absl/numeric/bits.h"
#include "store/base/limits.h"

namespace kv::store {
namespace {

// The table, computed row by row; a row belongs to a byte of `a`, its columns
// to the bytes of `b`. Bit j of a row is zero where the cell is one greater
// than the one to its left.
class RowMaker {
 public:
  RowMaker(absl::string_view a, absl::string_view b)
      : words_((b.size() + 63) / 64), row_(words_, ~uint64_t{0}) {
    // Only bytes that occur in `a` are asked for, which bounds the memory by
    // that of the table.
    index_.fill(kAbsent);
    for (const char c : a) {
      int& index = index_[static_cast<uint8_t>(c)];
      if (index == kAbsent) index = distinct_++;
    }
    matches_.resize(distinct_ * words_);
    for (size_t j = 0; j < b.size(); ++j) {
      const int index = index_[static_cast<uint8_t>(b[j])];
      if (index == kAbsent) continue;
      matches_[index * words_ + j / 64] |= uint64_t{1} << (j % 64);
    }
  }

  // Moves to the row of the next byte of `a`.
  void Next(char c) {
    const uint64_t* matches =
        &matches_[index_[static_cast<uint8_t>(c)] * words_];
    uint64_t carry = 0;
    for (size_t i = 0; i < words_; ++i) {
      const uint64_t row = row_[i];
      const uint64_t hits = row & matches[i];
      const uint64_t sum = row + hits;
      const uint64_t sum_with_carry = sum + carry;
      carry = static_cast<uint64_t>(sum < row) | (sum_with_carry < sum);
      row_[i] = sum_with_carry | (row & ~matches[i]);
    }
  }

  const std::vector<uint64_t>& row() const { return row_; }

  // The table's last cell, once the last row is reached.
  size_t Length() const {
    size_t zeros = 0;
    for (const uint64_t word : row_) zeros += absl::popcount(~word);
    return zeros;
  }

 private:
  static constexpr int kAbsent = -1;

  const size_t words_;
  int distinct_ = 0;
  std::array<int, 256> index_;
  std::vector<uint64_t> matches_;  // a row of bits for each distinct byte
  std::vector<uint64_t> row_;
};

}  // namespace

bool LcsIsFeasible(size_t a_size, size_t b_size) {
  constexpr uint64_t kCellBytes = 4;
  // No overflow: both are far below 2^31.
  assert(a_size <= kMaxValueBytes && b_size <= kMaxValueBytes);
  return uint64_t{a_size + 1} * (b_size + 1) * kCellBytes <= kMaxValueBytes;
}

size_t LcsLength(absl::string_view a, absl::string_view b) {
  if (a.empty() || b.empty()) return 0;
  RowMaker maker(a, b);
  for (const char c : a) maker.Next(c);
  return maker.Length();
}

std::vector<CommonRun> LcsRuns(absl::string_view a, absl::string_view b) {
  if (a.empty() || b.empty()) return {};
  RowMaker maker(a, b);
  // Whole bytes per row, not words: `b` may be very short and `a` very long.
  const size_t row_bytes = (b.size() + 7) / 8;
  std::vector<uint8_t> rows(a.size() * row_bytes);
  for (size_t i = 0; i < a.size(); ++i) {
    maker.Next(a[i]);
    // Little-endian words: byte j / 8 holds bit j.
    std::memcpy(&rows[i * row_bytes], maker.row().data(), row_bytes);
  }
  const auto exceeds_left = [&](size_t i, size_t j) {
    return (rows[i * row_bytes + j / 8] >> (j % 8) & 1) == 0;
  };

  std::vector<CommonRun> runs;
  bool in_run = false;
  for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      if (!in_run) runs.emplace_back();
      in_run = true;
      runs.back() = {--i, --j, runs.back().length + 1};
      continue;
    }
    in_run = false;
    // The cell is the greater of the one above and the one to its left; it
    // exceeds the left one just where the one above is greater.
    if (exceeds_left(i - 1, j - 1)) {
      --i;
    } else {
      --j;
    }
  }
  return runs;
}

}  // namespace kv::store
