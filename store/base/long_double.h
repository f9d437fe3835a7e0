#ifndef FASTKV_STORE_BASE_LONG_DOUBLE_H_
#define FASTKV_STORE_BASE_LONG_DOUBLE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace kv::store {

// The longest text of a number, and room for the text of any: the largest has
// 4,933 digits before the point.
inline constexpr size_t kLongDoubleBufferBytes = 5 * 1024;

// Parses a number as strtold does, infinities and hexadecimal included, for
// counters with fractions. NaN, blanks around it, an empty text and one of
// kLongDoubleBufferBytes or more are refused, and so is a number that is too
// large or too close to zero to be held.
bool ParseLongDouble(absl::string_view text, long double* value);

// Writes a finite `value` without an exponent, rounded to 17 digits after the
// point and without zeros behind the last that counts, to `buffer`
// (kLongDoubleBufferBytes) and returns a view of it.
absl::string_view FormatLongDouble(long double value, char* buffer);

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_LONG_DOUBLE_H_
