#include "server/rpc/parked_calls.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kv::server {
namespace {

using State = store::CommitGate::State;

// How long a client is asked to wait for the data. gRPC's own retries, of which
// there are at most four, so wait for a load of eight seconds, within the ten
// that a call of our clients may take.
constexpr absl::Duration kMinLoadDelay = absl::Milliseconds(100);
constexpr absl::Duration kMaxLoadDelay = absl::Seconds(2);

}  // namespace

void ParkedCalls::Start(store::CommitGate* gate, grpc::CompletionQueue* queue,
                        std::function<void()> on_change,
                        std::function<absl::Duration()> load_remaining) {
  gate_ = gate;
  queue_ = queue;
  on_change_ = std::move(on_change);
  load_remaining_ = std::move(load_remaining);
  state_ = gate_->state();
  gate_->Add(this);
}

void ParkedCalls::Stop() {
  if (gate_ != nullptr) gate_->Remove(this);
}

ParkedCalls::Verdict ParkedCalls::Await(const store::DurableMark& mark,
                                        ParkedCall* call) {
  Verdict verdict = gate_->Judge(mark);
  if (verdict != Verdict::kWait) return verdict;
  if (!expecting_) {
    expecting_ = true;
    Expect();
    // The log may have got there before it knew.
    verdict = gate_->Judge(mark);
    if (verdict != Verdict::kWait) return verdict;
  }
  waiting_.push_back({mark, call});
  return verdict;
}

RpcStatus ParkedCalls::Admit(DataAccess access) const {
  switch (gate_->state()) {
    case State::kLoading:
      if (access != DataAccess::kNone) return StillLoading();
      break;
    case State::kFailed:
      if (access != DataAccess::kMayWrite) break;
      return {fastkv::v1::ERROR_REASON_LOG_FAILED,
              "the server's log cannot be written, and so no write is taken"};
    case State::kOpen:
      break;
  }
  return {};
}

RpcStatus ParkedCalls::StillLoading() const {
  RpcStatus status(fastkv::v1::ERROR_REASON_LOADING,
                   "the server is loading its data");
  const absl::Duration remaining =
      load_remaining_ ? load_remaining_() : kMaxLoadDelay;
  status.SetRetryDelay(absl::ToInt64Milliseconds(
      std::clamp(remaining, kMinLoadDelay, kMaxLoadDelay)));
  return status;
}

void ParkedCalls::OnCommit() {
  // An alarm can be set only once at a time.
  if (woken_.exchange(true)) return;
  alarm_.Set(queue_, std::chrono::system_clock::now(), this);
}

void ParkedCalls::Proceed(bool) {
  woken_.store(false);
  expecting_ = false;
  running_.swap(waiting_);
  for (const Waiting& waiting : running_) {
    const Verdict verdict = Await(waiting.mark, waiting.call);
    if (verdict != Verdict::kWait) waiting.call->Resume(verdict);
  }
  running_.clear();
  const State state = gate_->state();
  if (std::exchange(state_, state) != state) on_change_();
}

}  // namespace kv::server
