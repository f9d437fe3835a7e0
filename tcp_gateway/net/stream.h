#ifndef FASTKV_TCP_GATEWAY_NET_STREAM_H_
#define FASTKV_TCP_GATEWAY_NET_STREAM_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

namespace kv::gateway {

// What became of a read or a write.
struct IoResult {
  enum class Status : uint8_t {
    kDone,    // `size` bytes went through; for a read never 0
    kNotNow,  // it would block
    kEnd,     // the peer will send no more
    kFailed,  // the connection is gone
  };
  Status status;
  size_t size = 0;
};

// Stream: the two ways bytes pass between a connection and its peer. The only
// place that knows how they travel: encryption becomes a second kind of stream
// here, and nothing above notices.
//
// Owns       the socket, which is non-blocking.
// Threads    compatible.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  ~Stream() { Close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int fd() const { return fd_; }

  IoResult Read(char* buffer, size_t size);
  // Writes the front of the pieces, as much as fits.
  IoResult Write(const iovec* pieces, int count);
  // Says that no more will be written; what was is still delivered.
  void EndWrites();
  void Close();

 private:
  int fd_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_STREAM_H_
