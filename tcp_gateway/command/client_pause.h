#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_PAUSE_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_PAUSE_H_

#include <algorithm>

#include "absl/base/thread_annotations.h"
#include "store/base/mutex.h"
#include "store/base/time.h"
#include "tcp_gateway/command/attention.h"

namespace kv::gateway {

// ClientPause: until when CLIENT PAUSE holds back commands, and which.
//
// Threads    safe. Asked only while Attention says that there is a pause.
class ClientPause {
 public:
  explicit ClientPause(Attention& attention) : attention_(attention) {}

  // A pause is only ever made longer, and stricter, by another.
  void Begin(store::TimeMs until, bool writes_only) {
    store::MutexLock lock(mutex_);
    writes_until_ = std::max(writes_until_, until);
    if (!writes_only) all_until_ = std::max(all_until_, until);
    attention_.Add(Attention::kPaused);
  }
  void End() {
    store::MutexLock lock(mutex_);
    EndLocked();
  }
  // Until when such a command is held back; not after `now`: it is not.
  store::TimeMs HeldUntil(bool is_write, store::TimeMs now) {
    store::MutexLock lock(mutex_);
    if (writes_until_ <= now) EndLocked();
    return is_write ? writes_until_ : all_until_;
  }

 private:
  // Under the lock also tells Attention, so that no pause is forgotten that
  // another thread begins meanwhile.
  void EndLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    writes_until_ = all_until_ = 0;
    attention_.Remove(Attention::kPaused);
  }

  Attention& attention_;
  store::Mutex mutex_;
  store::TimeMs writes_until_ ABSL_GUARDED_BY(mutex_) = 0;
  store::TimeMs all_until_ ABSL_GUARDED_BY(mutex_) = 0;  // <= writes_until_
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_PAUSE_H_
