#include "tests/fuzz/fuzz_framer.h"

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "store/base/check.h"
#include "tests/tcp_gateway/wire/framer_driver.h"

namespace kv::fuzz {
namespace {

using gateway::Framed;
using gateway::FrameLimits;

// The last is so low that short inputs reach every limit.
FrameLimits Limits(uint8_t choice) {
  switch (choice % 3) {
    case 0:
      return {};
    case 1:
      return FrameLimits::BeforeAuthentication();
    default:
      return {.max_line = 24, .max_bulk = 16, .max_args = 4, .max_request = 64};
  }
}

// Sizes of pieces: all alike up to 16 bytes, or different ones from a
// generator that `choice` seeds.
class Pieces {
 public:
  explicit Pieces(uint8_t choice) : choice_(choice), state_(choice) {}

  size_t Next() {
    if (choice_ < 16) return choice_ + 1;
    state_ = state_ * 1103515245 + 12345;
    return 1 + (state_ >> 16) % choice_;
  }

 private:
  const uint8_t choice_;
  uint32_t state_;
};

}  // namespace

void FuzzFramer(const gateway::Framer& framer, FuzzInput input) {
  // The driver speaks GoogleTest, whose failures end the process here.
  GTEST_FLAG_SET(break_on_failure, true);
  const FrameLimits limits = Limits(input.Byte());
  Pieces pieces(input.Byte());
  const Framed whole = gateway::FrameWhole(framer, input.rest(), limits);
  const Framed split = gateway::Frame(framer, input.rest(), limits,
                                      [&](size_t) { return pieces.Next(); });
  FASTKV_CHECK(split.events == whole.events, "pieces give other requests");
  FASTKV_CHECK(split.rest == whole.rest, "pieces leave another rest");
}

}  // namespace kv::fuzz
