#ifndef FASTKV_SERVER_RPC_STREAM_CALL_H_
#define FASTKV_SERVER_RPC_STREAM_CALL_H_

#include <list>
#include <memory>
#include <type_traits>

#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "server/rpc/budget.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/parked_calls.h"
#include "server/rpc/stream_handler.h"
#include "server/rpc/unary_call.h"
#include "store/effect/durable_mark.h"

namespace kv::server {

class StreamCall;

// StreamQueue: the streams of one completion queue, awaited or under way.
//
// Owns       the streams.
// Borrows    the queue, and the budget of how many streams there may be.
// Threads    belongs to the queue's thread.
class StreamQueue {
 public:
  StreamQueue(CallQueue* queue, Budget* streams);
  ~StreamQueue();

  // Awaits a call, which awaits the next one when it has come.
  void Post(std::unique_ptr<StreamCall> call);

  // Resumes the streams that rest: what they look at has changed.
  void WakeResting();

  // The queue is closing: ends streams that would rest for ever.
  void ShutDown();

  CallQueue* queue() { return queue_; }
  Budget* budget() { return budget_; }

 private:
  friend class StreamCall;

  CallQueue* const queue_;
  Budget* const budget_;
  std::list<std::unique_ptr<StreamCall>> calls_;
};

// StreamCall: one call of a streaming method: moves messages between gRPC and
// the handler, one at a time, and ends both together. At most one message is
// being read or written, so gRPC's flow control reaches the handler; when the
// client leaves or the deadline passes, the handler is deleted as soon as it is
// idle. A message that tells of what is not durable yet is parked until it is.
//
// Borrows    the queue it lives in, and the counters.
// Threads    belongs to the queue's thread once posted.
class StreamCall : private ParkedCall {
 public:
  StreamCall(StreamQueue* queue, MethodCounters* counters);
  ~StreamCall() override = default;

  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

 protected:
  using Bytes = grpc::ByteBuffer;

  // Asks gRPC for a call of the method. `first` receives its only message, if
  // that is one that the call begins with.
  virtual void StartAwait(grpc::ServerContext* context, Bytes* first,
                          grpc::ServerCompletionQueue* queue, void* tag) = 0;
  // The same for the next call.
  virtual std::unique_ptr<StreamCall> MakeNext() const = 0;
  virtual std::unique_ptr<StreamHandler> MakeHandler() = 0;
  virtual bool begins_with_message() const = 0;
  virtual void StartRead(Bytes* message, void* tag) = 0;
  virtual void StartWrite(const Bytes& message, void* tag) = 0;
  // The end; `message` is empty unless there is a last one.
  virtual void StartFinish(const Bytes* message, const grpc::Status& status,
                           void* tag) = 0;

  StreamQueue* queue() const { return queue_; }
  MethodCounters* counters() const { return counters_; }

 private:
  friend class StreamQueue;

  enum class State : uint8_t {
    kAwaiting,  // a call
    kReading,
    kWriting,
    kPausing,
    kParked,
    kResting,
    kEnding,  // nothing will be begun any more
  };

  // What gRPC reports: the end of a step.
  class Tag final : public QueueTag {
   public:
    Tag(StreamCall* call, void (StreamCall::*report)(bool))
        : call_(call), report_(report) {}
    void Proceed(bool ok) override { (call_->*report_)(ok); }
    bool tells_end() const override { return report_ == &StreamCall::OnDone; }

   private:
    StreamCall* const call_;
    void (StreamCall::*const report_)(bool);
  };

  void Post();
  void Begin();
  void OnStep(bool ok);
  void OnRead(bool ok);
  // The call is over, whoever ended it.
  void OnDone(bool);
  void HandMessageOver();
  // Does what the handler asked for; if that tells the client something, once
  // it is durable.
  void Do(StreamHandler::Next next);
  void DoNow(StreamHandler::Next next);
  // Whether the handler may be called now, and if not, the stream's end.
  RpcStatus Admit() const;
  void Resume(Verdict verdict) override;
  void WakeIfResting();
  void End(const RpcStatus& status);
  void Finish(const Bytes* message, const grpc::Status& status);
  void ShutDown();
  bool DeleteIfOver();
  void Delete() { queue_->calls_.erase(self_); }

  StreamQueue* const queue_;
  MethodCounters* const counters_;
  std::list<std::unique_ptr<StreamCall>>::iterator self_;
  BudgetShare share_;
  State state_ = State::kAwaiting;
  int under_way_ = 0;  // steps that gRPC will report
  bool done_ = false;  // the call is over
  Tag step_{this, &StreamCall::OnStep};
  Tag read_{this, &StreamCall::OnRead};
  Tag over_{this, &StreamCall::OnDone};
  grpc::ServerContext context_;
  std::unique_ptr<StreamHandler> handler_;
  StreamHandler::Turn turn_;
  store::DurableMark mark_;  // of all that was not told yet
  StreamHandler::Next parked_ = StreamHandler::Next::kEnd;
  Bytes incoming_;
  grpc::Alarm pause_;
};

// How the generated code awaits a streaming method, whose messages are bytes.
template <typename Await>
struct AwaitTraits;
template <typename G, typename S>
struct AwaitTraits<void (G::*)(grpc::ServerContext*, S*, grpc::CompletionQueue*,
                               grpc::ServerCompletionQueue*, void*)> {
  using GrpcService = G;
  using Stream = S;
  static constexpr bool kBeginsWithMessage = false;
};
template <typename G>
struct AwaitTraits<void (G::*)(grpc::ServerContext*, grpc::ByteBuffer*,
                               grpc::ServerAsyncWriter<grpc::ByteBuffer>*,
                               grpc::CompletionQueue*,
                               grpc::ServerCompletionQueue*, void*)> {
  using GrpcService = G;
  using Stream = grpc::ServerAsyncWriter<grpc::ByteBuffer>;
  static constexpr bool kBeginsWithMessage = true;
};

// A StreamCall whose method is awaited by *kAwait (generated), and whose
// handlers `make_handler()` makes.
template <auto kAwait, typename GrpcService, typename MakeHandlerFunction>
class StreamMethodCall final : public StreamCall {
 public:
  StreamMethodCall(GrpcService* grpc_service, MakeHandlerFunction make_handler,
                   StreamQueue* queue, MethodCounters* counters)
      : StreamCall(queue, counters),
        grpc_service_(grpc_service),
        make_handler_(make_handler) {}

 private:
  using Traits = AwaitTraits<decltype(kAwait)>;
  using Stream = typename Traits::Stream;
  // The answer of a stream that only the client sends on is one message.
  static constexpr bool kAnswersOnce =
      std::is_same_v<Stream, grpc::ServerAsyncReader<Bytes, Bytes>>;

  void StartAwait(grpc::ServerContext* context, Bytes* first,
                  grpc::ServerCompletionQueue* queue, void* tag) override {
    stream_ = std::make_unique<Stream>(context);
    if constexpr (Traits::kBeginsWithMessage) {
      (grpc_service_->*kAwait)(context, first, stream_.get(), queue, queue,
                               tag);
    } else {
      (grpc_service_->*kAwait)(context, stream_.get(), queue, queue, tag);
    }
  }

  std::unique_ptr<StreamCall> MakeNext() const override {
    return std::make_unique<StreamMethodCall>(grpc_service_, make_handler_,
                                              queue(), counters());
  }

  std::unique_ptr<StreamHandler> MakeHandler() override {
    return make_handler_();
  }

  bool begins_with_message() const override {
    return Traits::kBeginsWithMessage;
  }

  void StartRead(Bytes* message, void* tag) override {
    if constexpr (!Traits::kBeginsWithMessage) stream_->Read(message, tag);
  }

  void StartWrite(const Bytes& message, void* tag) override {
    if constexpr (!kAnswersOnce) stream_->Write(message, tag);
  }

  void StartFinish(const Bytes* message, const grpc::Status& status,
                   void* tag) override {
    if constexpr (kAnswersOnce) {
      if (message == nullptr) {
        stream_->FinishWithError(status, tag);
      } else {
        stream_->Finish(*message, status, tag);
      }
    } else if (message == nullptr) {
      stream_->Finish(status, tag);
    } else {
      stream_->WriteAndFinish(*message, grpc::WriteOptions(), status, tag);
    }
  }

  GrpcService* const grpc_service_;
  const MakeHandlerFunction make_handler_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_STREAM_CALL_H_
