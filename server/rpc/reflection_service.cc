#include "server/rpc/reflection_service.h"

#include <set>
#include <string>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/support/status.h"
#include "server/rpc/rpc_limits.h"

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
// Threads    as StreamHandler.
class ReflectionService::Stream final : public StreamHandler {
 public:
  explicit Stream(const ReflectionService& service) : service_(service) {}

  Next Receive(store::TimeMs,
               google::protobuf::io::ZeroCopyInputStream* message, size_t,
               Turn* turn) override {
    pb::ServerReflectionRequest request;
    if (!request.ParseFromZeroCopyStream(message)) {
      return End(MalformedRequest(), turn);
    }
    pb::ServerReflectionResponse response;
    service_.Answer(request, &response);
    turn->message.AppendMessage({}, response);
    return Next::kSend;
  }

  Next ReceiveEnd(store::TimeMs, Turn* turn) override { return End({}, turn); }

  Next Resume(store::TimeMs, Turn*) override { return Next::kReceive; }

 private:
  const ReflectionService& service_;
};

ReflectionService::ReflectionService(std::vector<absl::string_view> services)
    : services_(std::move(services)) {}

std::unique_ptr<StreamHandler> ReflectionService::NewStream() const {
  return std::make_unique<Stream>(*this);
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
