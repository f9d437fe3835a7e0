#ifndef FASTKV_STORE_LCS_H_
#define FASTKV_STORE_LCS_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

// The longest common subsequence of two strings: the longest string that is
// left of each when some of its bytes are removed.
//
// Sixty-four cells of the usual table are computed at a time (Crochemore et
// al., "A fast and practical bit-vector algorithm for the longest common
// subsequence problem", 2001): a row is kept as one bit per cell, which says
// whether the cell is greater than the one to its left. That is also all that
// the way back through the table needs to know.
namespace kv::store {

// A stretch that both strings have in common: a[a_begin, a_begin + length) and
// b[b_begin, b_begin + length) match.
struct CommonRun {
  size_t a_begin = 0;
  size_t b_begin = 0;
  size_t length = 0;
};

// Whether the table is small enough to be made: at 4 bytes per cell, as Redis
// keeps it, it would take no more than kMaxValueBytes. Here it takes a tenth of
// that at most, for narrow tables, and else a thirtieth.
bool LcsIsFeasible(size_t a_size, size_t b_size);

// The length of the longest common subsequence. REQUIRES: feasible.
size_t LcsLength(absl::string_view a, absl::string_view b);

// The runs that it is made of, the last first. Where several subsequences are
// equally long it is the one that Redis finds. REQUIRES: feasible.
std::vector<CommonRun> LcsRuns(absl::string_view a, absl::string_view b);

}  // namespace kv::store

#endif  // FASTKV_STORE_LCS_H_
