#ifndef FASTKV_TCP_GATEWAY_WIRE_FRAMER_H_
#define FASTKV_TCP_GATEWAY_WIRE_FRAMER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// What a peer may send. Nothing is allocated on the announcement of a length;
// these bound what is kept when the bytes really arrive.
struct FrameLimits {
  size_t max_line = size_t{64} << 10;    // a line, without its ending
  size_t max_bulk = size_t{512} << 20;   // one argument, as Redis
  size_t max_args = size_t{1} << 20;     // of one request, as Redis
  size_t max_request = size_t{1} << 30;  // all of one request's bytes; < 4 GiB
  bool authenticated = true;             // false: errors say why so low

  // For peers that may not be who they should: what HELLO and AUTH need.
  static FrameLimits BeforeAuthentication() {
    return {.max_line = 16 << 10,
            .max_bulk = 16 << 10,
            .max_args = 10,
            .max_request = 256 << 10,
            .authenticated = false};
  }
};

// How far an incomplete request was understood, so that its next piece is not
// parsed from the start. Made by a framer only when input ends in the middle of
// a request with several parts; offsets count from that request's first byte.
struct PartialRequest {
  struct Range {
    uint32_t begin;
    uint32_t size;
  };
  size_t scanned = 0;    // bytes that need no second look
  size_t args_left = 0;  // announced and not seen yet
  std::vector<Range> args;
};

// How far the request at the front was scanned; the note is dropped.
inline size_t TakeScanned(std::unique_ptr<PartialRequest>* partial) {
  if (*partial == nullptr) return 0;
  const size_t scanned = (*partial)->scanned;
  partial->reset();
  return scanned;
}

struct FrameResult {
  enum class Status : uint8_t {
    kOk,        // parse on when there is more, or room in the batch
    kRejected,  // after the batch, send `error`; the framing is intact
    kBroken,    // after the batch, send `error`, if any, and close
  };

  Status status = Status::kOk;
  // Bytes that are done with: the batch's requests, and a rejected one.
  size_t consumed = 0;
  // With kOk, how many bytes the rest of the input, from `consumed` on, must
  // have before another call can achieve anything; 0: the batch was full.
  size_t needed = 0;
  // "CODE message" for ReplyWriter::Error; lives as long as the batch's
  // content.
  absl::string_view error;
  LineEnding ending = LineEnding::kCrLf;  // of the request that `error` answers
};

// Framer: finds requests in bytes. A pure function of the input and of the
// progress that it left behind itself: no socket, no clock, no allocation for
// requests that are complete, linear work however the input is chopped.
//
// Threads    const and shared by all connections; what belongs to a connection
//            is in `partial`.
class Framer {
 public:
  virtual ~Framer() = default;

  // Adds complete requests of `input` to `batch` until the input ends or the
  // batch is full. REQUIRES: the input starts where the last call's `consumed`
  // ended, and has at least `needed` bytes; `partial` is what that call left.
  virtual FrameResult Parse(absl::string_view input, const FrameLimits& limits,
                            std::unique_ptr<PartialRequest>* partial,
                            RequestBatch* batch) const = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_FRAMER_H_
