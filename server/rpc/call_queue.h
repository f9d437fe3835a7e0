#ifndef FASTKV_SERVER_RPC_CALL_QUEUE_H_
#define FASTKV_SERVER_RPC_CALL_QUEUE_H_

#include <memory>

#include "grpcpp/completion_queue.h"

namespace kv::server {

// What waits in a completion queue. `ok` is the queue's: whether the step that
// it waited for was done.
class QueueTag {
 public:
  virtual ~QueueTag() = default;
  virtual void Proceed(bool ok) = 0;
  // Whether it tells that a call is over. Goes before all else that is there,
  // so that what its client has given up is not begun.
  virtual bool tells_end() const { return false; }
};

class ParkedCalls;

// A completion queue and what its thread knows about it. Everything that waits
// in a queue belongs to its thread, so that none of it needs a lock.
struct CallQueue {
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  // Those of its calls that wait for the log. Null: nothing waits.
  ParkedCalls* parked = nullptr;
  // Set by the queue's thread, when the server shuts down: calls that come are
  // refused.
  bool closing = false;
  // The same, when nothing may be posted to it any more.
  bool draining = false;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_CALL_QUEUE_H_
