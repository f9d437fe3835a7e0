#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tcp_gateway/command/pending_request.h"
#include "tcp_gateway/command/queued_commands.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/pubsub/pubsub.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// A key that WATCH named, and the version that its entry had then; 0: none.
struct WatchedKey {
  std::string name;
  uint8_t db;
  uint64_t version;
};
using WatchedKeys = std::vector<WatchedKey>;

// ClientSession: what commands keep for one connection. Small: there may be
// very many that rest.
//
// Threads    used on the connection's event loop only.
class ClientSession final : public Session {
 public:
  explicit ClientSession(ConnectionRef connection)
      : connection_(std::move(connection)) {}

  const ConnectionRef& connection() const { return connection_; }

  // The database that commands without another word mean.
  uint8_t db() const { return db_; }
  void set_db(uint8_t db) { db_ = db; }

  // What was queued since MULTI; null outside of a transaction.
  QueuedCommands* queue() const { return queue_.get(); }
  void BeginQueue() { queue_ = std::make_unique<QueuedCommands>(); }
  std::unique_ptr<QueuedCommands> TakeQueue() { return std::move(queue_); }

  WatchedKeys& watched() { return watched_; }

  // What it is paused for.
  void set_pending(std::unique_ptr<PendingRequest> pending) {
    pending_ = std::move(pending);
  }
  void ForgetPending() { pending_.reset(); }
  // Something may have changed for the request of this ticket.
  void RetryPending(uint64_t ticket, ReplyWriter& reply) {
    if (pending_ == nullptr || pending_->ticket() != ticket) return;
    if (!pending_->Retry(reply)) return;
    ForgetPending();
    Resume();
  }
  void TaskDropped() override { ForgetPending(); }

  // What it listens to. Made at the first call.
  Subscriber& subscriber(PubSub& pubsub) {
    if (subscriber_ == nullptr) {
      subscriber_ = std::make_unique<Subscriber>(pubsub, connection_);
    }
    return *subscriber_;
  }
  // Stops listening to anything.
  void EndSubscriptions() {
    if (subscriber_ != nullptr) subscriber_->RemoveAll();
    set_listening(false);
  }
  // Messages would be mistaken for replies: only RESP3 tells them apart.
  bool is_confined_to_listening() const {
    return listening() && protocol() != Protocol::kResp3;
  }

 private:
  const ConnectionRef connection_;
  std::unique_ptr<QueuedCommands> queue_;
  std::unique_ptr<Subscriber> subscriber_;
  std::unique_ptr<PendingRequest> pending_;
  WatchedKeys watched_;
  uint8_t db_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
