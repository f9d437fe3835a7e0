#include "bench/load/tcp_driver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/load/reply_scanner.h"
#include "bench/load/run_loops.h"
#include "bench/load/schedule.h"

namespace kv::bench {

namespace {

constexpr size_t kReadBytes = 256 << 10;
constexpr int kMaxEvents = 256;

struct Connection {
  ~Connection() {
    if (fd >= 0) close(fd);
  }

  int fd = -1;
  int index = 0;             // within its thread
  uint64_t first = 0;        // where it begins in the ring
  uint64_t limit = 0;        // requests it sends in all
  uint64_t goal = 0;         // requests that may leave by now
  uint64_t handed = 0;       // requests taken from the ring
  uint64_t done = 0;         // replies
  int64_t sent_ns = 0;       // when the last batch left (without a schedule)
  absl::string_view unsent;  // taken from the ring, not accepted by the socket
  bool waits_to_send = false;  // asked epoll to say when the socket takes more
  ReplyScanner scanner;
};

absl::Status Errno(absl::string_view what) {
  return absl::ErrnoToStatus(errno, what);
}

absl::Status Connect(const RunOptions& options, Connection* connection) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(options.port));
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.host, " is no IPv4 address"));
  }
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->fd < 0) return Errno("socket");
  if (connect(connection->fd, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    return Errno(absl::StrCat("connect to ", options.host, ":", options.port));
  }
  const int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return absl::OkStatus();
}

// One thread's connections and their loop.
class Loop {
 public:
  Loop(const RunOptions& options, const RequestRing& ring)
      : options_(options), ring_(ring), input_(kReadBytes) {}
  ~Loop() {
    if (epoll_ >= 0) close(epoll_);
  }

  absl::Status Add(uint64_t first, uint64_t limit) {
    if (epoll_ < 0) epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) return Errno("epoll_create1");
    auto connection = std::make_unique<Connection>();
    connection->index = static_cast<int>(connections_.size());
    connection->first = first;
    connection->limit = limit;
    if (absl::Status status = Connect(options_, connection.get());
        !status.ok()) {
      return status;
    }
    epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection.get()}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
      return Errno("epoll_ctl");
    }
    if (limit > 0) ++unfinished_;
    connections_.push_back(std::move(connection));
    return absl::OkStatus();
  }

  // Runs until every connection is done, or until `end_ns`.
  void Run(int64_t start_ns, int64_t end_ns) {
    if (options_.rate > 0) {
      schedule_ = std::make_unique<Schedule>(
          start_ns, options_.rate, static_cast<int>(connections_.size()),
          static_cast<double>(connections_.size()) / options_.connections);
    } else {
      for (auto& connection : connections_) NextBatch(*connection, NowNs());
    }
    epoll_event events[kMaxEvents];
    while (unfinished_ > 0 && status_.ok()) {
      int64_t now = NowNs();
      if (now >= end_ns || options_.stopped()) return;
      const int count = Wait(events, now, end_ns);
      now = NowNs();
      for (int i = 0; i < count && status_.ok(); ++i) {
        auto& connection = *static_cast<Connection*>(events[i].data.ptr);
        if (events[i].events & EPOLLOUT) Send(connection);
        if (events[i].events & ~EPOLLOUT) Receive(connection, now);
      }
    }
  }

  const absl::Status& status() const { return status_; }

  void AddTo(RunResult* result) const {
    result->latency.Merge(latency_);
    result->errors += errors_;
    for (const auto& connection : connections_) {
      if (!result->first_error.empty()) return;
      result->first_error = connection->scanner.first_error();
    }
  }

 private:
  // Sends what is due and waits for replies until more is.
  int Wait(epoll_event* events, int64_t now, int64_t end_ns) {
    int64_t wake_ns = end_ns;
    if (schedule_ != nullptr) {
      while (schedule_->DueNs(next_due_) <= now) {
        Connection& c = *connections_[schedule_->ConnectionOf(next_due_++)];
        if (c.goal == c.limit) continue;
        ++c.goal;
        if (!c.waits_to_send) Send(c);
      }
      wake_ns = std::min(wake_ns, schedule_->DueNs(next_due_));
    }
    timespec timeout;
    const int64_t wait_ns = std::max<int64_t>(wake_ns - NowNs(), 0);
    timeout.tv_sec = wait_ns / 1000000000;
    timeout.tv_nsec = wait_ns % 1000000000;
    const int count =
        epoll_pwait2(epoll_, events, kMaxEvents, &timeout, nullptr);
    if (count < 0 && errno != EINTR) status_ = Errno("epoll_pwait2");
    return count;
  }

  void NextBatch(Connection& c, int64_t now) {
    c.goal =
        std::min(c.goal + static_cast<uint64_t>(options_.pipeline), c.limit);
    c.sent_ns = now;
    Send(c);
  }

  void Send(Connection& c) {
    while (true) {
      if (c.unsent.empty()) {
        if (c.handed == c.goal) break;
        uint64_t taken;
        c.unsent = ring_.Slice(c.first + c.handed, c.goal - c.handed, &taken);
        c.handed += taken;
      }
      const ssize_t sent = send(c.fd, c.unsent.data(), c.unsent.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0) {
        if (errno == EAGAIN) return AskToSend(c, true);
        if (errno == EINTR) continue;
        status_ = Errno("send");
        return;
      }
      c.unsent.remove_prefix(sent);
    }
    if (c.waits_to_send) AskToSend(c, false);
  }

  void AskToSend(Connection& c, bool ask) {
    if (c.waits_to_send == ask) return;
    c.waits_to_send = ask;
    epoll_event event = {.events = ask ? EPOLLIN | EPOLLOUT : EPOLLIN,
                         .data = {.ptr = &c}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &event);
  }

  void Receive(Connection& c, int64_t now) {
    const ssize_t size = recv(c.fd, input_.data(), input_.size(), MSG_DONTWAIT);
    if (size < 0) {
      if (errno != EAGAIN && errno != EINTR) status_ = Errno("recv");
      return;
    }
    if (size == 0) {
      status_ = absl::UnavailableError(absl::StrCat(
          "the server closed a connection; ", c.scanner.first_error()));
      return;
    }
    const ReplyScanner::Found found = c.scanner.Feed(
        absl::string_view(input_.data(), static_cast<size_t>(size)));
    if (found.broken || found.replies > c.handed - c.done) {
      status_ = absl::DataLossError("these are not the replies expected");
      return;
    }
    errors_ += found.errors;
    if (schedule_ == nullptr) {
      if (found.replies > 0) latency_.Record(now - c.sent_ns, found.replies);
      c.done += found.replies;
    } else {
      for (uint64_t i = 0; i < found.replies; ++i) {
        latency_.Record(now - schedule_->DueNs(c.index, c.done++));
      }
    }
    if (c.done == c.limit) {
      if (found.replies > 0) --unfinished_;
    } else if (schedule_ == nullptr && c.done == c.goal) {
      NextBatch(c, now);
    }
  }

  const RunOptions& options_;
  const RequestRing& ring_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  size_t unfinished_ = 0;
  std::unique_ptr<Schedule> schedule_;  // null: no rate was given
  uint64_t next_due_ = 0;
  std::vector<char> input_;
  LatencyHistogram latency_;
  uint64_t errors_ = 0;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<RunResult> RunTcp(const RunOptions& options,
                                 const RequestRing& ring,
                                 const RunHooks& hooks) {
  return RunLoops<Loop>(options, ring, hooks);
}

}  // namespace kv::bench
