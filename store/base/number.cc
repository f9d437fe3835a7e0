#include "store/base/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "absl/strings/match.h"

namespace kv::store {

namespace {

// Writes the shortest digits of "d.ddde+XX" the way Redis' fpconv_dtoa does:
// plain while few zeros are needed, else with an unpadded exponent.
absl::string_view LayOut(absl::string_view scientific, bool negative,
                         char* buffer) {
  const size_t e = scientific.find('e');
  char digits[kNumberBufferBytes];
  int count = 0;
  for (const char c : scientific.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  int exponent = 0;
  absl::string_view power = scientific.substr(e + 1);
  if (power[0] == '+') power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  // value = digits * 10^scale
  const int scale = exponent - (count - 1);

  char* out = buffer;
  if (negative) *out++ = '-';
  if (scale >= 0 && exponent < count + 7) {
    out = std::copy_n(digits, count, out);
    out = std::fill_n(out, scale, '0');
  } else if (scale < 0 && (scale > -7 || std::abs(exponent) < 4)) {
    if (exponent < 0) {
      *out++ = '0';
      *out++ = '.';
      out = std::fill_n(out, -exponent - 1, '0');
      out = std::copy_n(digits, count, out);
    } else {
      out = std::copy_n(digits, exponent + 1, out);
      *out++ = '.';
      out = std::copy_n(digits + exponent + 1, count - exponent - 1, out);
    }
  } else {
    *out++ = digits[0];
    if (count > 1) {
      *out++ = '.';
      out = std::copy_n(digits + 1, count - 1, out);
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    out =
        std::to_chars(out, buffer + kNumberBufferBytes, std::abs(exponent)).ptr;
  }
  return {buffer, static_cast<size_t>(out - buffer)};
}

}  // namespace

bool ParseInt64(absl::string_view text, int64_t* value) {
  if (text.empty() || text.size() > 20) return false;
  const bool negative = text[0] == '-';
  const absl::string_view digits = negative ? text.substr(1) : text;
  // One text per number: no leading zeros, no "-0".
  if (digits.empty() || (digits[0] == '0' && (digits.size() > 1 || negative))) {
    return false;
  }
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

bool ParseDouble(absl::string_view text, double* value) {
  if (text.empty()) return false;
  absl::string_view body = text;
  bool negative = false;
  if (body[0] == '+' || body[0] == '-') {
    negative = body[0] == '-';
    body.remove_prefix(1);
  }
  if (absl::EqualsIgnoreCase(body, "inf") ||
      absl::EqualsIgnoreCase(body, "infinity")) {
    *value = std::numeric_limits<double>::infinity() * (negative ? -1 : 1);
    return true;
  }
  // from_chars takes "nan" and a sign of its own: only digits may begin here.
  if (body.empty() || !((body[0] >= '0' && body[0] <= '9') || body[0] == '.')) {
    return false;
  }
  double magnitude = 0;
  const auto [end, error] =
      std::from_chars(body.data(), body.data() + body.size(), magnitude);
  if (error != std::errc() || end != body.data() + body.size()) return false;
  *value = negative ? -magnitude : magnitude;
  return true;
}

absl::string_view FormatInt64(int64_t value, char* buffer) {
  const auto result = std::to_chars(buffer, buffer + kNumberBufferBytes, value);
  return {buffer, static_cast<size_t>(result.ptr - buffer)};
}

absl::string_view FormatDouble(double value, char* buffer) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  // Integers that a double holds exactly are written in full, as Redis does.
  constexpr double kExact = 4503599627370496.0;  // 2^52
  if (value > -kExact && value < kExact && value == std::trunc(value)) {
    return FormatInt64(static_cast<int64_t>(value), buffer);
  }
  char scratch[kNumberBufferBytes];
  const auto end =
      std::to_chars(scratch, scratch + sizeof(scratch), std::fabs(value),
                    std::chars_format::scientific)
          .ptr;
  return LayOut(absl::string_view(scratch, end - scratch), value < 0, buffer);
}

}  // namespace kv::store
