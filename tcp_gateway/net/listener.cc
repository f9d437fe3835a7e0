#include "tcp_gateway/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace kv::gateway {

namespace {

// As many as arrive in a burst; the kernel caps it at net.core.somaxconn.
constexpr int kBacklog = 4096;
// Connections taken before the loop's other work gets its turn.
constexpr int kAcceptsPerTurn = 64;
// How long to leave the backlog alone when there is nothing to accept with.
constexpr int64_t kPauseMs = 100;
// A peer that vanished is noticed after about this long.
constexpr int kKeepAliveSeconds = 300;

int OpenSpare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

void Set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

// Accepted sockets inherit these, which saves calls per connection.
void SetOptions(int fd) {
  Set(fd, SOL_SOCKET, SO_REUSEADDR, 1);  // restart while old ones linger
  Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
  Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds / 3);
  Set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // replies leave in whole batches
}

// A listening socket at `address`, or -1 and errno.
int Listen(const addrinfo& address) {
  const int fd =
      socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  SetOptions(fd);
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 &&
      listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int PortOf(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

std::string FormatAddress(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.ss_family == AF_INET6) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof(text));
    return absl::StrCat("[", text, "]:", ntohs(in6.sin6_port));
  }
  const auto& in = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
  return absl::StrCat(text, ":", ntohs(in.sin_port));
}

std::string LocalAddress(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return FormatAddress(address);
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(absl::string_view bind,
                                                         int port) {
  const std::string host(bind);
  const std::string name = absl::StrCat("cannot listen on ", host, ":", port);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                absl::StrCat(port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", gai_strerror(error)));
  }
  absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  const int fd = Listen(*found);
  if (fd < 0) return absl::ErrnoToStatus(errno, name);
  return std::unique_ptr<Listener>(new Listener(fd, PortOf(fd)));
}

Listener::Listener(int fd, int port)
    : fd_(fd), port_(port), spare_fd_(OpenSpare()) {}

Listener::~Listener() {
  if (spare_fd_ >= 0) close(spare_fd_);
  if (fd_ >= 0) close(fd_);
}

absl::Status Listener::Start(EventLoop* loop, AcceptHandler* handler) {
  loop_ = loop;
  handler_ = handler;
  if (!loop_->Watch(fd_, EPOLLIN, this)) {
    return absl::ErrnoToStatus(errno, "cannot watch the listening socket");
  }
  return absl::OkStatus();
}

void Listener::Stop() {
  if (fd_ < 0) return;
  loop_->Forget(fd_);
  close(fd_);
  fd_ = -1;
}

void Listener::OnEvents(uint32_t /*events*/) {
  for (int i = 0; i < kAcceptsPerTurn && fd_ >= 0; ++i) {
    sockaddr_storage peer = {};
    socklen_t size = sizeof(peer);
    const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      handler_->OnAccept(fd, peer);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return;
      case EMFILE:
      case ENFILE:
        if (GoOnWithoutFiles(errno)) continue;
        return;
      case ENOBUFS:
      case ENOMEM:
        handler_->OnAcceptFailure(errno);
        return PauseAccepting();
      default:
        continue;  // EINTR, or a connection that died in the backlog
    }
  }
}

bool Listener::GoOnWithoutFiles(int error) {
  switch (RefuseOne()) {
    case Refusal::kRefused:
      handler_->OnAcceptFailure(error);
      return true;
    case Refusal::kNobodyWaits:
      return false;
    case Refusal::kImpossible:
      handler_->OnAcceptFailure(error);
      PauseAccepting();
      return false;
  }
  return false;
}

Listener::Refusal Listener::RefuseOne() {
  // Out of descriptors, the backlog stays readable and the loop would spin:
  // the spare one accepts the caller, to close it. An empty backlog is noticed
  // only here: accept() looks for a descriptor first.
  if (spare_fd_ < 0) return Refusal::kImpossible;
  close(spare_fd_);
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  const bool nobody = fd < 0 && errno == EAGAIN;
  if (fd >= 0) close(fd);
  spare_fd_ = OpenSpare();
  if (fd >= 0) return Refusal::kRefused;
  return nobody ? Refusal::kNobodyWaits : Refusal::kImpossible;
}

void Listener::PauseAccepting() {
  loop_->Change(fd_, 0, this);
  loop_->CallAt(loop_->steady_ms() + kPauseMs, this, 0);
}

void Listener::OnTimer(uint64_t /*cookie*/) {
  if (fd_ < 0) return;
  if (spare_fd_ < 0) spare_fd_ = OpenSpare();
  loop_->Change(fd_, EPOLLIN, this);
}

}  // namespace kv::gateway
