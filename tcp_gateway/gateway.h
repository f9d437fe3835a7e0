#ifndef FASTKV_TCP_GATEWAY_GATEWAY_H_
#define FASTKV_TCP_GATEWAY_GATEWAY_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/base/mutex.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/net/counter.h"
#include "tcp_gateway/net/listener.h"
#include "tcp_gateway/options.h"
#include "tcp_gateway/worker.h"

namespace kv::gateway {

// Sums over all workers; each figure is right, all of them together are from
// about the same moment.
struct GatewayStats {
  int64_t connections = 0;  // open now
  uint64_t accepted = 0;
  uint64_t rejected = 0;  // for the connection limit
  uint64_t dropped = 0;   // for not reading, or for being idle
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t commands = 0;
};

// Gateway: the TCP port, from accept to close. Each connection is given to the
// worker that has the fewest and stays there.
//
// Owns       the listener and the workers.   Borrows  the service.
// Threads    safe.
class Gateway : private AcceptHandler {
 public:
  // Listens and serves. The error is one line that names the address.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(
      const GatewayOptions& options, CommandService* service);
  // Closes everything at once, if Shutdown() has not.
  ~Gateway() override;

  int port() const { return listener_->port(); }

  // Limits that can be changed while clients are served. Connections that are
  // open stay open, but for those that have been idle for too long by now.
  int64_t max_connections() const { return max_connections_.load(); }
  void set_max_connections(int64_t max) { max_connections_.store(max); }
  absl::Duration idle_timeout() const {
    return absl::Milliseconds(idle_timeout_ms_.load());
  }
  void SetIdleTimeout(absl::Duration timeout);

  GatewayStats stats() const;

  // Stops accepting, answers what has been received, closes each connection
  // once it has its replies, and after `grace` whatever is left. Once only.
  void Shutdown(absl::Duration grace);

 private:
  Gateway(const GatewayOptions& options, std::unique_ptr<Listener> listener);

  void OnAccept(int fd, const sockaddr_storage& peer) override;
  void OnAcceptFailure(int error) override;
  int64_t open_connections() const;

  const GatewayOptions options_;
  const std::unique_ptr<Listener> listener_;  // on the first worker's loop
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<int64_t> max_connections_;
  std::atomic<int64_t> idle_timeout_ms_;
  store::Mutex timeout_mutex_;  // all workers hear of the same timeout last
  Counter accepted_;            // written by the first worker
  Counter rejected_;
  // The first worker's: failures since the last warning, and when the next one
  // may come.
  uint64_t accept_failures_ = 0;
  int64_t next_warning_ms_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_GATEWAY_H_
