#include "server/rpc/unary_call.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "grpcpp/support/status.h"
#include "store/base/clock.h"

namespace kv::server {
namespace {

using google::protobuf::MessageLite;
using google::protobuf::io::CodedOutputStream;

grpc::Status ToGrpcStatus(const RpcStatus& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      status.message(), status.EncodeDetails());
}

uint8_t* Begin(const grpc::Slice& slice) {
  // A slice that nobody else refers to may be written.
  return const_cast<uint8_t*>(slice.begin());
}

}  // namespace

void UnaryCall::Post() {
  // gRPC wants these two fresh for each call.
  context_.emplace();
  responder_.emplace(&*context_);
  awaiting_ = true;
  Await(&*context_, &request_, &*responder_, queue_->queue.get());
}

void UnaryCall::Proceed(bool ok) {
  if (awaiting_) {
    // Not ok: the server has shut down, and no call will come.
    if (ok) Answer();
    return;
  }
  // The answer is on its way, or the client has gone; either way it is over.
  request_.Clear();
  response_.Clear();
  if (!queue_->draining) Post();
}

void UnaryCall::Answer() {
  awaiting_ = false;
  if (queue_->draining) return;
  counters_->calls.fetch_add(1, std::memory_order_relaxed);
  if (IsPastDeadline()) {
    // Nobody waits for the answer: the work would only delay the calls behind.
    counters_->errors.fetch_add(1, std::memory_order_relaxed);
    responder_->FinishWithError(
        grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "past its deadline"),
        this);
    return;
  }
  const RpcStatus status = Run(store::WallTimeMs(), &request_, &response_);
  if (status.ok()) {
    responder_->Finish(response_, grpc::Status::OK, this);
  } else {
    counters_->errors.fetch_add(1, std::memory_order_relaxed);
    responder_->FinishWithError(ToGrpcStatus(status), this);
  }
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
