// Calls with a request_id, through gRPC.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/sorted_set.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/rpc/grpc_server.h"
#include "store/keyspace.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

class RepeatedCallTest : public testing::Test {
 protected:
  void Start(GrpcServerOptions options) {
    options.port = 0;
    auto server = GrpcServer::Start(options, keyspace_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    key_value_ = pb::KeyValueService::NewStub(NewChannel());
  }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", server_->port()),
        grpc::InsecureChannelCredentials(), arguments);
  }

  grpc::Status Increment(const std::string& id, int64_t delta, int64_t* value,
                         grpc::ClientContext* context) {
    pb::IncrementRequest request;
    request.set_key("n");
    request.set_delta(delta);
    request.set_request_id(id);
    pb::IncrementResponse response;
    const grpc::Status status =
        key_value_->Increment(context, request, &response);
    *value = response.value();
    return status;
  }
  grpc::Status Increment(const std::string& id, int64_t delta, int64_t* value) {
    grpc::ClientContext context;
    return Increment(id, delta, value, &context);
  }

  static google::rpc::Status DetailsOf(const grpc::Status& status) {
    google::rpc::Status details;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    return details;
  }

  store::Keyspace keyspace_{store::KeyspaceOptions{.shards = 16}};
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<pb::KeyValueService::Stub> key_value_;
};

TEST_F(RepeatedCallTest, IsAppliedOnce) {
  Start({});
  int64_t value = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_TRUE(Increment("first", 5, &value).ok());
    EXPECT_EQ(value, 5);
  }
  ASSERT_TRUE(Increment("second", 5, &value).ok());
  EXPECT_EQ(value, 10);
  ASSERT_TRUE(Increment("first", 5, &value).ok());
  EXPECT_EQ(value, 5);
  // Without an id, each is a call of its own.
  ASSERT_TRUE(Increment("", 5, &value).ok());
  ASSERT_TRUE(Increment("", 5, &value).ok());
  EXPECT_EQ(value, 20);
}

TEST_F(RepeatedCallTest, IsAppliedOnceWhenAllComeAtOnce) {
  Start({.threads = 4});
  constexpr int kThreads = 8;
  constexpr int kCalls = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      const auto stub = pb::SortedSetService::NewStub(NewChannel());
      for (int call = 1; call <= kCalls; ++call) {
        grpc::ClientContext context;
        pb::SortedSetServiceIncrementRequest request;
        request.set_key("z");
        request.set_member("m");
        request.set_delta(1);
        request.set_request_id(std::to_string(call));
        pb::SortedSetServiceIncrementResponse response;
        ASSERT_TRUE(stub->Increment(&context, request, &response).ok());
        // All threads get through the calls in the same order.
        EXPECT_EQ(response.score(), call);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RepeatedCallTest, WithAnotherRequestIsRefused) {
  Start({});
  int64_t value = 0;
  ASSERT_TRUE(Increment("id", 1, &value).ok());
  const grpc::Status status = Increment("id", 2, &value);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(DetailsOf(status).details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "REQUEST_ID_REUSED");
}

TEST_F(RepeatedCallTest, SaysWhenThereIsRoomForItsId) {
  Start({.request_id_window = absl::Seconds(30), .request_id_max_bytes = 0});
  int64_t value = 0;
  grpc::ClientContext context;
  const grpc::Status status = Increment("id", 1, &value, &context);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const google::rpc::Status details = DetailsOf(status);
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "REQUEST_IDS_EXHAUSTED");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.details(1).UnpackTo(&retry));
  // gRPC's own retries go by a trailer.
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto pushback = trailers.find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, trailers.end());
  int64_t pushback_ms = 0;
  ASSERT_TRUE(absl::SimpleAtoi(
      std::string(pushback->second.data(), pushback->second.size()),
      &pushback_ms));
  EXPECT_GT(pushback_ms, 0);
  EXPECT_EQ(retry.retry_delay().seconds() * 1000 +
                retry.retry_delay().nanos() / 1000000,
            pushback_ms);
  // Calls without an id need no room.
  EXPECT_TRUE(Increment("", 1, &value).ok());
}

}  // namespace
}  // namespace kv::server
