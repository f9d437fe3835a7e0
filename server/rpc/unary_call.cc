#include "server/rpc/unary_call.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "grpcpp/support/status.h"
#include "server/rpc/grpc_bytes.h"
#include "store/base/clock.h"
#include "store/effect/durable_mark.h"

namespace kv::server {
namespace {

using google::protobuf::MessageLite;
using google::protobuf::io::CodedOutputStream;

uint8_t* Begin(const grpc::Slice& slice) {
  // A slice that nobody else refers to may be written.
  return const_cast<uint8_t*>(slice.begin());
}

}  // namespace

UnaryPool::UnaryPool(CallQueue* queue, MethodCounters* counters,
                     UnaryBudgets* budgets, int awaiting, MakeCall make_call)
    : queue_(queue),
      counters_(counters),
      budgets_(budgets),
      least_awaiting_(awaiting),
      make_call_(std::move(make_call)) {}

UnaryPool::~UnaryPool() = default;

void UnaryPool::Post() {
  for (int i = 0; i < least_awaiting_; ++i) Add();
}

void UnaryPool::Add() {
  calls_.push_front(make_call_(this));
  calls_.front()->self_ = calls_.begin();
  ++awaiting_;
  calls_.front()->Post();
}

void UnaryPool::Occupied() {
  --awaiting_;
  if (awaiting_ == 0 && !queue_->draining) Add();
}

void UnaryPool::Free(UnaryCall* call) {
  // A few times as many as needed are kept: making places anew all the time
  // would cost more than to keep them.
  if (awaiting_ >= 4 * least_awaiting_) {
    calls_.erase(call->self_);
    return;
  }
  ++awaiting_;
  call->Post();
}

UnaryCall::UnaryCall(UnaryPool* pool)
    : pool_(pool),
      admitted_(&pool->budgets_->calls),
      answer_bytes_(&pool->budgets_->answer_bytes) {}

void UnaryCall::Post() {
  // gRPC wants these two fresh for each call.
  context_.emplace();
  responder_.emplace(&*context_);
  context_->AsyncNotifyWhenDone(&end_);
  awaiting_ = true;
  answered_ = false;
  ended_ = false;
  Await(&*context_, &request_, &*responder_, pool_->queue_->queue.get());
}

void UnaryCall::Proceed(bool ok) {
  if (!awaiting_) {
    // The answer is on its way, or the client has gone.
    answered_ = true;
    return FreeIfOver();
  }
  awaiting_ = false;
  // Not ok: the server has shut down, and no call will come.
  if (!ok || pool_->queue_->draining) return;
  pool_->Occupied();
  Answer();
}

void UnaryCall::OnEnd() {
  ended_ = true;
  FreeIfOver();
}

void UnaryCall::FreeIfOver() {
  if (!answered_ || !ended_) return;
  request_.Clear();
  response_.Clear();
  admitted_.ReturnAll();
  answer_bytes_.ReturnAll();
  if (!pool_->queue_->draining) pool_->Free(this);
}

void UnaryCall::Answer() {
  MethodCounters* const counters = pool_->counters_;
  counters->calls.fetch_add(1, std::memory_order_relaxed);
  if (ended_) {
    // Cancelled while it waited for its turn: there is nobody to answer.
    counters->errors.fetch_add(1, std::memory_order_relaxed);
    answered_ = true;
    return FreeIfOver();
  }
  if (IsPastDeadline()) {
    // Nobody waits for the answer: the work would only delay the calls behind.
    counters->errors.fetch_add(1, std::memory_order_relaxed);
    responder_->FinishWithError(
        grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "past its deadline"),
        this);
    return;
  }
  status_ = RunIfAdmitted();
  ParkedCalls* const parked = pool_->queue_->parked;
  if (parked == nullptr) return Finish(status_);
  // A refusal may tell of what others wrote as well.
  const Verdict verdict = parked->Await(store::DurableMark::Take(), this);
  if (verdict != Verdict::kWait) Resume(verdict);
}

void UnaryCall::Resume(Verdict verdict) {
  if (verdict == Verdict::kPassed) return Finish(status_);
  Finish(NotKnownToBeDurable());
}

void UnaryCall::Finish(const RpcStatus& status) {
  if (status.ok()) {
    responder_->Finish(response_, grpc::Status::OK, this);
  } else {
    pool_->counters_->errors.fetch_add(1, std::memory_order_relaxed);
    responder_->FinishWithError(ToGrpcStatus(status, &*context_), this);
  }
}

RpcStatus UnaryCall::RunIfAdmitted() {
  // Shorter answers are bounded by the number of calls.
  constexpr size_t kCountedBytes = 4096;
  if (pool_->queue_->closing) return ShuttingDown();
  if (const ParkedCalls* const parked = pool_->queue_->parked) {
    RpcStatus refused = parked->Admit(pool_->counters_->access);
    if (!refused.ok()) return refused;
  }
  if (!admitted_.TryTake(1)) {
    return Overloaded("the server works on as many calls as it may");
  }
  if (pool_->budgets_->answer_bytes.used_up()) {
    return Overloaded("answers that were not yet taken fill the server");
  }
  RpcStatus status = Run(store::WallTimeMs(), &request_, &response_);
  if (status.ok() && response_.Length() > kCountedBytes) {
    answer_bytes_.Take(response_.Length());
  }
  return status;
}

bool UnaryCall::IsPastDeadline() const {
  const gpr_timespec deadline = context_->raw_deadline();
  // Looks at the clock only if there is a deadline.
  return gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) != 0 &&
         gpr_time_cmp(deadline, gpr_now(deadline.clock_type)) <= 0;
}

bool ParseMessage(grpc::ByteBuffer* bytes, MessageLite* message) {
  grpc::Slice slice;
  if (bytes->TrySingleSlice(&slice).ok()) {
    return message->ParseFromArray(slice.begin(),
                                   static_cast<int>(slice.size()));
  }
  grpc::ProtoBufferReader reader(bytes);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

grpc::ByteBuffer WriteMessage(const MessageLite& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(Begin(slice));
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer WriteMessage(const MessageLite& message, int field_number,
                              store::BlobRef large_value) {
  constexpr size_t kMaxHeaderBytes = 10;  // two varints of 32 bits
  constexpr uint32_t kLengthDelimited = 2;
  const size_t message_bytes = message.ByteSizeLong();
  const auto length = static_cast<uint32_t>(large_value.view().size());
  uint8_t header[kMaxHeaderBytes];
  const uint32_t tag = static_cast<uint32_t>(field_number) << 3;
  uint8_t* end =
      CodedOutputStream::WriteVarint32ToArray(tag | kLengthDelimited, header);
  end = CodedOutputStream::WriteVarint32ToArray(length, end);
  grpc::Slice front(message_bytes + (end - header));
  std::copy(header, end, message.SerializeWithCachedSizesToArray(Begin(front)));

  // The slice holds the reference until gRPC has written its bytes.
  auto* holder = new store::BlobRef(std::move(large_value));
  const grpc::Slice slices[] = {
      std::move(front),
      grpc::Slice(
          const_cast<char*>(holder->view().data()), length,
          [](void* arg) { delete static_cast<store::BlobRef*>(arg); }, holder)};
  return grpc::ByteBuffer(slices, 2);
}

}  // namespace kv::server
