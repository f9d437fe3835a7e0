#ifndef FASTKV_TCP_GATEWAY_COMMAND_SERVICE_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SERVICE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/reply_writer.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

class Session;

// A connection as other threads may know it: it may be gone at any time.
//
// Threads    safe; a value, copy it freely.
class ConnectionRef {
 public:
  using Task = absl::AnyInvocable<void(Session&, ReplyWriter&)>;

  // How a loop takes orders for its connections. Outlives the loop.
  class Mailbox {
   public:
    virtual ~Mailbox() = default;
    virtual void Post(uint64_t connection, Task task, size_t bytes) = 0;
  };

  ConnectionRef() = default;
  ConnectionRef(std::shared_ptr<Mailbox> mailbox, uint64_t id)
      : mailbox_(std::move(mailbox)), id_(id) {}

  // Unique in the process and never used again; grows with each accept.
  uint64_t id() const { return id_; }

  // Runs `task` on the connection's loop, between two requests, in the order of
  // the calls: to deliver a message, to answer a paused request, to close.
  // Dropped, never run, if the connection is gone. `bytes` is what it will add
  // to the output unasked: a connection for which more waits than
  // GatewayOptions::max_message_backlog is closed.
  void Post(Task task, size_t bytes = 0) const {
    if (mailbox_ != nullptr) mailbox_->Post(id_, std::move(task), bytes);
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  uint64_t id_ = 0;
};

// Session: what the command layer keeps for one connection. It derives from
// this; its destructor is where the connection's end is noticed.
//
// Threads    compatible: used on the connection's loop only.
class Session {
 public:
  enum class State : uint8_t {
    kServing,
    kPaused,   // the current request is answered later; none is executed until
    kClosing,  // after what was written is sent, the connection closes
    kAborted,  // closes at once
  };
  static constexpr int64_t kNoPauseDeadline =
      std::numeric_limits<int64_t>::max();

  virtual ~Session() = default;

  // A task that was posted is not run, because the connection only waits for
  // its last output to be taken.
  virtual void TaskDropped() {}

  State state() const { return state_; }
  // Stops after the request that is being executed, until Resume() in a posted
  // task, or in CommandService::PauseExpired at `deadline_ms` (Unix time).
  void Pause(int64_t deadline_ms = kNoPauseDeadline) {
    state_ = State::kPaused;
    pause_deadline_ms_ = deadline_ms;
  }
  void Resume() {
    if (state_ == State::kPaused) state_ = State::kServing;
  }
  void Close() { state_ = State::kClosing; }
  void Abort() { state_ = State::kAborted; }
  int64_t pause_deadline_ms() const { return pause_deadline_ms_; }

  // Until set, input is held to the limits before authentication and executed
  // one request at a time.
  bool authenticated() const { return authenticated_; }
  void set_authenticated(bool value) { authenticated_ = value; }

  // Waits for messages, and so is never idle.
  bool listening() const { return listening_; }
  void set_listening(bool value) { listening_ = value; }

  // Set by the gateway once the first bytes have told. Any thread may ask.
  Protocol protocol() const {
    return protocol_.load(std::memory_order_relaxed);
  }
  void set_protocol(Protocol protocol) {
    protocol_.store(protocol, std::memory_order_relaxed);
  }

 private:
  int64_t pause_deadline_ms_ = kNoPauseDeadline;
  State state_ = State::kServing;
  std::atomic<Protocol> protocol_ = Protocol::kUnknown;
  bool authenticated_ = true;
  bool listening_ = false;
};

// What a new session may know of its connection.
struct ConnectionInfo {
  ConnectionRef ref;
  absl::string_view peer;   // "127.0.0.1:50122"; valid during the call
  absl::string_view local;  // likewise
};

// One connection's share of a batch of requests: the next `size` of them.
struct Portion {
  Session* session;
  size_t size;
};

// Where the replies to several connections' portions go.
class PortionReplies {
 public:
  virtual ~PortionReplies() = default;
  // The writer for the replies to a portion, until its End().
  virtual ReplyWriter& Begin(size_t portion) = 0;
  // The first `done` of its requests were executed.
  virtual void End(size_t portion, size_t done) = 0;
};

// CommandService: the commands behind the port. Implemented by the command
// layer; one per process.
//
// Threads    safe: every loop calls it, for its own sessions.
class CommandService {
 public:
  virtual ~CommandService() = default;

  // At accept.
  virtual std::unique_ptr<Session> NewSession(ConnectionInfo connection) = 0;

  // Executes a batch, portion after portion, each in order, and writes each
  // request's reply, after writer.BeginReply(request.ending). A portion ends
  // after the first request that leaves its session other than kServing; the
  // rest of it comes again. `now_ms` is Unix time, read once per turn of the
  // loop. REQUIRES: the portions are the batch, which is of at most
  // RequestBatch::kMaxRequests.
  virtual void Execute(absl::Span<const Request> batch,
                       absl::Span<const Portion> portions, int64_t now_ms,
                       PortionReplies& replies) = 0;

  // The same for one connection; returns how many were executed.
  size_t ExecuteAlone(Session& session, absl::Span<const Request> batch,
                      int64_t now_ms, ReplyWriter& writer);

  // The deadline given to Pause() is over: answers the request and resumes.
  virtual void PauseExpired(Session& session, ReplyWriter& writer) {
    writer.NullArray();
    session.Resume();
  }
};

inline size_t CommandService::ExecuteAlone(Session& session,
                                           absl::Span<const Request> batch,
                                           int64_t now_ms,
                                           ReplyWriter& writer) {
  struct Alone final : PortionReplies {
    explicit Alone(ReplyWriter& writer) : writer(writer) {}
    ReplyWriter& Begin(size_t) override { return writer; }
    void End(size_t, size_t size) override { done = size; }
    ReplyWriter& writer;
    size_t done = 0;
  } alone(writer);
  batch = batch.subspan(0, RequestBatch::kMaxRequests);
  const Portion portion = {&session, batch.size()};
  Execute(batch, {&portion, 1}, now_ms, alone);
  return alone.done;
}

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SERVICE_H_
