#include "tcp_gateway/withheld_replies.h"

namespace kv::gateway {

WithheldReplies::WithheldReplies(store::CommitGate* gate,
                                 std::shared_ptr<EventLoop> loop,
                                 std::function<void(uint64_t)> release)
    : gate_(gate), loop_(std::move(loop)), release_(std::move(release)) {
  if (gate_ != nullptr) gate_->Add(this);
}

WithheldReplies::~WithheldReplies() {
  if (gate_ != nullptr) gate_->Remove(this);
}

WithheldReplies::Verdict WithheldReplies::Await(const store::DurableMark& mark,
                                                uint64_t connection) {
  Verdict verdict = Judge(mark);
  if (verdict != Verdict::kWait) return verdict;
  if (!expecting_) {
    expecting_ = true;
    Expect();
    // The log may have got there before it knew.
    verdict = Judge(mark);
    if (verdict != Verdict::kWait) return verdict;
  }
  waiting_.push_back({mark, connection});
  return verdict;
}

void WithheldReplies::OnCommit() {
  loop_->Post([this] { Release(); });
}

void WithheldReplies::Release() {
  expecting_ = false;
  Sort();
  if (!waiting_.empty()) {
    expecting_ = true;
    Expect();
    Sort();
  }
  for (const uint64_t connection : released_) release_(connection);
  released_.clear();
}

void WithheldReplies::Sort() {
  std::erase_if(waiting_, [this](const Waiting& waiting) {
    if (Judge(waiting.mark) == Verdict::kWait) return false;
    released_.push_back(waiting.connection);
    return true;
  });
}

}  // namespace kv::gateway
