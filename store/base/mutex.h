#ifndef FASTKV_STORE_BASE_MUTEX_H_
#define FASTKV_STORE_BASE_MUTEX_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"

namespace kv::store {

// Mutex: guards a shard. Four bytes; one atomic instruction each to lock and to
// unlock when nobody else wants it.
//
// The third algorithm of Ulrich Drepper, "Futexes Are Tricky" (2011), with a
// short spin before sleeping: shards are held for well under a microsecond. Why
// not absl::Mutex: it is several times the size and cost, and the packaged
// library is not instrumented, so that ThreadSanitizer does not see it.
//
// Threads    safe; not recursive; not fair.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!TryAcquire()) LockSlowly();
  }

  // Takes the lock if it is free; whether it was.
  [[nodiscard]] bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryAcquire();
  }

  void Unlock() ABSL_UNLOCK_FUNCTION() {
    // release: what was done under the lock is seen by the next owner.
    if (state_.exchange(kFree, std::memory_order_release) == kContended) {
      state_.notify_one();
    }
  }

  // Tells the analysis, which cannot follow a set of locks, what is so.
  void AssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK() {}

 private:
  enum State : uint32_t { kFree, kHeld, kContended };

  bool TryAcquire() {
    uint32_t expected = kFree;
    return state_.compare_exchange_strong(
        expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed);
  }

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  void LockSlowly() {
    constexpr int kSpins = 64;
    for (int i = 0; i < kSpins; ++i) {
      if (state_.load(std::memory_order_relaxed) == kFree && TryAcquire()) {
        return;
      }
      Pause();
    }
    // Whoever sleeps leaves kContended behind, so that Unlock wakes someone;
    // the one woken cannot know whether others sleep and leaves it as well.
    while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
      state_.wait(kContended, std::memory_order_relaxed);
    }
  }

  std::atomic<uint32_t> state_{kFree};
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_MUTEX_H_
