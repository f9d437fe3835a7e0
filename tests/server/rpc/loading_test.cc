// The gRPC port while the data is loaded, and when the log fails.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/rpc/grpc_server.h"
#include "store/engine.h"
#include "tests/testing/loading_engine.h"

namespace kv::server {
namespace {

namespace health = grpc::health::v1;
namespace pb = fastkv::v1;
using Serving = health::HealthCheckResponse;

const char* const kServices[] = {
    "fastkv.v1.KeyValueService", "fastkv.v1.SortedSetService",
    "fastkv.v1.TransactionService", "fastkv.v1.PipelineService"};

class LoadingTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.port = 0;
    options_.threads = 2;
    Start();
  }

  void Start() {
    auto server = GrpcServer::Start(options_, loading_.engine().keyspace(),
                                    loading_.engine().commit_gate());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = NewChannel({});
  }

  std::shared_ptr<grpc::Channel> NewChannel(const std::string& config) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    if (!config.empty()) arguments.SetServiceConfigJSON(config);
    return grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", server_->port()),
        grpc::InsecureChannelCredentials(), arguments);
  }

  // How a call with an empty message ends. Streams are served by it as well.
  grpc::Status Call(const std::string& method, grpc::ClientContext* context) {
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    grpc::Slice slice;
    auto call = stub.PrepareUnaryCall(context, method,
                                      grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer buffer;
    grpc::Status status;
    call->Finish(&buffer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status;
  }

  static grpc::Status Get(const std::shared_ptr<grpc::Channel>& channel,
                          pb::GetResponse* response) {
    grpc::ClientContext context;
    pb::GetRequest request;
    request.set_key("k");
    return pb::KeyValueService::NewStub(channel)->Get(&context, request,
                                                      response);
  }

  Serving::ServingStatus Health(const std::string& service) {
    grpc::ClientContext context;
    health::HealthCheckRequest request;
    request.set_service(service);
    health::HealthCheckResponse response;
    const grpc::Status status =
        health::Health::NewStub(channel_)->Check(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status();
  }

  test::LoadingEngine loading_;
  GrpcServerOptions options_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

std::vector<std::string> MethodsOf(const char* service) {
  const auto* found =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          service);
  std::vector<std::string> methods;
  for (int i = 0; i < found->method_count(); ++i) {
    methods.push_back(
        absl::StrCat("/", service, "/", found->method(i)->name()));
  }
  return methods;
}

// What the details of a status say; empty or zero if nothing.
struct Details {
  explicit Details(const grpc::Status& status) {
    google::rpc::Status details;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::RetryInfo retry;
      if (any.UnpackTo(&info)) reason = info.reason();
      if (any.UnpackTo(&retry)) {
        delay_ms = retry.retry_delay().seconds() * 1000 +
                   retry.retry_delay().nanos() / 1'000'000;
      }
    }
  }
  std::string reason;
  int64_t delay_ms = 0;
};

TEST_F(LoadingTest, EveryMethodSaysSo) {
  int methods = 0;
  for (const char* service : kServices) {
    for (const std::string& method : MethodsOf(service)) {
      grpc::ClientContext context;
      const grpc::Status status = Call(method, &context);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << method;
      const Details details(status);
      EXPECT_EQ(details.reason, "LOADING") << method;
      EXPECT_GT(details.delay_ms, 0) << method;
      // What gRPC's own retries go by.
      const auto& trailers = context.GetServerTrailingMetadata();
      const auto pushback = trailers.find("grpc-retry-pushback-ms");
      ASSERT_NE(pushback, trailers.end()) << method;
      EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()),
                absl::StrCat(details.delay_ms));
      ++methods;
    }
  }
  EXPECT_GT(methods, 25);
  ASSERT_TRUE(loading_.Finish().ok());
  for (const char* service : kServices) {
    for (const std::string& method : MethodsOf(service)) {
      grpc::ClientContext context;
      EXPECT_NE(Call(method, &context).error_code(),
                grpc::StatusCode::UNAVAILABLE)
          << method;
    }
  }
  pb::GetResponse response;
  ASSERT_TRUE(Get(channel_, &response).ok());
  EXPECT_EQ(response.value(), "v");
}

TEST_F(LoadingTest, TheDelayIsWhatIsLeftWithinBounds) {
  absl::Duration remaining;
  options_.load_remaining = [&] { return remaining; };
  Start();
  const std::pair<absl::Duration, int64_t> kDelays[] = {
      {absl::Milliseconds(700), 700},
      {absl::ZeroDuration(), 100},
      {absl::Hours(1), 2000}};
  for (const auto& [left, delay_ms] : kDelays) {
    remaining = left;
    pb::GetResponse response;
    EXPECT_EQ(Details(Get(channel_, &response)).delay_ms, delay_ms);
  }
}

TEST_F(LoadingTest, AStreamEndsWithTheReasonWithoutAMessage) {
  grpc::ClientContext context;
  pb::WriteValueResponse response;
  const auto stream =
      pb::KeyValueService::NewStub(channel_)->WriteValue(&context, &response);
  EXPECT_EQ(Details(stream->Finish()).reason, "LOADING");
}

// With the policy that ships with the API.
TEST_F(LoadingTest, AClientThatRetriesWaitsForTheData) {
  options_.load_remaining = [] { return absl::Milliseconds(200); };
  Start();
  const auto channel = NewChannel(R"({"methodConfig": [{
      "name": [{"service": "fastkv.v1.KeyValueService", "method": "Get"}],
      "retryPolicy": {
        "maxAttempts": 5, "initialBackoff": "0.05s", "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"]}}]})");
  std::thread end([this] {
    absl::SleepFor(absl::Milliseconds(300));
    EXPECT_TRUE(loading_.Finish().ok());
  });
  pb::GetResponse response;
  const grpc::Status status = Get(channel, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.value(), "v");
  end.join();
}

// Who ends what is not alive must not end a long load.
TEST_F(LoadingTest, TheServerIsHealthyBeforeItsServicesAre) {
  EXPECT_EQ(Health(""), Serving::SERVING);
  for (const char* service : kServices) {
    EXPECT_EQ(Health(service), Serving::NOT_SERVING);
  }
  ASSERT_TRUE(loading_.Finish().ok());
  EXPECT_EQ(Health(""), Serving::SERVING);
  for (const char* service : kServices) {
    EXPECT_EQ(Health(service), Serving::SERVING);
  }
}

TEST_F(LoadingTest, WatchesAreToldOfEachChange) {
  const auto stub = health::Health::NewStub(channel_);
  grpc::ClientContext context, server_context;
  health::HealthCheckRequest request;
  const auto server = stub->Watch(&server_context, request);
  request.set_service(kServices[0]);
  const auto watch = stub->Watch(&context, request);
  health::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), Serving::NOT_SERVING);
  ASSERT_TRUE(server->Read(&response));
  EXPECT_EQ(response.status(), Serving::SERVING);
  ASSERT_TRUE(loading_.Finish().ok());
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), Serving::SERVING);

  loading_.files().FailSyncs();
  grpc::ClientContext lost;
  pb::SetRequest set;
  set.set_key("k");
  pb::SetResponse set_response;
  EXPECT_EQ(Details(pb::KeyValueService::NewStub(channel_)->Set(&lost, set,
                                                                &set_response))
                .reason,
            "LOG_FAILED");
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), Serving::NOT_SERVING);
  ASSERT_TRUE(server->Read(&response));
  EXPECT_EQ(response.status(), Serving::NOT_SERVING);
  // Reads go on, streams that may write are refused.
  pb::GetResponse get_response;
  EXPECT_TRUE(Get(channel_, &get_response).ok());
  grpc::ClientContext pipeline;
  EXPECT_EQ(
      Details(Call("/fastkv.v1.PipelineService/Pipeline", &pipeline)).reason,
      "LOG_FAILED");
}

TEST_F(LoadingTest, ReflectionWorks) {
  namespace reflection = grpc::reflection::v1alpha;
  grpc::ClientContext context;
  const auto stream =
      reflection::ServerReflection::NewStub(channel_)->ServerReflectionInfo(
          &context);
  reflection::ServerReflectionRequest request;
  request.set_list_services("");
  ASSERT_TRUE(stream->Write(request));
  reflection::ServerReflectionResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.list_services_response().service_size(), 6);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(LoadingTest, TheServerStopsWhileItLoads) {
  const auto stub = health::Health::NewStub(channel_);
  grpc::ClientContext context;
  const auto watch = stub->Watch(&context, health::HealthCheckRequest());
  health::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  server_->Shutdown(absl::Seconds(5));
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), Serving::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));
}

}  // namespace
}  // namespace kv::server
