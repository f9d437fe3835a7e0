#ifndef FASTKV_TESTS_FUZZ_FUZZ_FRAMER_H_
#define FASTKV_TESTS_FUZZ_FUZZ_FRAMER_H_

#include "tcp_gateway/wire/framer.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {

// Feeds a stream of bytes to the framer at once and in pieces, and aborts
// unless it finds the same requests and errors, leaves the same rest, and never
// points outside of what it was given. The input's first byte chooses limits,
// the second the pieces; the rest is the stream.
void FuzzFramer(const gateway::Framer& framer, FuzzInput input);

}  // namespace kv::fuzz

#endif  // FASTKV_TESTS_FUZZ_FUZZ_FRAMER_H_
