#ifndef FASTKV_TCP_GATEWAY_NET_LISTENER_H_
#define FASTKV_TCP_GATEWAY_NET_LISTENER_H_

#include <sys/socket.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tcp_gateway/net/event_loop.h"

namespace kv::gateway {

// Takes over a new connection's socket, which is non-blocking.
class AcceptHandler {
 public:
  virtual ~AcceptHandler() = default;
  virtual void OnAccept(int fd, const sockaddr_storage& peer) = 0;
  // A caller had to be turned away, or to wait, for lack of descriptors or
  // memory: `error` as in errno. Called for each attempt.
  virtual void OnAcceptFailure(int error) = 0;
};

// "127.0.0.1:1234", "[::1]:1234"
std::string FormatAddress(const sockaddr_storage& address);
// The address of this side of a connection.
std::string LocalAddress(int fd);

// Listener: the port. One socket on one loop, whose connections the handler
// spreads over the loops: a socket per loop (SO_REUSEPORT) would let a second
// server start silently on the same port, and gives each loop a random share
// of the connections, where pinned connections need an even one.
//
// Owns       the socket, and one spare descriptor: with none left, it is what
//            lets a caller be told so instead of waiting.
// Threads    compatible; belongs to its loop.
class Listener : public EventHandler, public TimerHandler {
 public:
  // Listens on `bind` (a name or address) and `port`, 0 for any free one. The
  // error names the address and the reason.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(absl::string_view bind,
                                                        int port);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }

  // Both on the loop's thread, or before it runs.
  absl::Status Start(EventLoop* loop, AcceptHandler* handler);
  void Stop();

  void OnEvents(uint32_t events) override;
  void OnTimer(uint64_t cookie) override;

 private:
  Listener(int fd, int port);

  // Turns away a caller for whom there is no descriptor.
  enum class Refusal { kRefused, kNobodyWaits, kImpossible };
  Refusal RefuseOne();
  // Reports the failure. False if there is nobody else, or accepting has to
  // wait.
  bool GoOnWithoutFiles(int error);
  void PauseAccepting();

  int fd_;
  const int port_;
  int spare_fd_;
  EventLoop* loop_ = nullptr;
  AcceptHandler* handler_ = nullptr;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_LISTENER_H_
