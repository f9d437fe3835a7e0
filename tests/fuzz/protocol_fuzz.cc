#include "store/base/check.h"
#include "tcp_gateway/wire/protocol.h"
#include "tests/fuzz/fuzz_input.h"

// However the first bytes are cut, the answer is "not yet" or the final one,
// and the final one comes with the fourth byte at the latest.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kv::gateway::Protocol;
  using kv::gateway::RecogniseProtocol;
  const absl::string_view bytes = kv::fuzz::FuzzInput(data, size).rest();
  const Protocol final_answer = RecogniseProtocol(bytes);
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const Protocol answer = RecogniseProtocol(bytes.substr(0, cut));
    FASTKV_CHECK(answer == final_answer || answer == Protocol::kUnknown,
                 "a connection's framing changed");
    FASTKV_CHECK(answer != Protocol::kUnknown || cut < 4, "undecided for long");
  }
  return 0;
}
