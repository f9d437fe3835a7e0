#include "tcp_gateway/wire/protocol.h"

namespace kv::gateway {

Protocol RecogniseProtocol(absl::string_view first_bytes) {
  const absl::string_view head = first_bytes.substr(0, 4);
  if (head.find('\0') != head.npos) return Protocol::kLegacy;
  if (head.size() < 4) return Protocol::kUnknown;
  return head[0] == '*' ? Protocol::kResp2 : Protocol::kText;
}

}  // namespace kv::gateway
