#ifndef FASTKV_TCP_GATEWAY_COMMAND_PENDING_REQUEST_H_
#define FASTKV_TCP_GATEWAY_COMMAND_PENDING_REQUEST_H_

#include <cstdint>

#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// PendingRequest: a request that is answered later; its session is paused
// until then. Its end, whatever the reason, is its destruction.
//
// Owned by the session, and used on its loop.
class PendingRequest {
 public:
  virtual ~PendingRequest() = default;

  // Distinguishes it from all others that the session had or will have.
  virtual uint64_t ticket() const = 0;
  // Tries again. True: replied, and all is done.
  virtual bool Retry(ReplyWriter& reply) = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_PENDING_REQUEST_H_
