#ifndef FASTKV_TCP_GATEWAY_WIRE_LEGACY_FRAMER_H_
#define FASTKV_TCP_GATEWAY_WIRE_LEGACY_FRAMER_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// LegacyFramer: the original project's binary requests. A frame that is broken
// ends the connection without a word, as it did there.
//
// Format     tcp_gateway/PROTOCOL.md, the legacy framing.
// Threads    safe: it has no state.
class LegacyFramer final : public Framer {
 public:
  FrameResult Parse(absl::string_view input, const FrameLimits& limits,
                    std::unique_ptr<PartialRequest>* partial,
                    RequestBatch* batch) const override;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_LEGACY_FRAMER_H_
