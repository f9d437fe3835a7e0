#include "server/rpc/reflection_service.h"

#include <set>
#include <string>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/status.h"

namespace kv::server {
namespace {

namespace pb = grpc::reflection::v1alpha;

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

void SetError(grpc::StatusCode code, const char* message,
              pb::ServerReflectionResponse* response) {
  pb::ErrorResponse* error = response->mutable_error_response();
  error->set_error_code(code);
  error->set_error_message(message);
}

// Adds a file and, before it is used by others, everything it imports.
void AddFile(const FileDescriptor* file, std::set<const FileDescriptor*>* added,
             pb::FileDescriptorResponse* response) {
  if (!added->insert(file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  response->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file->dependency_count(); ++i) {
    AddFile(file->dependency(i), added, response);
  }
}

void AnswerFile(const FileDescriptor* file,
                pb::ServerReflectionResponse* response) {
  if (file == nullptr) {
    return SetError(grpc::StatusCode::NOT_FOUND, "not found", response);
  }
  std::set<const FileDescriptor*> added;
  AddFile(file, &added, response->mutable_file_descriptor_response());
}

const FileDescriptor* FileOfExtension(const pb::ExtensionRequest& request) {
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  const Descriptor* type =
      pool->FindMessageTypeByName(request.containing_type());
  if (type == nullptr) return nullptr;
  const FieldDescriptor* extension =
      pool->FindExtensionByNumber(type, request.extension_number());
  return extension == nullptr ? nullptr : extension->file();
}

void AnswerExtensions(const std::string& type_name,
                      pb::ServerReflectionResponse* response) {
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  const Descriptor* type = pool->FindMessageTypeByName(type_name);
  if (type == nullptr) {
    return SetError(grpc::StatusCode::NOT_FOUND, "not found", response);
  }
  pb::ExtensionNumberResponse* answer =
      response->mutable_all_extension_numbers_response();
  answer->set_base_type_name(type_name);
  std::vector<const FieldDescriptor*> extensions;
  pool->FindAllExtensions(type, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    answer->add_extension_number(extension->number());
  }
}

}  // namespace

// Stream: one client that asks and is answered, one after the other.
//
// Threads    belongs to the queue's thread.
class ReflectionService::Stream final : public QueueTag {
 public:
  Stream(ReflectionService* service, CallQueue* queue)
      : service_(service), queue_(queue) {}

  // `self` is where the service keeps this.
  void Post(std::list<std::unique_ptr<Stream>>::iterator self) {
    self_ = self;
    service_->raw_.RequestServerReflectionInfo(
        &context_, &stream_, queue_->queue.get(), queue_->queue.get(), this);
  }

  void Proceed(bool ok) override {
    if (queue_->draining) return;
    switch (state_) {
      case State::kAwaiting:
        if (!ok) return Delete();  // the server has shut down
        service_->PostStream(queue_);
        return Read();
      case State::kReading:
        if (!ok) return Finish();  // there are no more questions
        response_.Clear();
        service_->Answer(request_, &response_);
        state_ = State::kWriting;
        return stream_.Write(response_, this);
      case State::kWriting:
        return ok ? Read() : Finish();
      case State::kFinishing:
        return Delete();
    }
  }

 private:
  enum class State { kAwaiting, kReading, kWriting, kFinishing };

  void Read() {
    state_ = State::kReading;
    stream_.Read(&request_, this);
  }
  void Finish() {
    state_ = State::kFinishing;
    stream_.Finish(grpc::Status::OK, this);
  }
  void Delete() { service_->streams_.erase(self_); }

  ReflectionService* const service_;
  CallQueue* const queue_;
  std::list<std::unique_ptr<Stream>>::iterator self_;
  State state_ = State::kAwaiting;
  grpc::ServerContext context_;
  pb::ServerReflectionRequest request_;
  pb::ServerReflectionResponse response_;
  grpc::ServerAsyncReaderWriter<pb::ServerReflectionResponse,
                                pb::ServerReflectionRequest>
      stream_{&context_};
};

ReflectionService::ReflectionService(std::vector<absl::string_view> services)
    : services_(std::move(services)) {}

ReflectionService::~ReflectionService() = default;

void ReflectionService::PostStream(CallQueue* queue) {
  streams_.push_front(std::make_unique<Stream>(this, queue));
  streams_.front()->Post(streams_.begin());
}

void ReflectionService::Answer(const pb::ServerReflectionRequest& request,
                               pb::ServerReflectionResponse* response) const {
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  response->set_valid_host(request.host());
  *response->mutable_original_request() = request;
  switch (request.message_request_case()) {
    case pb::ServerReflectionRequest::kFileByFilename:
      return AnswerFile(pool->FindFileByName(request.file_by_filename()),
                        response);
    case pb::ServerReflectionRequest::kFileContainingSymbol:
      return AnswerFile(
          pool->FindFileContainingSymbol(request.file_containing_symbol()),
          response);
    case pb::ServerReflectionRequest::kFileContainingExtension:
      return AnswerFile(FileOfExtension(request.file_containing_extension()),
                        response);
    case pb::ServerReflectionRequest::kAllExtensionNumbersOfType:
      return AnswerExtensions(request.all_extension_numbers_of_type(),
                              response);
    case pb::ServerReflectionRequest::kListServices:
      response->mutable_list_services_response();
      for (const absl::string_view service : services_) {
        response->mutable_list_services_response()->add_service()->set_name(
            std::string(service));
      }
      return;
    case pb::ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      return SetError(grpc::StatusCode::INVALID_ARGUMENT, "no question",
                      response);
  }
}

}  // namespace kv::server
