#ifndef FASTKV_STORE_EFFECT_DURABLE_MARK_H_
#define FASTKV_STORE_EFFECT_DURABLE_MARK_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace kv::store {

// DurableMark: positions of the log, up to which it must be durable before
// anyone may be told of what was done; 0: nothing to wait for.
//
// Every shard knows the position of its last change (Shard::mark), and every
// thread has a mark for all that its transactions wrote or saw since it last
// took it: a reader must not tell of a write that a power failure could still
// undo. So operations and handlers know nothing of it, and whoever sends what
// they returned takes the mark and waits.
//
// Threads    a value; each thread has its own current one.
struct DurableMark {
  // Of a change that the log, having failed, did not take.
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

  uint64_t written = 0;
  uint64_t seen = 0;  // what others wrote

  uint64_t latest() const { return std::max(written, seen); }
  void Add(const DurableMark& other) {
    written = std::max(written, other.written);
    seen = std::max(seen, other.seen);
  }

  // The calling thread's.
  static void Write(uint64_t position) {
    current_.written = std::max(current_.written, position);
  }
  static void See(uint64_t position) {
    current_.seen = std::max(current_.seen, position);
  }
  static const DurableMark& Current() { return current_; }
  static DurableMark Take() { return std::exchange(current_, {}); }

 private:
  static thread_local constinit DurableMark current_;
};

inline thread_local constinit DurableMark DurableMark::current_ = {};

}  // namespace kv::store

#endif  // FASTKV_STORE_EFFECT_DURABLE_MARK_H_
