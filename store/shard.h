#ifndef FASTKV_STORE_SHARD_H_
#define FASTKV_STORE_SHARD_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "store/base/limits.h"
#include "store/base/mutex.h"
#include "store/base/time.h"
#include "store/entry.h"
#include "store/entry_table.h"
#include "store/ttl_heap.h"

namespace kv::store {

// Database: the entries of one database in one shard.
//
// Invariant  an entry is in the heap if and only if it is in the table and has
//            a deadline.
struct Database {
  Database() = default;
  Database(Database&&) = default;
  Database& operator=(Database&& other) noexcept {
    std::swap(pool, other.pool);
    table = std::move(other.table);  // these two exchange, too
    heap = std::move(other.heap);
    return *this;
  }

  // Gives the entry the deadline, or (kNoDeadline) none.
  // REQUIRES: the entry has room for one, if it gets one.
  void SetDeadline(Entry* entry, TimeMs deadline) {
    if (deadline != kNoDeadline) {
      heap.Set(entry, deadline);
    } else {
      heap.Remove(entry);
    }
  }

  // Moves some entries together, if so much memory is free between them that
  // it is worth it. All pointers to entries are invalid afterwards.
  // REQUIRES: all of the pool's entries are in the table.
  void TidyUp() {
    if (!pool->is_sparse()) return;
    pool->EmptyOneSegment([this](Entry* from, Entry* to) {
      table.Moved(*from, *to);
      heap.Moved(*to);
    });
  }

  // Stays where it is when databases are exchanged, as entries do.
  std::unique_ptr<EntryPool> pool = std::make_unique<EntryPool>();
  EntryTable table{pool.get()};
  TtlHeap<Entry, EntryPool> heap{pool.get()};
};

// Shard: a mutex and the part of the keyspace that it guards.
//
// Threads    everything but `mutex` is guarded by it. Only Transaction locks
//            it, and the few whole-keyspace walks in key_ops.cc.
class alignas(64) Shard {
 public:
  Mutex mutex;

  // The database in this place, which Keyspace::database_map() knows.
  Database& database(uint8_t place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (place == 0) return first_;
    // Few use more than one: the others are made together, when needed.
    if (others_ == nullptr) {
      others_ = std::make_unique<Database[]>(kDatabases - 1);
    }
    return others_[place - 1];
  }

  // How far the log must be durable before anyone may be told of what is here.
  uint64_t mark() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return mark_; }
  void set_mark(uint64_t position) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    mark_ = position;
  }

  // The number of places with a database so far: those below it.
  int databases() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return others_ == nullptr ? 1 : kDatabases;
  }

  // After removing entries, when nobody refers to one: see Database.
  void TidyUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    first_.TidyUp();
    for (int i = 0; others_ != nullptr && i < kDatabases - 1; ++i) {
      others_[i].TidyUp();
    }
  }

  // The earliest deadline in any database.
  TimeMs next_deadline() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    TimeMs next = first_.heap.next_deadline();
    for (int i = 0; others_ != nullptr && i < kDatabases - 1; ++i) {
      next = std::min(next, others_[i].heap.next_deadline());
    }
    return next;
  }

 private:
  uint64_t mark_ ABSL_GUARDED_BY(mutex) = 0;
  Database first_ ABSL_GUARDED_BY(mutex);
  std::unique_ptr<Database[]> others_ ABSL_GUARDED_BY(mutex);
};

}  // namespace kv::store

#endif  // FASTKV_STORE_SHARD_H_
