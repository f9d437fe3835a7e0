#ifndef FASTKV_TCP_GATEWAY_NET_EVENT_LOOP_H_
#define FASTKV_TCP_GATEWAY_NET_EVENT_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "store/base/mutex.h"

namespace kv::gateway {

// Told when its file descriptor is ready; level-triggered.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  virtual void OnEvents(uint32_t events) = 0;
};

// Told when a time has come that it asked for.
class TimerHandler {
 public:
  virtual ~TimerHandler() = default;
  virtual void OnTimer(uint64_t cookie) = 0;
};

// Told of the parts of a turn.
class TurnHandler {
 public:
  virtual ~TurnHandler() = default;
  // The events were handled; orders and timers follow.
  virtual void EndEvents() = 0;
  // All was; true: has more to do, so that the loop looks for events without
  // sleeping.
  virtual bool EndTurn() = 0;
};

// EventLoop: one thread's epoll, clock, timers and orders from other threads.
//
// Owns       the epoll and wake-up descriptors.   Borrows  the handlers.
// Threads    Post and Stop are safe; everything else belongs to the thread in
//            Run, or to the one that sets the loop up before.
// Cost       a turn without orders or due timers is one epoll_wait and one
//            reading of each clock, whatever the number of events.
class EventLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  static absl::StatusOr<std::unique_ptr<EventLoop>> Create();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Handles events until Stop(). Orders posted before it returns are carried
  // out, later ones dropped. Once only.
  void Run();
  void Stop();
  // Runs `task` on the loop's thread, soon, in the order of the calls.
  void Post(Task task);

  // False if the kernel refuses, for want of memory.
  bool Watch(int fd, uint32_t events, EventHandler* handler);
  void Change(int fd, uint32_t events, EventHandler* handler);
  void Forget(int fd);

  // Calls handler->OnTimer(cookie) at or soon after `steady_ms`. There is no
  // cancelling: a handler ignores what no longer matters.
  void CallAt(int64_t steady_ms, TimerHandler* handler, uint64_t cookie);
  void set_turn_handler(TurnHandler* handler) { turn_handler_ = handler; }

  // The time of this turn: since the Unix epoch, and of a clock that is never
  // set, for timeouts.
  int64_t unix_ms() const { return unix_ms_; }
  int64_t steady_ms() const { return steady_ms_; }

 private:
  struct Timer {
    int64_t at_ms;
    TimerHandler* handler;
    uint64_t cookie;
    // For a heap with the earliest on top.
    bool operator<(const Timer& other) const { return at_ms > other.at_ms; }
  };

  EventLoop(int epoll_fd, int wake_fd)
      : epoll_fd_(epoll_fd), wake_fd_(wake_fd) {}

  int WaitMs(bool busy) const;
  void ReadClocks();
  // Carries out what was posted. With `ending`, whether that was the last.
  bool RunTasks(bool ending = false);
  void RunTimers();

  const int epoll_fd_;
  const int wake_fd_;
  std::atomic<bool> stopping_{false};
  TurnHandler* turn_handler_ = nullptr;
  int64_t unix_ms_ = 0;
  int64_t steady_ms_ = 0;
  std::vector<Timer> timers_;  // a heap
  std::vector<Task> running_;  // kept for its capacity

  store::Mutex mutex_;
  std::vector<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_EVENT_LOOP_H_
