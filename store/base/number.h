#ifndef FASTKV_STORE_BASE_NUMBER_H_
#define FASTKV_STORE_BASE_NUMBER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace kv::store {

// Room for the text of any number that the functions below write.
inline constexpr size_t kNumberBufferBytes = 40;

// Parses a canonical decimal integer, as Redis' string2ll: an optional '-',
// digits without leading zeros, nothing else. False if `text` is anything else
// or does not fit.
bool ParseInt64(absl::string_view text, int64_t* value);

// Parses a decimal number, or inf, +inf, -inf, infinity in any case. NaN,
// blanks, hexadecimal and an empty text are refused.
bool ParseDouble(absl::string_view text, double* value);

// Writes the decimal text to `buffer` (kNumberBufferBytes) and returns a view
// of it.
absl::string_view FormatInt64(int64_t value, char* buffer);

// The shortest text that reads back as `value`: integers without a fraction
// ("3"), "inf", "-inf", and exponents as Redis 7.2 writes them ("1e+20").
absl::string_view FormatDouble(double value, char* buffer);

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_NUMBER_H_
