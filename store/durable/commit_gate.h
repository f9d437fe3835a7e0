#ifndef FASTKV_STORE_DURABLE_COMMIT_GATE_H_
#define FASTKV_STORE_DURABLE_COMMIT_GATE_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "store/base/mutex.h"
#include "store/effect/durable_mark.h"

namespace kv::store {

// CommitGate: how far the log is, for those whose replies wait for it, and
// whether there is data to be served yet.
//
// It is there before the log is: kLoading while the keyspace is being made from
// what the directory holds, and nobody may use it; then kOpen; kFailed once
// the log has failed.
//
// With fsync `always`, what a mark stands for has passed when it is durable.
// Else everything has passed as soon as it was done, except while the log's
// writer does not keep up: then a mark passes once it is written, so that those
// who write wait, and the log's buffer stays small.
//
// Whoever waits: Expect(), look once more whether the mark has passed, and if
// not, look again at each OnCommit().
//
// Threads    safe.
class CommitGate {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // The log has got on since Expect(), or the state is another. On the log's
    // thread, or that which loads; neither must wait here.
    virtual void OnCommit() = 0;

    // Has OnCommit() called the next time. Once for many replies that wait.
    void Expect() { expects_.store(true, std::memory_order_seq_cst); }

   private:
    friend class CommitGate;
    std::atomic<bool> expects_{false};
  };

  enum class State : uint8_t { kLoading, kOpen, kFailed };

  enum class Verdict : uint8_t {
    kPassed,
    kWait,
    kLost,  // the log failed: nobody knows whether what was written is durable
  };

  explicit CommitGate(State state = State::kOpen) : state_(state) {}

  // Who sees that it is not kLoading sees all that was loaded.
  State state() const { return state_.load(std::memory_order_seq_cst); }
  bool loading() const { return state() == State::kLoading; }
  // Whether the log has failed: from then on nothing passes that was not
  // durable before, and nothing should be written.
  bool failed() const { return state() == State::kFailed; }

  Verdict Judge(const DurableMark& mark) const {
    // seq_cst, here and in Expect and Advance: either the one who waits sees
    // the new position, or the log sees that somebody waits.
    const uint64_t reached = reached_.load(std::memory_order_seq_cst);
    if (mark.latest() <= reached) return Verdict::kPassed;
    if (!failed()) return Verdict::kWait;
    // Reads go on without a log.
    return mark.written <= reached ? Verdict::kPassed : Verdict::kLost;
  }

  // The position of the newest record.
  uint64_t last() const { return last_.load(std::memory_order_relaxed); }

  void Add(Listener* listener);
  // Returns when OnCommit() is not running and will not be called any more.
  void Remove(Listener* listener);

  // --- For the engine, once all is loaded and the log takes what changes.
  void Open();

  // --- For the log.
  void set_last(uint64_t position) {
    last_.store(position, std::memory_order_relaxed);
  }
  void Advance(uint64_t reached);
  void Fail();

 private:
  void Tell(bool all);

  std::atomic<uint64_t> reached_{0};
  std::atomic<State> state_;
  alignas(64) std::atomic<uint64_t> last_{0};
  Mutex mutex_;
  std::vector<Listener*> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_COMMIT_GATE_H_
