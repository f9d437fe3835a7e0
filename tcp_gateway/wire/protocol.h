#ifndef FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_H_
#define FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace kv::gateway {

enum class Protocol : uint8_t {
  kUnknown,  // too few bytes seen yet
  kText,
  kResp2,
  kResp3,
  kLegacy,
};

// The framing of a connection by its first bytes: a NUL among the first four is
// legacy (every length below 16 MiB has one), else '*' is RESP, else text.
// kUnknown until four bytes are there, or a NUL. No shorter rule gives the same
// answer however the bytes are cut, and no request is shorter than that.
Protocol RecogniseProtocol(absl::string_view first_bytes);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_H_
