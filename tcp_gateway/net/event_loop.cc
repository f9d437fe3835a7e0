#include "tcp_gateway/net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"

namespace kv::gateway {

namespace {

// Events taken at once. More only delays the orders and timers behind them.
constexpr int kEventsPerTurn = 256;

int64_t ClockMs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create() {
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return absl::ErrnoToStatus(errno, "epoll_create1");
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) {
    const int error = errno;
    close(epoll_fd);
    return absl::ErrnoToStatus(error, "eventfd");
  }
  auto loop = std::unique_ptr<EventLoop>(new EventLoop(epoll_fd, wake_fd));
  // Edge-triggered, so that the counter need not be read to be silent.
  if (!loop->Watch(wake_fd, EPOLLIN | EPOLLET, nullptr)) {
    return absl::ErrnoToStatus(errno, "epoll_ctl");
  }
  loop->ReadClocks();
  return loop;
}

EventLoop::~EventLoop() {
  close(wake_fd_);
  close(epoll_fd_);
}

void EventLoop::Run() {
  epoll_event events[kEventsPerTurn];
  bool busy = false;
  while (!stopping_.load(std::memory_order_acquire)) {
    const int count =
        epoll_wait(epoll_fd_, events, kEventsPerTurn, WaitMs(busy));
    ReadClocks();
    bool woken = false;
    for (int i = 0; i < count; ++i) {
      auto* handler = static_cast<EventHandler*>(events[i].data.ptr);
      if (handler == nullptr) {
        woken = true;
      } else {
        handler->OnEvents(events[i].events);
      }
    }
    if (turn_handler_ != nullptr) turn_handler_->EndEvents();
    if (woken) RunTasks();
    RunTimers();
    busy = turn_handler_ != nullptr && turn_handler_->EndTurn();
  }
  while (!RunTasks(/*ending=*/true)) {
  }
}

void EventLoop::Stop() {
  stopping_.store(true, std::memory_order_release);
  Post([] {});
}

void EventLoop::Post(Task task) {
  bool first;
  {
    store::MutexLock lock(mutex_);
    if (ended_) return;
    first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  // Whoever found the list empty wakes the loop; the others ride along.
  if (first) {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
  }
}

bool EventLoop::Watch(int fd, uint32_t events, EventHandler* handler) {
  epoll_event event = {};
  event.events = events;
  event.data.ptr = handler;
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::Change(int fd, uint32_t events, EventHandler* handler) {
  epoll_event event = {};
  event.events = events;
  event.data.ptr = handler;
  epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::Forget(int fd) {
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::CallAt(int64_t steady_ms, TimerHandler* handler,
                       uint64_t cookie) {
  timers_.push_back({steady_ms, handler, cookie});
  std::push_heap(timers_.begin(), timers_.end());
}

int EventLoop::WaitMs(bool busy) const {
  if (busy) return 0;
  if (timers_.empty()) return -1;
  // The clock was read at the start of the last turn: a timer may come late by
  // that turn's length, never early.
  const int64_t wait = timers_.front().at_ms - steady_ms_;
  return static_cast<int>(std::clamp<int64_t>(wait, 0, 60'000));
}

void EventLoop::ReadClocks() {
  unix_ms_ = ClockMs(CLOCK_REALTIME);
  steady_ms_ = ClockMs(CLOCK_MONOTONIC);
}

bool EventLoop::RunTasks(bool ending) {
  {
    store::MutexLock lock(mutex_);
    running_.swap(tasks_);
    ended_ = ending && running_.empty();
    if (ended_) return true;
  }
  for (Task& task : running_) task();
  running_.clear();
  return false;
}

void EventLoop::RunTimers() {
  while (!timers_.empty() && timers_.front().at_ms <= steady_ms_) {
    std::pop_heap(timers_.begin(), timers_.end());
    const Timer due = timers_.back();
    timers_.pop_back();
    due.handler->OnTimer(due.cookie);
  }
}

}  // namespace kv::gateway
