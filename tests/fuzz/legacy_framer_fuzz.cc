#include "tcp_gateway/wire/legacy_framer.h"
#include "tests/fuzz/fuzz_framer.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kv::fuzz::FuzzFramer(kv::gateway::LegacyFramer(),
                       kv::fuzz::FuzzInput(data, size));
  return 0;
}
