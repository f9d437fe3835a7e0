#include "store/base/mutex.h"

#include <chrono>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

TEST(MutexTest, IsFourBytes) { EXPECT_EQ(sizeof(Mutex), 4u); }

TEST(MutexTest, CanBeLockedAgainAfterUnlock) {
  Mutex mutex;
  for (int i = 0; i < 3; ++i) MutexLock lock(mutex);
}

// More threads than cores, and a plain counter: a lost update, or a thread that
// is never woken, fails the test.
TEST(MutexTest, LetsOneThreadInAtATime) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 20000;
  Mutex mutex;
  int counter = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&mutex, &counter] {
      for (int round = 0; round < kRounds; ++round) {
        MutexLock lock(mutex);
        ++counter;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, kThreads * kRounds);
}

// Held longer than any spin: every waiter sleeps, and each must be woken by the
// one before it.
TEST(MutexTest, WakesEveryThreadThatSleeps) {
  constexpr int kThreads = 6;
  Mutex mutex;
  int counter = 0;
  std::vector<std::thread> threads;
  for (int round = 0; round < 10; ++round) {
    threads.clear();
    mutex.Lock();
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&mutex, &counter] {
        MutexLock lock(mutex);
        ++counter;
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    mutex.Unlock();
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(counter, 10 * kThreads);
}

}  // namespace
}  // namespace kv::store
