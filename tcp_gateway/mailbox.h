#ifndef FASTKV_TCP_GATEWAY_MAILBOX_H_
#define FASTKV_TCP_GATEWAY_MAILBOX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "store/base/mutex.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/net/event_loop.h"

namespace kv::gateway {

// Mailbox: the orders of other threads for one loop's connections. The loop is
// woken for the first; it takes all that came meanwhile.
//
// What waits here for one connection is bounded: were it not, a loop that is
// busy would let a publisher fill the memory.
//
// Owns       the orders. Keeps the loop, which is told of orders as long as it
//            runs.
// Threads    safe; Take and End are the loop's thread's.
class Mailbox final : public ConnectionRef::Mailbox {
 public:
  struct Order {
    uint64_t connection;
    ConnectionRef::Task task;  // null: too much waits, drop the connection
  };

  // `arrived` is called on the loop, some time after orders were posted.
  Mailbox(std::shared_ptr<EventLoop> loop, size_t max_backlog_bytes,
          std::function<void()> arrived)
      : loop_(std::move(loop)),
        max_backlog_bytes_(max_backlog_bytes),
        arrived_(std::move(arrived)) {}

  void Post(uint64_t connection, ConnectionRef::Task task,
            size_t bytes) override;

  // Moves what was posted into `orders`, in order. REQUIRES: it is empty.
  void Take(std::vector<Order>* orders);

  // The loop has ended: drops what is there and whatever will come.
  void End();

 private:
  // False: the order is one too many and was answered for.
  bool Count(uint64_t connection, ConnectionRef::Task* task, size_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<EventLoop> loop_;
  const size_t max_backlog_bytes_;
  const std::function<void()> arrived_;

  store::Mutex mutex_;
  std::vector<Order> orders_ ABSL_GUARDED_BY(mutex_);
  // Bytes that wait, by connection; those for which none do are absent.
  absl::flat_hash_map<uint64_t, size_t> backlog_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_MAILBOX_H_
