#ifndef FASTKV_SERVER_RPC_UNARY_CALL_H_
#define FASTKV_SERVER_RPC_UNARY_CALL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/types/optional.h"
#include "google/protobuf/message_lite.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/budget.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/parked_calls.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/run_once.h"
#include "store/base/blob.h"
#include "store/base/clock.h"
#include "store/base/time.h"

namespace kv::server {

// How often a method was called. Each thread only adds.
struct MethodCounters {
  MethodCounters(std::string name, DataAccess access)
      : method(std::move(name)), access(access) {}

  const std::string method;  // "fastkv.v1.KeyValueService/Get"
  const DataAccess access;
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> errors{0};  // calls with a status other than OK
};

// What unary calls may use at a time, in all queues together.
struct UnaryBudgets {
  // Calls that have begun and whose answers are not yet on their way.
  Budget calls;
  // Those answers.
  Budget answer_bytes;
};

class UnaryCall;

// UnaryPool: the places of one method in one queue. As many as were asked for
// await a call; clients that are slow to take long answers occupy places, so
// there are more of these when needed.
//
// Owns       the places.
// Borrows    queue, counters and budgets.
// Threads    belongs to the queue's thread once posted.
class UnaryPool {
 public:
  using MakeCall = std::function<std::unique_ptr<UnaryCall>(UnaryPool*)>;

  UnaryPool(CallQueue* queue, MethodCounters* counters, UnaryBudgets* budgets,
            int awaiting, MakeCall make_call);
  ~UnaryPool();

  // Waits for calls.
  void Post();

 private:
  friend class UnaryCall;

  void Add();
  // A place has got a call.
  void Occupied();
  // It is free again: waits for the next call, unless many do.
  void Free(UnaryCall* call);

  CallQueue* const queue_;
  MethodCounters* const counters_;
  UnaryBudgets* const budgets_;
  const int least_awaiting_;
  const MakeCall make_call_;
  int awaiting_ = 0;
  std::list<std::unique_ptr<UnaryCall>> calls_;
};

// UnaryCall: a place where one call of one method at a time is awaited, run and
// answered, again and again. The messages are kept and cleared, so that at rest
// none of this allocates; what gRPC itself needs for a call it takes anew.
//
// Messages are parsed and written here rather than by gRPC, so that a large
// value can travel from the store to the socket as a slice of its own, without
// a copy, and so that an undecodable request is answered with a reason.
//
// A call that is past its deadline when it begins is not run, nor one that is
// known to be cancelled (see Worker::HandleAllThatIsThere). An answer that
// tells of what is not durable yet is parked until it is.
//
// Borrows    the pool.
// Threads    belongs to the queue's thread once posted.
class UnaryCall : public QueueTag, private ParkedCall {
 public:
  explicit UnaryCall(UnaryPool* pool);

  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

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
  friend class UnaryPool;

  // Reports that the call is over, whoever ended it.
  class EndTag final : public QueueTag {
   public:
    explicit EndTag(UnaryCall* call) : call_(call) {}
    void Proceed(bool) override { call_->OnEnd(); }
    bool tells_end() const override { return true; }

   private:
    UnaryCall* const call_;
  };

  // Waits for the next call.
  void Post();
  void Answer();
  // Runs the call if the bounds let it, and the state of data and log.
  RpcStatus RunIfAdmitted();
  void Resume(Verdict verdict) override;
  void Finish(const RpcStatus& status);
  void OnEnd();
  void FreeIfOver();
  bool IsPastDeadline() const;

  UnaryPool* const pool_;
  std::list<std::unique_ptr<UnaryCall>>::iterator self_;
  EndTag end_{this};
  bool awaiting_ = false;
  bool answered_ = false;  // and the answer is on its way, or not needed
  bool ended_ = false;
  BudgetShare admitted_;
  BudgetShare answer_bytes_;
  absl::optional<grpc::ServerContext> context_;
  absl::optional<Responder> responder_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  RpcStatus status_;  // while parked
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
// run by *kHandler; a request with a request_id once, however often it comes.
template <typename GrpcService, auto kAwait, auto kHandler>
class MethodCall final : public UnaryCall {
 public:
  using Traits = HandlerTraits<decltype(kHandler)>;
  using Service = typename Traits::Service;
  using Request = typename Traits::Request;
  using Response = typename Traits::Response;

  MethodCall(GrpcService* grpc_service, Service* service,
             RequestIds* request_ids, UnaryPool* pool)
      : UnaryCall(pool),
        grpc_service_(grpc_service),
        service_(service),
        request_ids_(request_ids) {}

 private:
  void Await(grpc::ServerContext* context, grpc::ByteBuffer* request,
             Responder* responder,
             grpc::ServerCompletionQueue* queue) override {
    (grpc_service_->*kAwait)(context, request, responder, queue, queue, this);
  }

  RpcStatus Run(store::TimeMs now, grpc::ByteBuffer* request,
                grpc::ByteBuffer* response) override {
    if (!ParseMessage(request, &request_)) {
      return MalformedRequest();
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
      status = RunHandler(now);
      if (status.ok()) *response = WriteMessage(response_);
    }
    if (request->Length() > kKeptBytes) Request().Swap(&request_);
    if (!status.ok() || response->Length() > kKeptBytes) {
      Response().Swap(&response_);
    }
    return status;
  }

  RpcStatus RunHandler(store::TimeMs now) {
    const auto run = [this, now] {
      return (service_->*kHandler)(now, request_, &response_);
    };
    if constexpr (requires { request_.request_id(); }) {
      if (!request_.request_id().empty()) {
        return RunOnce(*request_ids_, store::SteadyMs(), request_, &response_,
                       run);
      }
    }
    return run();
  }

  // Messages longer than this are freed after their call: the pool must not pin
  // the longest message that each of its places ever saw.
  static constexpr size_t kKeptBytes = 64 << 10;

  GrpcService* const grpc_service_;
  Service* const service_;
  RequestIds* const request_ids_;
  Request request_;
  Response response_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_UNARY_CALL_H_
