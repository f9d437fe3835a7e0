#ifndef FASTKV_TCP_GATEWAY_WIRE_TEXT_FRAMER_H_
#define FASTKV_TCP_GATEWAY_WIRE_TEXT_FRAMER_H_

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// Takes one line, and its block if it has one, from the front of
// input.substr(result->consumed) and adds its request to the batch. `scanned`
// bytes of it are known to hold no line feed. False if parsing ends here;
// `result` says why. Shared with RESP, whose inline commands are these.
bool ParseTextRequest(absl::string_view input, size_t scanned,
                      const FrameLimits& limits,
                      std::unique_ptr<PartialRequest>* partial,
                      RequestBatch* batch, FrameResult* result);

// TextFramer: one request a line, and SET's data block. `SET key expiry length`
// and its block leave here as SET key value [EX expiry], so that the command
// table knows one form.
//
// Format     tcp_gateway/PROTOCOL.md, the text protocol.
// Threads    safe: it has no state.
class TextFramer final : public Framer {
 public:
  FrameResult Parse(absl::string_view input, const FrameLimits& limits,
                    std::unique_ptr<PartialRequest>* partial,
                    RequestBatch* batch) const override;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_TEXT_FRAMER_H_
