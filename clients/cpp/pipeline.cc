#include "clients/cpp/pipeline.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/status.h"

namespace fastkv {
namespace {

v1::OperationResult ErrorResult(const absl::Status& status) {
  v1::OperationResult result;
  result.mutable_error()->set_code(static_cast<int>(status.code()));
  result.mutable_error()->set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& detail) {
    google::protobuf::Any* any = result.mutable_error()->add_details();
    any->set_type_url(std::string(type));
    any->set_value(std::string(detail));
  });
  return result;
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options,
                   std::unique_ptr<grpc::ClientContext> context,
                   std::unique_ptr<Stream> stream)
    : options_(options),
      context_(std::move(context)),
      stream_(std::move(stream)),
      reader_([this] { ReadAnswers(); }) {}

Pipeline::~Pipeline() {
  if (!reader_.joinable()) return;
  context_->TryCancel();
  reader_.join();
}

bool Pipeline::HasRoomFor(size_t bytes) const {
  return in_flight_ == 0 ||
         (in_flight_ < options_.max_in_flight &&
          in_flight_bytes_ + bytes <= options_.max_in_flight_bytes);
}

absl::Status Pipeline::SubmitOperation(v1::Operation operation, Callback done) {
  const size_t bytes = operation.ByteSizeLong();
  bool full;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!broken_ && !HasRoomFor(bytes)) {
      if (batch_.operations_size() == 0) {
        changed_.wait(lock);
        continue;
      }
      // What waits here would never be answered.
      lock.unlock();
      Flush().IgnoreError();  // seen in broken_
      lock.lock();
    }
    if (broken_) {
      changed_.wait(lock, [this] { return ended_; });
      const absl::Status status = status_;
      lock.unlock();
      done(ErrorResult(status));
      return status;
    }
    *batch_.add_operations() = std::move(operation);
    batch_waits_.callbacks.push_back(std::move(done));
    batch_waits_.bytes += bytes;
    in_flight_ += 1;
    in_flight_bytes_ += bytes;
    full = batch_.operations_size() >=
               static_cast<int>(options_.batch_operations) ||
           batch_waits_.bytes >= options_.batch_bytes;
  }
  return full ? Flush() : absl::OkStatus();
}

absl::Status Pipeline::Flush() {
  std::lock_guard<std::mutex> write_lock(write_mutex_);
  v1::PipelineRequest request;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (broken_) {
      // Not waited for: the reader needs write_mutex_ to find out why.
      return ended_ ? status_ : absl::UnavailableError("the stream is broken");
    }
    if (batch_.operations_size() == 0) return absl::OkStatus();
    request.Swap(&batch_);
    sent_.push_back(std::move(batch_waits_));
    batch_waits_ = Sent();
  }
  if (stream_->Write(request)) return absl::OkStatus();
  return absl::UnavailableError("the stream is broken");
}

absl::Status Pipeline::Drain() {
  Flush().IgnoreError();  // waiting tells why
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || (!broken_ && !in_flight_); });
  return status_;
}

absl::Status Pipeline::Finish() {
  Drain().IgnoreError();  // status_ has it
  {
    std::lock_guard<std::mutex> write_lock(write_mutex_);
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) stream_->WritesDone();
  }
  if (reader_.joinable()) reader_.join();
  std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

void Pipeline::ReadAnswers() {
  v1::PipelineResponse response;
  while (stream_->Read(&response)) Answer(&response);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    broken_ = true;
  }
  // A Write that is under way fails, now that the stream has ended; Finish has
  // to come after it.
  std::lock_guard<std::mutex> write_lock(write_mutex_);
  EndWith(ToStatus(stream_->Finish()));
}

void Pipeline::Answer(v1::PipelineResponse* response) {
  Sent sent;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (sent_.empty() || static_cast<int>(sent_.front().callbacks.size()) !=
                             response->results_size()) {
      context_->TryCancel();  // not the server of this API; Read ends
      return;
    }
    sent = std::move(sent_.front());
    sent_.pop_front();
  }
  for (size_t i = 0; i < sent.callbacks.size(); ++i) {
    sent.callbacks[i](std::move(*response->mutable_results(i)));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  in_flight_ -= sent.callbacks.size();
  in_flight_bytes_ -= sent.bytes;
  changed_.notify_all();
}

void Pipeline::EndWith(absl::Status status) {
  std::deque<Sent> unanswered;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (batch_.operations_size() > 0) sent_.push_back(std::move(batch_waits_));
    batch_.Clear();
    unanswered.swap(sent_);
    if (status.ok() && !unanswered.empty()) {
      status = absl::UnavailableError("the server ended the stream");
    }
    status_ = status;
  }
  const v1::OperationResult error = ErrorResult(status);
  for (Sent& sent : unanswered) {
    for (Callback& callback : sent.callbacks) callback(error);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  in_flight_ = 0;
  in_flight_bytes_ = 0;
  ended_ = true;
  changed_.notify_all();
}

}  // namespace fastkv
