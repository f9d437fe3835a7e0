#ifndef FASTKV_SERVER_STOP_SIGNAL_H_
#define FASTKV_SERVER_STOP_SIGNAL_H_

#include <signal.h>

#include <atomic>
#include <thread>

namespace kv::server {

// StopSignal: waits for SIGTERM or SIGINT. The first asks the server to end,
// the second, from whoever does not want to wait, ends the process at once.
//
// Owns       the thread that waits, which the destructor ends.
class StopSignal {
 public:
  // Blocks the signals, so that only this takes them, and has a broken
  // connection, or a file at its size limit, be an error of write().
  // REQUIRES: no other thread has been started, so that all inherit the mask.
  StopSignal();
  ~StopSignal();

  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Signals are taken from now on, and what came before. Once.
  void Start();
  // Whether the server is to end.
  bool came() const { return came_.load(); }
  // Returns when it is. REQUIRES: Start() was called.
  void Wait() const { came_.wait(false); }

 private:
  void Run();
  // The signal that came; 0: the destructor runs.
  int Take() const;

  sigset_t signals_;
  std::atomic<bool> came_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_STOP_SIGNAL_H_
