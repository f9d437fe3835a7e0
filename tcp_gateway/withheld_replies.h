#ifndef FASTKV_TCP_GATEWAY_WITHHELD_REPLIES_H_
#define FASTKV_TCP_GATEWAY_WITHHELD_REPLIES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "store/durable/commit_gate.h"
#include "store/effect/durable_mark.h"
#include "tcp_gateway/net/event_loop.h"

namespace kv::gateway {

// WithheldReplies: the connections of one loop whose replies must not leave
// before the log is as far as what they tell of. The loop serves others
// meanwhile, and is woken once for all that a group of the log releases.
//
// Borrows    the gate; null: nothing is withheld. Keeps the loop.
// Threads    belongs to the loop, but for OnCommit.
class WithheldReplies final : private store::CommitGate::Listener {
 public:
  using Verdict = store::CommitGate::Verdict;

  // `release` is called on the loop with each connection that need not wait any
  // more, for whichever reason.
  WithheldReplies(store::CommitGate* gate, std::shared_ptr<EventLoop> loop,
                  std::function<void(uint64_t connection)> release);
  ~WithheldReplies() override;

  // Whether the mark has passed. If it must wait, the connection is released
  // later.
  Verdict Await(const store::DurableMark& mark, uint64_t connection);
  // Only looks.
  Verdict Judge(const store::DurableMark& mark) const {
    return gate_->Judge(mark);
  }

  bool enabled() const { return gate_ != nullptr; }
  // The newest change of all, by whomever.
  uint64_t newest() const { return gate_->last(); }

 private:
  struct Waiting {
    store::DurableMark mark;
    uint64_t connection;
  };

  void OnCommit() override;
  void Release();
  // Moves those to released_ that need not wait any more.
  void Sort();

  store::CommitGate* const gate_;
  const std::shared_ptr<EventLoop> loop_;
  const std::function<void(uint64_t)> release_;
  std::vector<Waiting> waiting_;
  std::vector<uint64_t> released_;  // kept for its capacity
  bool expecting_ = false;          // Release() will be called
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WITHHELD_REPLIES_H_
