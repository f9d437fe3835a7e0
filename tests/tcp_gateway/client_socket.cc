#include "tests/tcp_gateway/client_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

namespace kv::gateway {

ClientSocket::ClientSocket(int port, int receive_buffer_bytes) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval timeout = {.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  if (receive_buffer_bytes > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
               sizeof(receive_buffer_bytes));
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ =
      connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

ClientSocket::~ClientSocket() { Close(); }

bool ClientSocket::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

size_t ClientSocket::SendSome(absl::string_view bytes) {
  const ssize_t sent =
      send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return std::max<ssize_t>(sent, 0);
}

std::string ClientSocket::Read(size_t size) {
  std::string bytes(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = recv(fd_, &bytes[filled], size - filled, 0);
    if (got <= 0) break;
    filled += got;
  }
  bytes.resize(filled);
  return bytes;
}

std::string ClientSocket::ReadLine() {
  std::string line;
  while (line.empty() || line.back() != '\n') {
    const std::string next = Read(1);
    if (next.empty()) break;
    line += next;
  }
  return line;
}

std::string ClientSocket::ReadToEnd() {
  std::string bytes;
  while (true) {
    const std::string more = Read(4096);
    bytes += more;
    if (more.size() < 4096) return bytes;
  }
}

bool ClientSocket::IsSilentFor(int milliseconds) {
  pollfd wait = {.fd = fd_, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, milliseconds) == 0;
}

void ClientSocket::EndWrites() { shutdown(fd_, SHUT_WR); }

void ClientSocket::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void ClientSocket::Reset() {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Close();
}

}  // namespace kv::gateway
