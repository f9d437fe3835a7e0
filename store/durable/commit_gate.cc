#include "store/durable/commit_gate.h"

#include <algorithm>

namespace kv::store {

void CommitGate::Add(Listener* listener) {
  MutexLock lock(mutex_);
  listeners_.push_back(listener);
}

void CommitGate::Remove(Listener* listener) {
  MutexLock lock(mutex_);
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener),
                   listeners_.end());
}

void CommitGate::Advance(uint64_t reached) {
  reached_.store(reached, std::memory_order_seq_cst);
  Tell(/*all=*/false);
}

void CommitGate::Open() {
  State loading = State::kLoading;
  if (!state_.compare_exchange_strong(loading, State::kOpen)) return;
  Tell(/*all=*/true);
}

void CommitGate::Fail() {
  state_.store(State::kFailed, std::memory_order_seq_cst);
  Tell(/*all=*/true);
}

void CommitGate::Tell(bool all) {
  MutexLock lock(mutex_);
  for (Listener* listener : listeners_) {
    if (listener->expects_.exchange(false, std::memory_order_seq_cst) || all) {
      listener->OnCommit();
    }
  }
}

}  // namespace kv::store
