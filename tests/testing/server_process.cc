#include "tests/testing/server_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "gtest/gtest.h"

namespace kv::testing {

ServerProcess::ServerProcess(const std::string& program,
                             std::vector<std::string> flags) {
  flags.insert(flags.begin(),
               {program, "--port=0", "--grpc_port=0", "--bind=127.0.0.1"});
  std::vector<char*> arguments;
  for (std::string& flag : flags) arguments.push_back(flag.data());
  arguments.push_back(nullptr);
  int log[2];
  if (pipe(log) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    dup2(log[1], STDOUT_FILENO);
    dup2(log[1], STDERR_FILENO);
    close(log[0]);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(log[1]);
  log_ = fdopen(log[0], "r");
  ReadLogUntilReady();
}

// The start-up log: "INFO  tcp (text) on 127.0.0.1:1234, 2 workers".
void ServerProcess::ReadLogUntilReady() {
  const std::string kAddress = "127.0.0.1:";
  char line[1024];
  while (fgets(line, sizeof(line), log_) != nullptr) {
    const std::string text = line;
    const size_t address = text.find(kAddress);
    if (address != std::string::npos) {
      const int port = std::atoi(text.c_str() + address + kAddress.size());
      if (text.find(" tcp") != std::string::npos) tcp_port_ = port;
      if (text.find(" grpc") != std::string::npos) grpc_port_ = port;
    }
    if (text.find("ready") != std::string::npos) return;
  }
  ADD_FAILURE() << "the server did not start";
}

void ServerProcess::Pause() const {
  kill(pid_, SIGSTOP);
  // Until all of its threads stand still.
  int status = 0;
  waitpid(pid_, &status, WUNTRACED);
  EXPECT_TRUE(WIFSTOPPED(status));
}

void ServerProcess::Resume() const { kill(pid_, SIGCONT); }

void ServerProcess::Stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "the server's end: " << status;
  fclose(log_);
  pid_ = -1;
}

}  // namespace kv::testing
