#include "server/rpc/stranded_calls.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "grpcpp/server_posix.h"

namespace kv::server {
namespace {

// A stranded call waits for at most so long, and most shutdowns end sooner. One
// connection costs some 50 us.
constexpr absl::Duration kInterval = absl::Milliseconds(20);

// Gives the server a connection whose other end is closed.
void AddClosedConnection(grpc::Server* server) {
  int ends[2];
  // Without a descriptor to spare, the next attempt has to do.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                 ends) != 0) {
    return;
  }
  close(ends[1]);
  grpc::AddInsecureChannelFromFd(server, ends[0]);  // takes it
}

}  // namespace

StrandedCalls::StrandedCalls(grpc::Server* server)
    : server_(server), thread_(&StrandedCalls::Run, this) {}

StrandedCalls::~StrandedCalls() {
  over_.Notify();
  thread_.join();
}

void StrandedCalls::Run() {
  pthread_setname_np(pthread_self(), "fastkv-grpc-end");
  while (!over_.WaitForNotificationWithTimeout(kInterval)) {
    AddClosedConnection(server_);
  }
}

}  // namespace kv::server
