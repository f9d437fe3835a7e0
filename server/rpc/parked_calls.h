#ifndef FASTKV_SERVER_RPC_PARKED_CALLS_H_
#define FASTKV_SERVER_RPC_PARKED_CALLS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/rpc_status.h"
#include "store/durable/commit_gate.h"
#include "store/effect/durable_mark.h"

namespace kv::server {

// What a method does with entries.
enum class DataAccess : uint8_t { kNone, kReads, kMayWrite };

// The end of one that wrote before it knew.
inline RpcStatus NotKnownToBeDurable() {
  return {fastkv::v1::ERROR_REASON_LOG_FAILED,
          "the server's log failed: whether this write outlives the server is "
          "not known"};
}

// A call whose answer must not leave before the log is as far as what it tells
// of.
class ParkedCall {
 public:
  using Verdict = store::CommitGate::Verdict;

  virtual ~ParkedCall() = default;
  // Once, on the queue's thread: kPassed or kLost.
  virtual void Resume(Verdict verdict) = 0;
};

// ParkedCalls: those of one queue. Its thread serves others meanwhile, and is
// woken once for all that a group of the log releases. Also knows which calls
// must not run at all: before the data is loaded, and once the log has failed.
//
// Borrows    the gate, null if there is no log; the queue; the calls.
// Threads    belongs to the queue's thread, but for Stop and OnCommit.
class ParkedCalls final : public QueueTag, private store::CommitGate::Listener {
 public:
  using Verdict = ParkedCall::Verdict;

  ParkedCalls() = default;
  ~ParkedCalls() override { Stop(); }
  ParkedCalls(const ParkedCalls&) = delete;
  ParkedCalls& operator=(const ParkedCalls&) = delete;

  // Before the queue's thread begins, on which `on_change` is called when the
  // gate's state has changed. `load_remaining` is asked, while data is loaded,
  // how long that will take.
  void Start(store::CommitGate* gate, grpc::CompletionQueue* queue,
             std::function<void()> on_change,
             std::function<absl::Duration()> load_remaining);
  // The queue is not woken any more. REQUIRES: no call is parked.
  void Stop();

  // Whether the answer may leave. If it must wait, Resume() tells later.
  Verdict Await(const store::DurableMark& mark, ParkedCall* call);
  // Whether a call may run, and if not, its end.
  RpcStatus Admit(DataAccess access) const;

  // The queue was woken.
  void Proceed(bool ok) override;

 private:
  struct Waiting {
    store::DurableMark mark;
    ParkedCall* call;
  };

  void OnCommit() override;
  RpcStatus StillLoading() const;

  store::CommitGate* gate_ = nullptr;
  grpc::CompletionQueue* queue_ = nullptr;
  grpc::Alarm alarm_;
  std::function<void()> on_change_;
  std::function<absl::Duration()> load_remaining_;
  store::CommitGate::State state_{};  // as of the last look
  std::atomic<bool> woken_{false};    // the alarm is under way
  std::vector<Waiting> waiting_;
  std::vector<Waiting> running_;  // kept for its capacity
  bool expecting_ = false;        // Proceed() will be called
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_PARKED_CALLS_H_
