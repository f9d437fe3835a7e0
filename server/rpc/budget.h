#ifndef FASTKV_SERVER_RPC_BUDGET_H_
#define FASTKV_SERVER_RPC_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "server/rpc/rpc_status.h"

namespace kv::server {

// Budget: how much of something may be in use at a time: bytes, streams.
//
// Threads    safe.
class Budget {
 public:
  explicit Budget(size_t limit) : limit_(limit) {}

  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  size_t limit() const { return limit_; }
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool used_up() const { return used() >= limit_; }

 private:
  friend class BudgetShare;

  bool TryTake(size_t amount) {
    if (amount > limit_) return false;
    const size_t before = used_.fetch_add(amount, std::memory_order_relaxed);
    if (before <= limit_ - amount) return true;
    Return(amount);
    return false;
  }
  void Return(size_t amount) {
    used_.fetch_sub(amount, std::memory_order_relaxed);
  }

  const size_t limit_;
  std::atomic<size_t> used_{0};
};

// BudgetShare: what one user of a budget has taken, and gives back at its end.
class BudgetShare {
 public:
  explicit BudgetShare(Budget* budget) : budget_(budget) {}
  ~BudgetShare() { ReturnAll(); }

  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;

  // False: not so much is left, and nothing was taken.
  bool TryTake(size_t amount) {
    if (!budget_->TryTake(amount)) return false;
    taken_ += amount;
    return true;
  }
  // For what shows its size when it is there: may exceed the limit by that.
  void Take(size_t amount) {
    budget_->used_.fetch_add(amount, std::memory_order_relaxed);
    taken_ += amount;
  }
  void ReturnAll() {
    if (taken_ > 0) budget_->Return(std::exchange(taken_, 0));
  }

 private:
  Budget* const budget_;
  size_t taken_ = 0;
};

// What is answered while a budget is used up.
inline RpcStatus Overloaded(const char* message) {
  // Long enough for much to end, short beside a person's patience.
  constexpr int64_t kRetryDelayMs = 1000;
  RpcStatus status(fastkv::v1::ERROR_REASON_OVERLOADED, message);
  status.SetRetryDelay(kRetryDelayMs);
  return status;
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_BUDGET_H_
