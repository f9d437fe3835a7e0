#ifndef FASTKV_TCP_GATEWAY_NET_COUNTER_H_
#define FASTKV_TCP_GATEWAY_NET_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace kv::gateway {

// A count that one thread changes and any thread reads. Relaxed and without a
// locked instruction: there is only one writer.
class Counter {
 public:
  void Add(uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_COUNTER_H_
