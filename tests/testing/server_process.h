#ifndef FASTKV_TESTS_TESTING_SERVER_PROCESS_H_
#define FASTKV_TESTS_TESTING_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace kv::testing {

// ServerProcess: a real server on free ports, for one test. Its end is checked
// as well: that is where a sanitizer's report shows.
class ServerProcess {
 public:
  // Starts the program, and waits until its log says that it is ready.
  explicit ServerProcess(const std::string& program,
                         std::vector<std::string> flags = {});
  ~ServerProcess() { Stop(); }

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Ends it with SIGTERM, and expects that it exits with 0.
  void Stop();
  // Stops it from running, as a machine that hangs would, until Resume.
  void Pause() const;
  void Resume() const;

  // 0 if the server did not start.
  int tcp_port() const { return tcp_port_; }
  int grpc_port() const { return grpc_port_; }
  std::string grpc_target() const {
    return "127.0.0.1:" + std::to_string(grpc_port_);
  }

 private:
  void ReadLogUntilReady();

  pid_t pid_ = -1;
  FILE* log_ = nullptr;
  int tcp_port_ = 0;
  int grpc_port_ = 0;
};

}  // namespace kv::testing

#endif  // FASTKV_TESTS_TESTING_SERVER_PROCESS_H_
