#ifndef FASTKV_TCP_GATEWAY_COMMAND_LOG_WATCH_H_
#define FASTKV_TCP_GATEWAY_COMMAND_LOG_WATCH_H_

#include "store/base/mutex.h"
#include "store/durable/commit_gate.h"
#include "tcp_gateway/command/attention.h"

namespace kv::gateway {

// LogWatch: has the executor refuse what needs the keyspace until it is loaded,
// and writes once the log has failed.
//
// Borrows    the gate, null if there is no log; the attention.
class LogWatch final : private store::CommitGate::Listener {
 public:
  LogWatch(store::CommitGate* gate, Attention& attention)
      : gate_(gate), attention_(attention) {
    if (gate_ == nullptr) return;
    gate_->Add(this);
    OnCommit();  // it is loading already, or has failed
  }
  ~LogWatch() override {
    if (gate_ != nullptr) gate_->Remove(this);
  }
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

 private:
  void OnCommit() override {
    // Of two threads that look, the later one tells what the state is.
    store::MutexLock lock(mutex_);
    const store::CommitGate::State state = gate_->state();
    Set(Attention::kLoading, state == store::CommitGate::State::kLoading);
    Set(Attention::kReadOnly, state == store::CommitGate::State::kFailed);
  }

  void Set(Attention::Reason reason, bool holds) {
    if (holds) {
      attention_.Add(reason);
    } else {
      attention_.Remove(reason);
    }
  }

  store::CommitGate* const gate_;
  Attention& attention_;
  store::Mutex mutex_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_LOG_WATCH_H_
