#ifndef FASTKV_TCP_GATEWAY_WIRE_RESP_FRAMER_H_
#define FASTKV_TCP_GATEWAY_WIRE_RESP_FRAMER_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// RespFramer: requests as Redis' clients send them, arrays of bulk strings, and
// inline commands between them. What is refused, and in which words, follows
// Redis 7.2 to the byte; so does its leniency about what follows a CR.
//
// Format     tcp_gateway/PROTOCOL.md, RESP.
// Threads    safe: it has no state.
class RespFramer final : public Framer {
 public:
  FrameResult Parse(absl::string_view input, const FrameLimits& limits,
                    std::unique_ptr<PartialRequest>* partial,
                    RequestBatch* batch) const override;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_RESP_FRAMER_H_
