#ifndef FASTKV_TESTS_TCP_GATEWAY_WIRE_FRAMER_DRIVER_H_
#define FASTKV_TESTS_TCP_GATEWAY_WIRE_FRAMER_DRIVER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/framer.h"

namespace kv::gateway {

// What a framer made of its input, as text: "SET|key|value" for a request,
// "! message" for an error that leaves the framing intact, "!! message" for one
// that breaks it; without a message, "!! ".
struct Framed {
  std::vector<std::string> events;
  size_t rest = 0;   // bytes left over at the end
  size_t calls = 0;  // of Parse
};

// Feeds `input` to `framer` the way a connection does: it calls when at least
// the needed bytes are there, and drops what was consumed. `piece_size` says
// how much arrives after `position` bytes have.
Framed Frame(const Framer& framer, absl::string_view input,
             const FrameLimits& limits,
             const std::function<size_t(size_t position)>& piece_size);

// All at once.
Framed FrameWhole(const Framer& framer, absl::string_view input,
                  const FrameLimits& limits = {});
// In pieces of `size` bytes.
Framed FramePieces(const Framer& framer, absl::string_view input, size_t size,
                   const FrameLimits& limits = {});

// Fails unless every split of `input` in two, and pieces of every size from
// one byte on, give what the whole does.
void ExpectSameAtEverySplit(const Framer& framer, absl::string_view input,
                            const FrameLimits& limits = {});

// Feeds random bytes from `alphabet` in random pieces; fails if the framer
// reports impossible positions. The sanitizers see the rest.
void FeedGarbage(const Framer& framer, absl::string_view alphabet, int rounds,
                 unsigned seed);

}  // namespace kv::gateway

#endif  // FASTKV_TESTS_TCP_GATEWAY_WIRE_FRAMER_DRIVER_H_
