#include "store/base/glob.h"

#include <cstddef>
#include <utility>

namespace kv::store {
namespace {

// Matches one byte against the class that begins at pattern[0] == '['. Sets
// *length to the bytes of the class; one without a ']' ends with the pattern.
bool ClassMatches(absl::string_view pattern, unsigned char byte,
                  size_t* length) {
  size_t i = 1;
  const bool negated = i < pattern.size() && pattern[i] == '^';
  if (negated) ++i;
  bool matched = false;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      ++i;
      matched |= static_cast<unsigned char>(pattern[i]) == byte;
    } else if (i + 2 < pattern.size() && pattern[i + 1] == '-') {
      unsigned char low = pattern[i], high = pattern[i + 2];
      if (low > high) std::swap(low, high);
      matched |= low <= byte && byte <= high;
      i += 2;
    } else {
      matched |= static_cast<unsigned char>(pattern[i]) == byte;
    }
  }
  *length = i < pattern.size() ? i + 1 : i;
  return matched != negated;
}

// Matches the pattern element at pattern[0], which is not '*', against a byte.
bool ElementMatches(absl::string_view pattern, char byte, size_t* length) {
  *length = 1;
  switch (pattern[0]) {
    case '?':
      return true;
    case '[':
      return ClassMatches(pattern, byte, length);
    case '\\':
      if (pattern.size() > 1) {
        *length = 2;
        return pattern[1] == byte;
      }
      [[fallthrough]];
    default:
      return pattern[0] == byte;
  }
}

}  // namespace

// Only the last star ever needs another try: an earlier one that matched a
// shorter text can be kept as it is. Hence no recursion and no blow-up.
bool GlobMatches(absl::string_view pattern, absl::string_view text) {
  constexpr size_t kNone = absl::string_view::npos;
  size_t p = 0, t = 0, star = kNone, star_text = 0;
  while (t < text.size()) {
    size_t length = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() &&
               ElementMatches(pattern.substr(p), text[t], &length)) {
      p += length;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace kv::store
