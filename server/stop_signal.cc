#include "server/stop_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "server/log/log.h"

namespace kv::server {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

StopSignal::~StopSignal() {
  if (!thread_.joinable()) return;
  ending_.store(true);
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void StopSignal::Start() {
  thread_ = std::thread([this] { Run(); });
}

int StopSignal::Take() const {
  int number = 0;
  sigwait(&signals_, &number);
  return ending_.load() ? 0 : number;
}

void StopSignal::Run() {
  const int number = Take();
  if (number == 0) return;
  LogInfo(absl::StrCat(number == SIGTERM ? "SIGTERM" : "SIGINT",
                       ": stopping; finishing what is in flight"));
  came_.store(true);
  came_.notify_all();
  if (Take() == 0) return;
  LogWarning("second signal: ending at once");
  _exit(EXIT_FAILURE);
}

}  // namespace kv::server
