#include "bench/grpc/empty_service.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "bench/grpc/server_process.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

pb::GetResponse AnswerToGet() {
  pb::GetResponse response;
  response.set_value(std::string(kValueBytes, 'v'));
  response.set_version(kKeys);
  return response;
}

pb::SetResponse AnswerToSet() {
  pb::SetResponse response;
  response.set_applied(true);
  response.set_version(kKeys);
  return response;
}

class EmptyCall {
 public:
  virtual ~EmptyCall() = default;
  virtual void Proceed() = 0;
};

template <typename Request, typename Response, auto kAwait>
class EmptyCallOf final : public EmptyCall {
 public:
  EmptyCallOf(pb::KeyValueService::AsyncService* service,
              grpc::ServerCompletionQueue* queue, const Response& response)
      : service_(service), queue_(queue), response_(response) {
    Await();
  }

  void Proceed() override {
    if (awaiting_) {
      awaiting_ = false;
      responder_->Finish(response_, grpc::Status::OK, this);
    } else {
      Await();
    }
  }

 private:
  void Await() {
    context_.emplace();
    responder_.emplace(&*context_);
    awaiting_ = true;
    (service_->*kAwait)(&*context_, &request_, &*responder_, queue_, queue_,
                        this);
  }

  pb::KeyValueService::AsyncService* const service_;
  grpc::ServerCompletionQueue* const queue_;
  const Response response_;
  bool awaiting_ = false;
  Request request_;
  absl::optional<grpc::ServerContext> context_;
  absl::optional<grpc::ServerAsyncResponseWriter<Response>> responder_;
};

class CallbackService final : public pb::KeyValueService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetRequest*,
                                pb::GetResponse* response) override {
    *response = get_;
    return Finish(context);
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetRequest*,
                                pb::SetResponse* response) override {
    *response = set_;
    return Finish(context);
  }

 private:
  static grpc::ServerUnaryReactor* Finish(
      grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const pb::GetResponse get_ = AnswerToGet();
  const pb::SetResponse set_ = AnswerToSet();
};

// Both servers are set up as FastKV's is.
void Configure(grpc::Service* service, int* port,
               grpc::ServerBuilder* builder) {
  builder->AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                            port);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->RegisterService(service);
}

void TellPort(int port_pipe, int port) {
  if (write(port_pipe, &port, sizeof(port)) != sizeof(port)) _exit(1);
}

}  // namespace

void ServeEmptyFromQueue(int port_pipe) {
  using Service = pb::KeyValueService::AsyncService;
  Service service;
  grpc::ServerBuilder builder;
  int port = 0;
  Configure(&service, &port, &builder);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  std::vector<std::unique_ptr<EmptyCall>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(
        std::make_unique<
            EmptyCallOf<pb::GetRequest, pb::GetResponse, &Service::RequestGet>>(
            &service, queue.get(), AnswerToGet()));
    calls.push_back(
        std::make_unique<
            EmptyCallOf<pb::SetRequest, pb::SetResponse, &Service::RequestSet>>(
            &service, queue.get(), AnswerToSet()));
  }
  TellPort(port_pipe, port);
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<EmptyCall*>(tag)->Proceed();
  _exit(0);
}

void ServeEmptyFromCallbacks(int port_pipe) {
  CallbackService service;
  grpc::ServerBuilder builder;
  int port = 0;
  Configure(&service, &port, &builder);
  const auto server = builder.BuildAndStart();
  TellPort(port_pipe, port);
  server->Wait();
  _exit(0);
}

}  // namespace kv::server
