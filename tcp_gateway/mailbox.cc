#include "tcp_gateway/mailbox.h"

namespace kv::gateway {

void Mailbox::Post(uint64_t connection, ConnectionRef::Task task,
                   size_t bytes) {
  bool first;
  {
    store::MutexLock lock(mutex_);
    if (ended_ || !Count(connection, &task, bytes)) return;
    first = orders_.empty();
    orders_.push_back({connection, std::move(task)});
  }
  // A loop that has ended drops this, so that it never outlives the mailbox.
  if (first) loop_->Post([this] { arrived_(); });
}

bool Mailbox::Count(uint64_t connection, ConnectionRef::Task* task,
                    size_t bytes) {
  if (bytes == 0) return true;
  size_t& backlog = backlog_[connection];
  if (backlog > max_backlog_bytes_) return false;
  backlog += bytes;
  if (backlog > max_backlog_bytes_) *task = nullptr;
  return true;
}

void Mailbox::Take(std::vector<Order>* orders) {
  store::MutexLock lock(mutex_);
  orders->swap(orders_);
  backlog_.clear();
}

void Mailbox::End() {
  std::vector<Order> dropped;  // whose destructors may reach anything
  store::MutexLock lock(mutex_);
  ended_ = true;
  dropped.swap(orders_);
}

}  // namespace kv::gateway
