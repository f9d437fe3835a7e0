#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "store/base/check.h"
#include "store/base/number.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

void CheckIntegerText(absl::string_view text) {
  int64_t value;
  if (!store::ParseInt64(text, &value)) return;
  char buffer[store::kNumberBufferBytes];
  FASTKV_CHECK(store::FormatInt64(value, buffer) == text, "not canonical");
}

void CheckInteger(int64_t value) {
  char buffer[store::kNumberBufferBytes];
  int64_t parsed;
  FASTKV_CHECK(store::ParseInt64(store::FormatInt64(value, buffer), &parsed) &&
                   parsed == value,
               "an integer is another after a round trip");
}

// Equal, and of one sign if zero.
bool Same(double a, double b) {
  return a == b && std::signbit(a) == std::signbit(b);
}

void CheckDouble(double value) {
  if (std::isnan(value)) return;
  char buffer[store::kNumberBufferBytes];
  double parsed;
  FASTKV_CHECK(
      store::ParseDouble(store::FormatDouble(value, buffer), &parsed) &&
          Same(parsed, value),
      "a double is another after a round trip");
}

// The C library has the same opinion about what is a number, or a wider one.
void CheckDoubleText(absl::string_view text) {
  double value;
  if (!store::ParseDouble(text, &value)) return;
  FASTKV_CHECK(!std::isnan(value), "NaN was parsed");
  CheckDouble(value);
  const std::string copy(text);
  char* end = nullptr;
  FASTKV_CHECK(Same(std::strtod(copy.c_str(), &end), value), "another double");
  FASTKV_CHECK(end == copy.c_str() + copy.size(), "not a number");
}

}  // namespace
}  // namespace kv::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = kv::fuzz::FuzzInput(data, size).rest();
  kv::fuzz::CheckIntegerText(text);
  kv::fuzz::CheckDoubleText(text);
  if (size >= 8) {
    int64_t integer;
    double number;
    std::memcpy(&integer, data, 8);
    std::memcpy(&number, data, 8);
    kv::fuzz::CheckInteger(integer);
    kv::fuzz::CheckDouble(number);
  }
  return 0;
}
