#include "server/rpc/stream_call.h"

#include <chrono>
#include <utility>

#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "server/rpc/grpc_bytes.h"
#include "store/base/clock.h"

namespace kv::server {

using Next = StreamHandler::Next;

StreamQueue::StreamQueue(CallQueue* queue, Budget* streams)
    : queue_(queue), budget_(streams) {}

StreamQueue::~StreamQueue() = default;

void StreamQueue::Post(std::unique_ptr<StreamCall> call) {
  calls_.push_front(std::move(call));
  calls_.front()->self_ = calls_.begin();
  calls_.front()->Post();
}

void StreamQueue::ShutDown() {
  // A call may delete itself.
  for (auto it = calls_.begin(); it != calls_.end();) (*it++)->ShutDown();
}

void StreamQueue::WakeResting() {
  for (auto it = calls_.begin(); it != calls_.end();) (*it++)->WakeIfResting();
}

StreamCall::StreamCall(StreamQueue* queue, MethodCounters* counters)
    : queue_(queue), counters_(counters), share_(queue->budget()) {}

void StreamCall::Post() {
  context_.AsyncNotifyWhenDone(&over_);
  ++under_way_;
  StartAwait(&context_, &incoming_, queue_->queue()->queue.get(), &step_);
}

void StreamCall::OnStep(bool ok) {
  --under_way_;
  if (state_ == State::kAwaiting) {
    // Not ok: the server has shut down. gRPC does not report the end of calls
    // that never began.
    if (!ok || queue_->queue()->draining) return Delete();
    queue_->Post(MakeNext());
    // The report of its end has come first if it was cancelled meanwhile.
    if (!DeleteIfOver()) Begin();
    return;
  }
  turn_.message.Clear();
  if (DeleteIfOver()) return;
  if (done_ || !ok || state_ == State::kEnding) {
    state_ = State::kEnding;  // the report of its end is on its way
    return;
  }
  Do(handler_->Resume(store::WallTimeMs(), &turn_));
}

void StreamCall::Begin() {
  counters_->calls.fetch_add(1, std::memory_order_relaxed);
  if (queue_->queue()->closing) return End(ShuttingDown());
  if (!share_.TryTake(1)) {
    return End(Overloaded("the server has as many streams as it may"));
  }
  if (const RpcStatus refused = Admit(); !refused.ok()) return End(refused);
  handler_ = MakeHandler();
  if (begins_with_message()) return HandMessageOver();
  Do(Next::kReceive);
}

void StreamCall::OnRead(bool ok) {
  --under_way_;
  if (DeleteIfOver()) return;
  // The stream was ended while it waited for the message.
  if (done_ || state_ != State::kReading) return;
  if (ok) return HandMessageOver();
  Do(handler_->ReceiveEnd(store::WallTimeMs(), &turn_));
}

void StreamCall::HandMessageOver() {
  if (const RpcStatus refused = Admit(); !refused.ok()) return End(refused);
  const store::TimeMs now = store::WallTimeMs();
  Bytes bytes;
  bytes.Swap(&incoming_);
  const size_t size = bytes.Length();
  Next next;
  grpc::Slice slice;
  if (bytes.TrySingleSlice(&slice).ok()) {
    google::protobuf::io::ArrayInputStream input(
        slice.begin(), static_cast<int>(slice.size()));
    next = handler_->Receive(now, &input, size, &turn_);
  } else {
    grpc::ProtoBufferReader input(&bytes);
    next = handler_->Receive(now, &input, size, &turn_);
  }
  // What the message took is free before the next step.
  bytes.Clear();
  Do(next);
}

void StreamCall::OnDone(bool) {
  done_ = true;
  // Handlers are never in the middle of something here.
  handler_.reset();
  turn_.message.Clear();
  DeleteIfOver();
}

RpcStatus StreamCall::Admit() const {
  const ParkedCalls* parked = queue_->queue()->parked;
  return parked == nullptr ? RpcStatus() : parked->Admit(counters_->access);
}

void StreamCall::Do(Next next) {
  ParkedCalls* parked = queue_->queue()->parked;
  if (parked == nullptr) return DoNow(next);
  mark_.Add(store::DurableMark::Take());
  if (next != Next::kSend && next != Next::kSendLast && next != Next::kEnd) {
    return DoNow(next);
  }
  parked_ = next;
  state_ = State::kParked;
  ++under_way_;
  const Verdict verdict = parked->Await(mark_, this);
  if (verdict != Verdict::kWait) Resume(verdict);
}

void StreamCall::Resume(Verdict verdict) {
  --under_way_;
  if (DeleteIfOver()) return;
  if (done_) {
    state_ = State::kEnding;
    return;
  }
  mark_ = {};
  if (verdict == Verdict::kPassed) return DoNow(parked_);
  End(NotKnownToBeDurable());
}

void StreamCall::WakeIfResting() {
  if (done_ || state_ != State::kResting) return;
  Do(handler_->Resume(store::WallTimeMs(), &turn_));
}

void StreamCall::DoNow(Next next) {
  if (queue_->queue()->draining) {
    state_ = State::kEnding;
    return;
  }
  if (queue_->queue()->closing &&
      (next == Next::kReceive || next == Next::kRest)) {
    next = handler_->ShutDown(&turn_);
  }
  switch (next) {
    case Next::kReceive:
      state_ = State::kReading;
      ++under_way_;
      return StartRead(&incoming_, &read_);
    case Next::kSend:
      state_ = State::kWriting;
      ++under_way_;
      return StartWrite(ToByteBuffer(&turn_.message), &step_);
    case Next::kPause:
      state_ = State::kPausing;
      ++under_way_;
      return pause_.Set(queue_->queue()->queue.get(),
                        std::chrono::system_clock::now(), &step_);
    case Next::kRest:
      state_ = State::kResting;
      return;
    case Next::kSendLast: {
      const Bytes message = ToByteBuffer(&turn_.message);
      return Finish(&message, grpc::Status::OK);
    }
    case Next::kEnd:
      return End(turn_.status);
    case Next::kStop:
      return End(ShuttingDown());
  }
}

void StreamCall::End(const RpcStatus& status) {
  if (status.ok()) return Finish(nullptr, grpc::Status::OK);
  counters_->errors.fetch_add(1, std::memory_order_relaxed);
  Finish(nullptr, ToGrpcStatus(status, &context_));
}

void StreamCall::Finish(const Bytes* message, const grpc::Status& status) {
  state_ = State::kEnding;
  ++under_way_;
  StartFinish(message, status, &step_);
}

void StreamCall::ShutDown() {
  if (done_ || (state_ != State::kResting && state_ != State::kReading)) return;
  const Next next = handler_->ShutDown(&turn_);
  // Whatever waits for a message may go on to do so.
  if (next != Next::kReceive) Do(next);
}

bool StreamCall::DeleteIfOver() {
  if (!done_ || under_way_ > 0) return false;
  Delete();
  return true;
}

}  // namespace kv::server
