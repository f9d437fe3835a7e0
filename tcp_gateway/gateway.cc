#include "tcp_gateway/gateway.h"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

namespace kv::gateway {

namespace {

// Numbers of connections: 1, 2, 3... over all gateways of the process.
uint64_t NextConnectionId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// Tells the caller why, as Redis does, in words that every framing's client
// shows somewhere.
void Refuse(int fd) {
  constexpr absl::string_view kLine = "-ERR max number of clients reached\r\n";
  [[maybe_unused]] const ssize_t sent =
      send(fd, kLine.data(), kLine.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  close(fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(
    const GatewayOptions& options, CommandService* service) {
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Open(options.bind, options.port);
  if (!listener.ok()) return listener.status();
  auto gateway = absl::WrapUnique(new Gateway(options, *std::move(listener)));
  for (int i = 0; i < std::max(options.workers, 1); ++i) {
    absl::StatusOr<std::unique_ptr<Worker>> worker =
        Worker::Create(gateway->options_, service);
    if (!worker.ok()) return worker.status();
    gateway->workers_.push_back(*std::move(worker));
  }
  const absl::Status started = gateway->listener_->Start(
      &gateway->workers_.front()->loop(), gateway.get());
  if (!started.ok()) return started;
  for (const auto& worker : gateway->workers_) worker->Start();
  return gateway;
}

Gateway::Gateway(const GatewayOptions& options,
                 std::unique_ptr<Listener> listener)
    : options_(options),
      listener_(std::move(listener)),
      max_connections_(options.max_connections),
      idle_timeout_ms_(options.connection_limits.idle_timeout_ms) {}

Gateway::~Gateway() {
  // The first worker accepts for the others: it ends first, and nothing is
  // handed to a worker that has ended.
  for (const auto& worker : workers_) worker->Join();
}

void Gateway::OnAccept(int fd, const sockaddr_storage& peer) {
  if (open_connections() >= max_connections()) {
    rejected_.Add(1);
    return Refuse(fd);
  }
  accepted_.Add(1);
  Worker* least = workers_.front().get();
  for (const auto& worker : workers_) {
    if (worker->load() < least->load()) least = worker.get();
  }
  least->Adopt(fd, NextConnectionId(), peer);
}

void Gateway::OnAcceptFailure(int error) {
  // Callers come back at once: a line for each would fill the disk next.
  constexpr int64_t kWarnEveryMs = 10'000;
  ++accept_failures_;
  const int64_t now = workers_.front()->loop().steady_ms();
  if (!options_.warn || now < next_warning_ms_) return;
  next_warning_ms_ = now + kWarnEveryMs;
  const absl::Status status =
      absl::ErrnoToStatus(error, "cannot accept a connection");
  options_.warn(absl::StrCat(status.message(), ", ", accept_failures_,
                             " times since the last warning; ",
                             open_connections(), " are open"));
  accept_failures_ = 0;
}

int64_t Gateway::open_connections() const {
  int64_t open = 0;
  for (const auto& worker : workers_) open += worker->load();
  return open;
}

GatewayStats Gateway::stats() const {
  GatewayStats stats;
  stats.accepted = accepted_.value();
  stats.rejected = rejected_.value();
  for (const auto& worker : workers_) {
    const ConnectionCounters& counters = worker->connection_counters();
    stats.connections += worker->load();
    stats.dropped += counters.dropped.value();
    stats.bytes_in += counters.bytes_in.value();
    stats.bytes_out += counters.bytes_out.value();
    stats.commands += worker->commands().value();
  }
  return stats;
}

void Gateway::SetIdleTimeout(absl::Duration timeout) {
  const int64_t timeout_ms = absl::ToInt64Milliseconds(timeout);
  store::MutexLock lock(timeout_mutex_);
  idle_timeout_ms_.store(timeout_ms);
  for (const auto& worker : workers_) worker->SetIdleTimeout(timeout_ms);
}

void Gateway::Shutdown(absl::Duration grace) {
  const absl::Time end = absl::Now() + grace;
  std::promise<void> promise;
  const std::future<void> stopped = promise.get_future();
  workers_.front()->loop().Post([this, promise = std::move(promise)]() mutable {
    listener_->Stop();
    promise.set_value();
  });
  // Every connection accepted so far is in a worker's queue from here on.
  stopped.wait();
  for (const auto& worker : workers_) worker->Drain();
  while (open_connections() > 0 && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  for (const auto& worker : workers_) worker->Join();
}

}  // namespace kv::gateway
