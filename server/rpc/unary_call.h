#ifndef FASTKV_SERVER_RPC_UNARY_CALL_H_
#define FASTKV_SERVER_RPC_UNARY_CALL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/types/optional.h"
#include "fastkv/v1/error_reason.pb.h"
#include "google/protobuf/message_lite.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/rpc_status.h"
#include "store/base/blob.h"
#include "store/base/time.h"

namespace kv::server {

// How often a method was called. Each thread only adds.
struct MethodCounters {
  explicit MethodCounters(std::string name) : method(std::move(name)) {}

  const std::string method;  // "fastkv.v1.KeyValueService/Get"
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> errors{0};  // calls with a status other than OK
};

// UnaryCall: a place where one call of one method at a time is awaited, run and
// answered, again and again. The messages are kept and cleared, so that at rest
// none of this allocates; what gRPC itself needs for a call it takes anew.
//
// Messages are parsed and written here rather than by gRPC, so that a large
// value can travel from the store to the socket as a slice of its own, without
// a copy, and so that an undecodable request is answered with a reason.
//
// Borrows    queue and counters.
// Threads    belongs to the queue's thread once posted.
class UnaryCall : public QueueTag {
 public:
  UnaryCall(CallQueue* queue, MethodCounters* counters)
      : queue_(queue), counters_(counters) {}

  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  // Waits for the next call.
  void Post();

  void Proceed(bool ok) override;

 protected:
  using Responder = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;

  // Asks gRPC for a call of the method.
  virtual void Await(grpc::ServerContext* context, grpc::ByteBuffer* request,
                     Responder* responder,
                     grpc::ServerCompletionQueue* queue) = 0;
  // Runs the call.
  virtual RpcStatus Run(store::TimeMs now, grpc::ByteBuffer* request,
                        grpc::ByteBuffer* response) = 0;

 private:
  void Answer();
  bool IsPastDeadline() const;

  CallQueue* const queue_;
  MethodCounters* const counters_;
  bool awaiting_ = false;
  absl::optional<grpc::ServerContext> context_;
  absl::optional<Responder> responder_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

// Whether the bytes were a message.
bool ParseMessage(grpc::ByteBuffer* bytes,
                  google::protobuf::MessageLite* message);

grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message);
// As if the message's field of type bytes held `large_value`, which is sent
// from where it is. REQUIRES: the field is not set.
grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message,
                              int field_number, store::BlobRef large_value);

// The types in a handler's signature.
template <typename Handler>
struct HandlerTraits;
template <typename S, typename Q, typename R>
struct HandlerTraits<RpcStatus (S::*)(store::TimeMs, const Q&, R*)> {
  using Service = S;
  using Request = Q;
  using Response = R;
};
template <typename S, typename Q, typename R>
struct HandlerTraits<RpcStatus (S::*)(store::TimeMs, const Q&, R*,
                                      store::BlobRef*)> {
  using Service = S;
  using Request = Q;
  using Response = R;
};

// A UnaryCall whose method is awaited by GrpcService::*kAwait (generated) and
// run by *kHandler.
template <typename GrpcService, auto kAwait, auto kHandler>
class MethodCall final : public UnaryCall {
 public:
  using Traits = HandlerTraits<decltype(kHandler)>;
  using Service = typename Traits::Service;
  using Request = typename Traits::Request;
  using Response = typename Traits::Response;

  MethodCall(GrpcService* grpc_service, Service* service, CallQueue* queue,
             MethodCounters* counters)
      : UnaryCall(queue, counters),
        grpc_service_(grpc_service),
        service_(service) {}

 private:
  void Await(grpc::ServerContext* context, grpc::ByteBuffer* request,
             Responder* responder,
             grpc::ServerCompletionQueue* queue) override {
    (grpc_service_->*kAwait)(context, request, responder, queue, queue, this);
  }

  RpcStatus Run(store::TimeMs now, grpc::ByteBuffer* request,
                grpc::ByteBuffer* response) override {
    if (!ParseMessage(request, &request_)) {
      return {fastkv::v1::ERROR_REASON_MALFORMED_REQUEST,
              "the request is not a message of its type"};
    }
    response_.Clear();
    RpcStatus status;
    if constexpr (std::is_invocable_v<decltype(kHandler), Service*,
                                      store::TimeMs, const Request&, Response*,
                                      store::BlobRef*>) {
      store::BlobRef large_value;
      status = (service_->*kHandler)(now, request_, &response_, &large_value);
      if (status.ok()) {
        *response = large_value.get() == nullptr
                        ? WriteMessage(response_)
                        : WriteMessage(response_, Response::kValueFieldNumber,
                                       std::move(large_value));
      }
    } else {
      status = (service_->*kHandler)(now, request_, &response_);
      if (status.ok()) *response = WriteMessage(response_);
    }
    if (request->Length() > kKeptBytes) Request().Swap(&request_);
    if (!status.ok() || response->Length() > kKeptBytes) {
      Response().Swap(&response_);
    }
    return status;
  }

  // Messages longer than this are freed after their call: the pool must not pin
  // the longest message that each of its places ever saw.
  static constexpr size_t kKeptBytes = 64 << 10;

  GrpcService* const grpc_service_;
  Service* const service_;
  Request request_;
  Response response_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_UNARY_CALL_H_
