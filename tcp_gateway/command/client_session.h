#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"
#include "store/base/time.h"
#include "tcp_gateway/blocking/absent_keys.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/monitors.h"
#include "tcp_gateway/command/pending_request.h"
#include "tcp_gateway/command/queued_commands.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/pubsub/pubsub.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

class ClientRegistry;

// A key that WATCH named, and the version that it had then.
struct WatchedKey {
  std::string name;
  uint8_t db;
  uint64_t version;
  AbsentKeys::Watch absence;  // if it was absent
};
using WatchedKeys = std::vector<WatchedKey>;

// What a client called itself and its library.
struct ClientNames {
  std::string client;
  std::string lib_name;
  std::string lib_version;
};

// Properties of a client that CLIENT LIST shows as letters.
enum ClientMarks : uint8_t {
  kMonitors = 1 << 0,
  kNoEvict = 1 << 1,
  kNoTouch = 1 << 2,
  kBlocked = 1 << 3,  // waits inside a blocking command
};

// CLIENT REPLY.
enum class ReplyMode : uint8_t { kOn, kOff, kSkipNext };

// ClientSession: what commands keep for one connection. Small: there may be
// very many that rest. While it lives it stands in the registry.
//
// Threads    used on the connection's event loop only, but for the methods
//            that say "any thread", which tell other clients about this one.
class ClientSession final : public Session {
 public:
  ClientSession(ConnectionInfo connection, store::TimeMs now,
                ClientRegistry& registry);
  ~ClientSession() override;

  // Any thread.
  const ConnectionRef& connection() const { return connection_; }
  uint64_t id() const { return connection_.id(); }
  absl::string_view peer() const { return peer_; }
  absl::string_view local() const { return local_; }
  store::TimeMs created_ms() const { return created_ms_; }
  store::TimeMs active_ms() const { return active_ms_.load(kRelaxed); }
  // The last command executed, or null.
  const Command* last_command() const { return last_command_.load(kRelaxed); }
  // Commands queued since MULTI, as of the last batch; -1: no transaction.
  int32_t queued() const { return queued_.load(kRelaxed); }
  uint32_t watching() const { return watching_.load(kRelaxed); }
  // Topics of a kind that it listens to, likewise.
  uint32_t topics(TopicKind kind) const {
    return topics_[static_cast<int>(kind)].load(kRelaxed);
  }
  uint8_t marks() const { return marks_.load(kRelaxed); }
  ClientNames names() const;

  // Tells other threads what a batch of commands has left.
  void Publish(store::TimeMs now, const Command* last_command);

  // The database that commands without another word mean. Any thread.
  uint8_t db() const { return db_.load(kRelaxed); }
  void set_db(uint8_t db) { db_.store(db, kRelaxed); }

  void set_names(ClientNames names);
  void Mark(ClientMarks mark, bool on) {
    marks_.store(on ? marks() | mark : marks() & ~mark, kRelaxed);
  }
  ReplyMode reply_mode() const { return reply_mode_; }
  void set_reply_mode(ReplyMode mode) { reply_mode_ = mode; }

  // Shows this client every command, or no more.
  void BeginMonitoring(Monitors& monitors) {
    if (monitoring_ == nullptr) {
      monitoring_ =
          std::make_unique<Monitors::Membership>(monitors, connection_);
    }
    Mark(kMonitors, true);
  }
  void EndMonitoring() {
    monitoring_.reset();
    Mark(kMonitors, false);
  }

  // Whether the executor has to look before it runs a command.
  bool needs_care() const {
    return !authenticated() || reply_mode_ != ReplyMode::kOn;
  }

  // As Pause(); when the deadline is over, `on_expiry` writes the reply.
  using OnExpiry = void (*)(ReplyWriter&);
  void PauseUntil(store::TimeMs deadline, OnExpiry on_expiry) {
    on_expiry_ = on_expiry;
    Pause(deadline);
  }
  // Holds back the request that is about to be executed: CLIENT PAUSE.
  void PostponeUntil(store::TimeMs deadline) {
    postponed_ = true;
    Pause(deadline);
  }
  // The deadline is over: replies as agreed and goes on.
  void EndPause(ReplyWriter& writer);
  // CLIENT UNBLOCK: as if the deadline were over, or answers with an error.
  void Unblock(bool with_error, ReplyWriter& writer);
  // If a request is held back, tries it again.
  void EndPostponement();

  // What was queued since MULTI; null outside of a transaction.
  QueuedCommands* queue() const { return queue_.get(); }
  void BeginQueue() { queue_ = std::make_unique<QueuedCommands>(); }
  std::unique_ptr<QueuedCommands> TakeQueue() { return std::move(queue_); }

  WatchedKeys& watched() { return watched_; }
  // Outside of a transaction again, with nothing queued and nothing watched.
  void ForgetTransaction() {
    queue_.reset();
    watched_.clear();
  }

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
    Mark(kBlocked, false);
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
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  const ConnectionRef connection_;
  ClientRegistry& registry_;
  const std::string peer_;
  const std::string local_;
  const store::TimeMs created_ms_;
  std::unique_ptr<QueuedCommands> queue_;
  std::unique_ptr<Subscriber> subscriber_;
  std::unique_ptr<PendingRequest> pending_;
  WatchedKeys watched_;
  std::unique_ptr<Monitors::Membership> monitoring_;
  OnExpiry on_expiry_ = nullptr;

  // Written by this session's thread only.
  std::atomic<store::TimeMs> active_ms_;
  std::atomic<const Command*> last_command_{nullptr};
  std::atomic<int32_t> queued_{-1};
  std::atomic<uint32_t> watching_{0};
  std::array<std::atomic<uint32_t>, kTopicKinds> topics_ = {};
  std::atomic<uint8_t> db_{0};
  std::atomic<uint8_t> marks_{0};
  ReplyMode reply_mode_ = ReplyMode::kOn;
  bool postponed_ = false;

  mutable store::Mutex mutex_;
  // Null for the many that never say a name.
  std::unique_ptr<ClientNames> names_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
