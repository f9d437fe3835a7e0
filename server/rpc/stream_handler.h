#ifndef FASTKV_SERVER_RPC_STREAM_HANDLER_H_
#define FASTKV_SERVER_RPC_STREAM_HANDLER_H_

#include <cstdint>
#include <utility>

#include "google/protobuf/io/zero_copy_stream.h"
#include "server/rpc/outgoing_message.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"

namespace kv::server {

// StreamHandler: what one stream does, of whichever kind, without a transport.
// It never waits and is never called while a message of its is being sent: each
// call does a bounded piece of work and says what shall happen next. So a
// stream needs no thread and no more memory than one message each way, and a
// client that does not read holds back its own stream only.
//
// Deleted when the stream is over, whoever ended it.
//
// Threads    called by one thread at a time.
class StreamHandler {
 public:
  // What shall happen next.
  enum class Next : uint8_t {
    kReceive,   // the client's next message: Receive or ReceiveEnd
    kSend,      // turn->message is sent, then Resume
    kSendLast,  // turn->message is sent, then the end with OK
    kPause,     // others have their turn, then Resume
    kRest,  // nothing, until Resume, which may come at any time, or ShutDown
    kEnd,   // the end, with turn->status
    kStop,  // the end, because the server shuts down
  };

  // What a call hands to the transport. Empty at the start of each.
  struct Turn {
    OutgoingMessage message;
    RpcStatus status;
  };

  virtual ~StreamHandler() = default;

  // A message has come; `size` is its length in bytes. A stream of which the
  // client sends only one message begins with this.
  virtual Next Receive(store::TimeMs now,
                       google::protobuf::io::ZeroCopyInputStream* message,
                       size_t size, Turn* turn) = 0;
  // The client will send no more, or it has cancelled the call, which looks the
  // same for now: by the next turn the handler is deleted then.
  virtual Next ReceiveEnd(store::TimeMs now, Turn* turn) = 0;
  // The message is on its way, or the pause is over.
  virtual Next Resume(store::TimeMs now, Turn* turn) = 0;
  // The server shuts down while the stream rests or waits for a message. By
  // default that is its end; kReceive lets it wait for its message, for as long
  // as the server gives it.
  virtual Next ShutDown(Turn*) { return Next::kStop; }

 protected:
  static Next End(RpcStatus status, Turn* turn) {
    turn->status = std::move(status);
    return Next::kEnd;
  }
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_STREAM_HANDLER_H_
