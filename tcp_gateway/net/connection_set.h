#ifndef FASTKV_TCP_GATEWAY_NET_CONNECTION_SET_H_
#define FASTKV_TCP_GATEWAY_NET_CONNECTION_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "tcp_gateway/net/connection.h"
#include "tcp_gateway/net/counter.h"
#include "tcp_gateway/net/event_loop.h"

namespace kv::gateway {

// What a loop's connections have done; other threads read it.
struct ConnectionCounters {
  Counter bytes_in;
  Counter bytes_out;
  Counter dropped;  // for not reading, or for being idle
  Counter closed;   // for whatever reason
};

class Connection;

// Input that a connection is about to be served.
struct Received {
  Connection* connection;
  absl::string_view input;
};

// Told what all are about to be served, before the first is, so that what they
// have in common can be done together.
class ServingHandler {
 public:
  virtual ~ServingHandler() = default;
  virtual void BeforeServing(absl::Span<const Received> received) = 0;
};

// ConnectionSet: the connections of one loop and what they share.
//
// The connections that have something to read in a turn all read, then all are
// served, then all are written to: the kernel's paths and ours evict each other
// from the first-level caches once a turn instead of once a request.
//
// Owns       the connections, and the buffer they read into.
// Borrows    the loop, and the handler.
// Threads    compatible; belongs to the loop, but for the counters.
class ConnectionSet : public TurnHandler, public TimerHandler {
 public:
  // So many are served together, at most.
  static constexpr size_t kMaxReceived = 64;

  ConnectionSet(EventLoop* loop, const ConnectionLimits& limits);
  ~ConnectionSet() override;

  void set_serving_handler(ServingHandler* handler) {
    serving_handler_ = handler;
  }

  // Takes over a new connection, and drops it if it cannot be watched.
  void Add(std::unique_ptr<Connection> connection);
  // Null if there is none of this number any more.
  Connection* Find(uint64_t id);
  size_t size() const { return connections_.size(); }
  // Also for the connections that there are, from their last input on.
  void SetIdleTimeout(int64_t timeout_ms);
  void DrainAll();
  void CloseAll();

  // For connections.
  EventLoop& loop() const { return loop_; }
  const ConnectionLimits& limits() const { return limits_; }
  ConnectionCounters& counters() { return counters_; }
  const ConnectionCounters& counters() const { return counters_; }
  // Where a connection may read to, until the next call of ServeLater() or of
  // this.
  absl::Span<char> RoomToRead() {
    return {read_buffer_.get() + read_used_, limits_.read_bytes};
  }
  // Has the connection served soon, in this turn, with `input`, which is its
  // own or at the start of RoomToRead().
  void ServeLater(Connection* connection, absl::string_view input);
  // Has Continue() called at the end of the turn, or of the next one.
  void Enqueue(Connection* connection);
  void CallAt(int64_t steady_ms, uint64_t id) {
    loop_.CallAt(steady_ms, this, id);
  }
  // A connection has closed: it is destroyed when the turn ends, since it may
  // be in the middle of a call.
  void Retire(Connection* connection);

  void EndEvents() override { ServeReceived(); }
  bool EndTurn() override;
  void OnTimer(uint64_t id) override;

 private:
  // Of that, so much, which is to be in the first-level cache still.
  static constexpr size_t kMaxReceivedBytes = 16 << 10;

  void ServeReceived();
  std::vector<uint64_t> Ids() const;

  EventLoop& loop_;
  ConnectionLimits limits_;
  ServingHandler* serving_handler_ = nullptr;
  const std::unique_ptr<char[]> read_buffer_;
  size_t read_used_ = 0;
  std::vector<Received> received_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<uint64_t> queue_;
  std::vector<uint64_t> running_;  // kept for its capacity
  std::vector<std::unique_ptr<Connection>> retired_;
  ConnectionCounters counters_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_CONNECTION_SET_H_
