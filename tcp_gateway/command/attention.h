#ifndef FASTKV_TCP_GATEWAY_COMMAND_ATTENTION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_ATTENTION_H_

#include <atomic>
#include <cstdint>

namespace kv::gateway {

// Attention: whether the executor has anything to do besides executing, for
// reasons that concern all clients. One word that is read before each command
// and hardly ever written.
//
// Threads    safe.
class Attention {
 public:
  enum Reason : uint32_t {
    kPaused = 1 << 0,     // CLIENT PAUSE
    kMonitored = 1 << 1,  // somebody watches
    kReadOnly = 1 << 2,   // the log has failed
    kLoading = 1 << 3,    // nobody may use the keyspace yet
  };

  bool any() const { return reasons() != 0; }
  // Who sees that kLoading is gone sees all that was loaded.
  uint32_t reasons() const { return reasons_.load(std::memory_order_acquire); }
  void Add(Reason reason) { reasons_.fetch_or(reason); }
  void Remove(Reason reason) { reasons_.fetch_and(~reason); }

 private:
  std::atomic<uint32_t> reasons_{0};
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_ATTENTION_H_
