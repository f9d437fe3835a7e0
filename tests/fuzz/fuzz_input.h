#ifndef FASTKV_TESTS_FUZZ_FUZZ_INPUT_H_
#define FASTKV_TESTS_FUZZ_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

// A fuzz target: uses the bytes, and aborts where a claim does not hold.
// libFuzzer calls it with inputs that it makes up, replay.cc with those of
// corpus/<target>. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace kv::fuzz {

// FuzzInput: takes what a target needs to know from the front of its input;
// zero once that is used up.
//
// Borrows    the input.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  absl::string_view rest() const { return rest_; }

  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const uint8_t byte = rest_[0];
    rest_.remove_prefix(1);
    return byte;
  }
  // From 0 to limit - 1. REQUIRES: 0 < limit <= 256
  size_t Below(size_t limit) { return Byte() % limit; }
  absl::string_view Bytes(size_t size) {
    const absl::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }
  // What stands before the next `end`, which is taken too.
  absl::string_view Until(char end) {
    const absl::string_view bytes = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(std::min(rest_.size(), bytes.size() + 1));
    return bytes;
  }

 private:
  absl::string_view rest_;
};

}  // namespace kv::fuzz

#endif  // FASTKV_TESTS_FUZZ_FUZZ_INPUT_H_
