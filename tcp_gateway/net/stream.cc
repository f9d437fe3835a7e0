#include "tcp_gateway/net/stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace kv::gateway {

namespace {

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

IoResult Stream::Read(char* buffer, size_t size) {
  while (true) {
    const ssize_t got = recv(fd_, buffer, size, 0);
    if (got > 0) return {IoResult::Status::kDone, static_cast<size_t>(got)};
    if (got == 0) return {IoResult::Status::kEnd};
    if (errno == EINTR) continue;
    return {WouldBlock(errno) ? IoResult::Status::kNotNow
                              : IoResult::Status::kFailed};
  }
}

IoResult Stream::Write(const iovec* pieces, int count) {
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = count;
  while (true) {
    // send() spares the kernel from copying the message header in.
    const ssize_t sent = count == 1 ? send(fd_, pieces[0].iov_base,
                                           pieces[0].iov_len, MSG_NOSIGNAL)
                                    : sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {IoResult::Status::kDone, static_cast<size_t>(sent)};
    if (errno == EINTR) continue;
    return {WouldBlock(errno) ? IoResult::Status::kNotNow
                              : IoResult::Status::kFailed};
  }
}

void Stream::EndWrites() { shutdown(fd_, SHUT_WR); }

void Stream::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

}  // namespace kv::gateway
