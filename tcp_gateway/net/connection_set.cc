#include "tcp_gateway/net/connection_set.h"

#include <utility>

namespace kv::gateway {

ConnectionSet::ConnectionSet(EventLoop* loop, const ConnectionLimits& limits)
    : loop_(*loop),
      limits_(limits),
      read_buffer_(std::make_unique_for_overwrite<char[]>(limits.read_bytes)) {
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
}

void ConnectionSet::CloseAll() {
  for (const uint64_t id : Ids()) {
    if (Connection* connection = Find(id)) connection->Close();
  }
  retired_.clear();
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
