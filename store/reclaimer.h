#ifndef FASTKV_STORE_RECLAIMER_H_
#define FASTKV_STORE_RECLAIMER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "store/shard.h"
#include "store/sorted_set.h"

namespace kv::store {

// Reclaimer: a thread that frees what is too large to be freed by a thread that
// others wait for: sorted sets of many members, and databases that were
// cleared.
//
// It frees in steps, and rests between them while little is left to do, so that
// it never takes a core from an event loop for long.
//
// Owns       what was handed over, until it is freed. The destructor frees what
//            is left.
// Threads    safe.
// Cost       Take: O(1), one allocation.
class Reclaimer {
 public:
  // Sets with fewer members are freed faster than they are handed over: in some
  // tens of microseconds.
  static constexpr size_t kLargeSet = 1024;

  Reclaimer();
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  void Take(SortedSet set) { Push(std::move(set)); }
  // Only the list's nodes go from thread to thread.
  void Take(std::forward_list<Database> databases) {
    Push(std::move(databases));
  }

  // How many values and lists were handed over so far.
  uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

  // Waits until all that was handed over so far is freed. For tests.
  void Drain();

 private:
  using Item = std::variant<SortedSet, std::forward_list<Database>>;

  void Push(Item item);
  void Run();
  // Frees a part; returns whether anything is left.
  static bool FreeSome(Item& item);

  std::atomic<uint64_t> taken_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::forward_list<Item> items_;  // guarded by mutex_, as the next two
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kv::store

#endif  // FASTKV_STORE_RECLAIMER_H_
