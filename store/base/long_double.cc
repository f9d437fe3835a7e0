#include "store/base/long_double.h"

#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/ascii.h"

namespace kv::store {

bool ParseLongDouble(absl::string_view text, long double* value) {
  if (text.empty() || text.size() >= kLongDoubleBufferBytes ||
      absl::ascii_isspace(text[0])) {
    return false;
  }
  // strtold wants a NUL, and std::from_chars rounds differently: clients expect
  // what the C library says.
  char buffer[kLongDoubleBufferBytes];
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  char* end = nullptr;
  errno = 0;
  const long double parsed = std::strtold(buffer, &end);
  if (end != buffer + text.size() || std::isnan(parsed)) return false;
  if (errno == ERANGE && (std::isinf(parsed) || parsed == 0)) return false;
  *value = parsed;
  return true;
}

absl::string_view FormatLongDouble(long double value, char* buffer) {
  assert(std::isfinite(value));
  int size = std::snprintf(buffer, kLongDoubleBufferBytes, "%.17Lf", value);
  while (buffer[size - 1] == '0') --size;
  if (buffer[size - 1] == '.') --size;
  const absl::string_view text(buffer, static_cast<size_t>(size));
  return text == "-0" ? text.substr(1) : text;
}

}  // namespace kv::store
