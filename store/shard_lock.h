#ifndef FASTKV_STORE_SHARD_LOCK_H_
#define FASTKV_STORE_SHARD_LOCK_H_

#include "absl/base/thread_annotations.h"
#include "store/base/mutex.h"
#include "store/effect/durable_mark.h"
#include "store/shard.h"
#include "store/transaction.h"

namespace kv::store {

// ShardLock: locks a shard for a walk over all of them, unless the transaction
// around it has locked all.
class ABSL_SCOPED_LOCKABLE ShardLock {
 public:
  ShardLock(Shard& shard, const Transaction* within)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(shard.mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS
      : mutex_(within == nullptr ? &shard.mutex : nullptr) {
    if (mutex_ == nullptr) return;
    mutex_->Lock();
    DurableMark::See(shard.mark());
  }
  ~ShardLock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (mutex_ != nullptr) mutex_->Unlock();
  }
  ShardLock(const ShardLock&) = delete;
  ShardLock& operator=(const ShardLock&) = delete;

 private:
  Mutex* const mutex_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_SHARD_LOCK_H_
