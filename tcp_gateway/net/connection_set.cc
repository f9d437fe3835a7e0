#include "tcp_gateway/net/connection_set.h"

#include <utility>

namespace kv::gateway {
namespace {

// Replies that are sent at once rather than when others are ready, too.
constexpr size_t kLongOutputBytes = 32 << 10;

}  // namespace

ConnectionSet::ConnectionSet(EventLoop* loop, const ConnectionLimits& limits)
    : loop_(*loop),
      limits_(limits),
      read_buffer_(std::make_unique_for_overwrite<char[]>(kMaxReceivedBytes +
                                                          limits.read_bytes)) {
  received_.reserve(kMaxReceived);
  loop_.set_turn_handler(this);
}

ConnectionSet::~ConnectionSet() { CloseAll(); }

void ConnectionSet::Add(std::unique_ptr<Connection> connection) {
  Connection* added = connection.get();
  connections_.emplace(added->id(), std::move(connection));
  if (!added->Start()) added->Close();
}

Connection* ConnectionSet::Find(uint64_t id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

std::vector<uint64_t> ConnectionSet::Ids() const {
  std::vector<uint64_t> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  return ids;
}

void ConnectionSet::SetIdleTimeout(int64_t timeout_ms) {
  limits_.idle_timeout_ms = timeout_ms;
  for (const auto& [id, connection] : connections_) connection->Rearm();
}

void ConnectionSet::DrainAll() {
  for (const uint64_t id : Ids()) {
    if (Connection* connection = Find(id)) connection->Drain();
  }
  ServeReceived();
}

void ConnectionSet::CloseAll() {
  for (const uint64_t id : Ids()) {
    if (Connection* connection = Find(id)) connection->Close();
  }
  received_.clear();
  retired_.clear();
}

void ConnectionSet::ServeLater(Connection* connection,
                               absl::string_view input) {
  received_.push_back({connection, input});
  if (input.data() == RoomToRead().data()) {
    // Each begins a line of the cache: the kernel writes whole ones fastest.
    read_used_ += (input.size() + 63) & ~size_t{63};
  }
  if (received_.size() >= kMaxReceived || read_used_ >= kMaxReceivedBytes) {
    ServeReceived();
  }
}

void ConnectionSet::ServeReceived() {
  if (received_.empty()) return;
  if (serving_handler_ != nullptr) serving_handler_->BeforeServing(received_);
  // A connection is destroyed only when the turn ends.
  for (Received& received : received_) {
    Connection* connection = received.connection;
    if (connection->closed()) continue;
    connection->Serve(received.input);
    if (connection->pending_output() > kLongOutputBytes) {
      connection->Settle();
      received.connection = nullptr;
    }
  }
  for (const Received& received : received_) {
    if (received.connection != nullptr) received.connection->Settle();
  }
  received_.clear();
  read_used_ = 0;
}

void ConnectionSet::Enqueue(Connection* connection) {
  if (connection->queued_) return;
  connection->queued_ = true;
  queue_.push_back(connection->id());
}

void ConnectionSet::Retire(Connection* connection) {
  counters_.closed.Add(1);
  const auto found = connections_.find(connection->id());
  retired_.push_back(std::move(found->second));
  connections_.erase(found);
}

bool ConnectionSet::EndTurn() {
  running_.swap(queue_);
  for (const uint64_t id : running_) {
    if (Connection* connection = Find(id)) {
      connection->queued_ = false;
      connection->Continue();
    }
  }
  running_.clear();
  retired_.clear();
  return !queue_.empty();
}

void ConnectionSet::OnTimer(uint64_t id) {
  if (Connection* connection = Find(id)) {
    connection->OnTimer(loop_.steady_ms());
  }
}

}  // namespace kv::gateway
