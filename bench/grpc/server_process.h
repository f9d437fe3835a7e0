#ifndef FASTKV_BENCH_GRPC_SERVER_PROCESS_H_
#define FASTKV_BENCH_GRPC_SERVER_PROCESS_H_

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/rpc/grpc_server.h"
#include "store/keyspace.h"

// Servers in processes of their own, so that their CPU time is their own, and
// what is asked of them.
namespace kv::server {

inline constexpr int kKeys = 10'000;
inline constexpr size_t kKeyBytes = 16;
inline constexpr size_t kValueBytes = 64;

inline std::string KeyAt(int index) {
  std::string key = absl::StrCat(index);
  key.insert(0, kKeyBytes - key.size(), 'k');
  return key;
}

[[noreturn]] inline void ServeFastKv(int port_pipe) {
  store::Keyspace keyspace{store::KeyspaceOptions()};
  GrpcServerOptions options;
  options.port = 0;
  const auto server = GrpcServer::Start(options, keyspace);
  if (!server.ok()) _exit(1);
  const int port = (*server)->port();
  if (write(port_pipe, &port, sizeof(port)) != sizeof(port)) _exit(1);
  while (true) pause();
}

// A server in a process of its own, which ends with this object.
class ServerProcess {
 public:
  explicit ServerProcess(void (*serve)(int port_pipe)) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
      serve(ends[1]);
    }
    if (read(ends[0], &port_, sizeof(port_)) != sizeof(port_)) std::abort();
    close(ends[0]);
    close(ends[1]);
  }
  ~ServerProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  int port() const { return port_; }

  // What it has used since its start.
  double CpuSeconds() const {
    clockid_t clock;
    timespec used;
    if (clock_getcpuclockid(pid_, &clock) != 0) std::abort();
    clock_gettime(clock, &used);
    return static_cast<double>(used.tv_sec) + used.tv_nsec / 1e9;
  }

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace kv::server

#endif  // FASTKV_BENCH_GRPC_SERVER_PROCESS_H_
