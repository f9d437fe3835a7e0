#ifndef FASTKV_TESTS_TCP_GATEWAY_CLIENT_SOCKET_H_
#define FASTKV_TESTS_TCP_GATEWAY_CLIENT_SOCKET_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace kv::gateway {

// A blocking client of a port on 127.0.0.1, for tests. Calls that wait give up
// after ten seconds, as if the peer had closed.
class ClientSocket {
 public:
  explicit ClientSocket(int port, int receive_buffer_bytes = 0);
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  bool connected() const { return connected_; }
  // False if the peer has closed.
  bool Send(absl::string_view bytes);
  // Sends what fits without waiting; returns how much.
  size_t SendSome(absl::string_view bytes);
  // Exactly `size` bytes, or fewer if the peer closes first.
  std::string Read(size_t size);
  // Through the next line feed.
  std::string ReadLine();
  std::string ReadToEnd();
  // Whether nothing arrives within `milliseconds`.
  bool IsSilentFor(int milliseconds);
  void EndWrites();
  void Close();
  // Ends the connection with a reset, unread data or not.
  void Reset();

 private:
  int fd_;
  bool connected_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TESTS_TCP_GATEWAY_CLIENT_SOCKET_H_
