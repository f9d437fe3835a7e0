#ifndef FASTKV_CLIENTS_CPP_PIPELINE_H_
#define FASTKV_CLIENTS_CPP_PIPELINE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/methods.h"
#include "fastkv/v1/pipeline.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/impl/codegen/proto_utils.h"  // messages as gRPC takes them
#include "grpcpp/support/sync_stream.h"

namespace fastkv {

struct PipelineOptions {
  // A message is sent when it has so many operations or bytes, whichever comes
  // first. From 64 operations on, a message's own cost hardly shows.
  size_t batch_operations = 64;
  size_t batch_bytes = 256 << 10;
  // Submit waits while so many operations, or so many bytes of them, have no
  // answer. A single operation is always let through.
  size_t max_in_flight = 1024;
  size_t max_in_flight_bytes = 16 << 20;
};

// Pipeline: operations on one stream, many a message. Answers come in order.
// Each operation is atomic by itself; one that fails ends only itself.
//
//   auto pipeline = client->OpenPipeline();
//   for (...) {
//     pipeline->Submit(Set(key, value),
//                      [](absl::StatusOr<v1::SetResponse> response) {...});
//   }
//   absl::Status status = pipeline->Finish();
//
// When the stream breaks, operations without an answer get its status, and may
// have been done or not. Nothing is sent again: begin a new pipeline, with
// request_ids on what is not idempotent.
//
// Owns       one thread, which reads answers and runs the callbacks.
// Threads    safe. Callbacks must not call the pipeline.
class Pipeline {
 public:
  using Callback = absl::AnyInvocable<void(v1::OperationResult)>;
  using Stream =
      grpc::ClientReaderWriter<v1::PipelineRequest, v1::PipelineResponse>;

  Pipeline(const PipelineOptions& options,
           std::unique_ptr<grpc::ClientContext> context,
           std::unique_ptr<Stream> stream);
  // Cancels what has no answer; all callbacks have run when it returns.
  ~Pipeline();

  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Adds an operation; waits while too much is in flight. If the stream is
  // broken, returns why; `done` has then been called or will be.
  template <typename Request>
  absl::Status Submit(
      Request request,
      absl::AnyInvocable<void(absl::StatusOr<ResponseOf<Request>>)> done) {
    return SubmitOperation(
        ToOperation(std::move(request)),
        [done = std::move(done)](v1::OperationResult result) mutable {
          done(TakeResponse<Request>(std::move(result)));
        });
  }
  absl::Status SubmitOperation(v1::Operation operation, Callback done);

  // Sends what has been submitted, though a message is not full.
  absl::Status Flush();
  // Flushes, and waits until everything has been answered.
  absl::Status Drain();
  // Drains and ends the stream; returns how it ended. Nothing may be submitted
  // afterwards.
  absl::Status Finish();

 private:
  // A message that has been sent: who waits for its results.
  struct Sent {
    std::vector<Callback> callbacks;
    size_t bytes = 0;
  };

  bool HasRoomFor(size_t bytes) const;
  void ReadAnswers();
  void Answer(v1::PipelineResponse* response);
  void EndWith(absl::Status status);

  const PipelineOptions options_;
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<Stream> stream_;

  // Held while a message is written, so that messages stand in sent_ in the
  // order in which they leave. Locked before mutex_.
  std::mutex write_mutex_;

  // std::mutex, not absl::Mutex: the race detector sees into it.
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  v1::PipelineRequest batch_;
  Sent batch_waits_;
  std::deque<Sent> sent_;
  size_t in_flight_ = 0;  // in batch_ and sent_
  size_t in_flight_bytes_ = 0;
  bool broken_ = false;  // no answer will come any more
  bool ended_ = false;   // and status_ says why
  absl::Status status_;

  std::thread reader_;  // last: it uses everything
};

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_PIPELINE_H_
