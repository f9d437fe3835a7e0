// Servers that shut down while their clients keep on calling: nobody waits for
// long, what was run is answered, and what was not answered was not run.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/pipeline.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/rpc/grpc_server.h"
#include "store/base/clock.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// Whether the call was answered. CANCELLED is gRPC's own word for a call that
// arrives after the shutdown has begun and before the client knows.
bool Answered(const grpc::Status& status) {
  EXPECT_TRUE(status.ok() ||
              status.error_code() == grpc::StatusCode::UNAVAILABLE ||
              status.error_code() == grpc::StatusCode::CANCELLED)
      << status.error_message();
  return status.ok();
}

class GrpcShutdownTest : public testing::Test {
 protected:
  GrpcShutdownTest() : keyspace_(store::KeyspaceOptions{.shards = 16}) {
    options_.port = 0;
    options_.threads = 2;
  }

  void Start() {
    auto server = GrpcServer::Start(options_, keyspace_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", server_->port()),
        grpc::InsecureChannelCredentials(), arguments);
    key_value_ = pb::KeyValueService::NewStub(channel);
    pipelines_ = pb::PipelineService::NewStub(channel);
  }

  // Threads that call until the server is gone. `call` is given the number of
  // its thread and returns whether it was answered.
  void StartCallers(int threads, const std::function<bool(int)>& call) {
    for (int i = 0; i < threads; ++i) {
      callers_.emplace_back([this, call, i] {
        while (!stop_.load()) answered_ += call(i);
      });
    }
  }

  // Shuts the server down when so many calls were answered.
  void ShutDownAfter(int answered) {
    while (answered_.load() < answered) absl::SleepFor(absl::Milliseconds(1));
    const absl::Time begin = absl::Now();
    server_->Shutdown(absl::Seconds(30));
    EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
    stop_ = true;
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
    stop_ = false;
  }

  bool Increments() {
    grpc::ClientContext context;
    pb::IncrementRequest request;
    request.set_key("n");
    pb::IncrementResponse response;
    return Answered(key_value_->Increment(&context, request, &response));
  }

  // Increments a key through a pipeline, some times in each of some messages;
  // adds how often the server said that it had done so.
  bool IncrementsManyTimes(const std::string& key, std::atomic<int64_t>* done) {
    grpc::ClientContext context;
    auto stream = pipelines_->Pipeline(&context);
    pb::PipelineRequest request;
    for (int i = 0; i < 10; ++i) {
      request.add_operations()->mutable_increment()->set_key(key);
    }
    for (int i = 0; i < 8 && stream->Write(request); ++i) {
    }
    stream->WritesDone();
    pb::PipelineResponse response;
    while (stream->Read(&response)) *done += response.results_size();
    return Answered(stream->Finish());
  }

  bool WritesInPieces(const std::string& key) {
    grpc::ClientContext context;
    pb::WriteValueResponse response;
    auto stream = key_value_->WriteValue(&context, &response);
    pb::WriteValueRequest request;
    request.mutable_header()->set_key(key);
    request.mutable_header()->set_length(200'000);
    request.set_chunk(std::string(100'000, 'x'));
    if (stream->Write(request)) {
      request.clear_header();
      stream->Write(request);
    }
    stream->WritesDone();
    return Answered(stream->Finish());
  }

  bool ReadsInPieces(const std::string& key, size_t length) {
    grpc::ClientContext context;
    pb::ReadValueRequest request;
    request.set_key(key);
    request.set_chunk_bytes(100'000);
    auto stream = key_value_->ReadValue(&context, request);
    pb::ReadValueResponse response;
    size_t read = 0;
    while (stream->Read(&response)) read += response.chunk().size();
    const bool answered = Answered(stream->Finish());
    if (answered) {
      EXPECT_EQ(read, length);
    }
    return answered;
  }

  bool StreamsEntries(const std::string& prefix, int count) {
    grpc::ClientContext context;
    pb::StreamEntriesRequest request;
    request.set_prefix(prefix);
    auto stream = key_value_->StreamEntries(&context, request);
    pb::StreamEntriesResponse response;
    int entries = 0;
    while (stream->Read(&response)) entries += response.entries_size();
    const bool answered = Answered(stream->Finish());
    if (answered) {
      EXPECT_EQ(entries, count);
    }
    return answered;
  }

  std::string Value(const std::string& name) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    const auto found = store::strings::Get(txn, key);
    if (!found.ok() || !found->has_value()) return "";
    return std::string((*found)->value.bytes);
  }

  void SetValue(const std::string& name, const std::string& value) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    txn.PutString(key, value, store::kNoDeadline);
  }

  GrpcServerOptions options_;
  store::Keyspace keyspace_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<pb::KeyValueService::Stub> key_value_;
  std::unique_ptr<pb::PipelineService::Stub> pipelines_;
  std::atomic<bool> stop_{false};
  std::atomic<int> answered_{0};
  std::vector<std::thread> callers_;
};

TEST_F(GrpcShutdownTest, UnaryCallsLoseNoAnswer) {
  Start();
  StartCallers(16, [this](int) { return Increments(); });
  ShutDownAfter(500);
  EXPECT_EQ(Value("n"), absl::StrCat(answered_.load()));
}

TEST_F(GrpcShutdownTest, WhatIsUnderWayEndsAndWhatComesIsRefused) {
  Start();
  grpc::ClientContext context;
  pb::WriteValueResponse response;
  auto stream = key_value_->WriteValue(&context, &response);
  pb::WriteValueRequest request;
  request.mutable_header()->set_key("k");
  request.mutable_header()->set_length(2);
  request.set_chunk("x");
  ASSERT_TRUE(stream->Write(request));
  Increments();  // behind it
  std::thread shutdown([this] { server_->Shutdown(absl::Hours(1)); });
  grpc::Status status;
  while (status.ok()) {
    grpc::ClientContext other;
    pb::IncrementRequest increment;
    increment.set_key("n");
    pb::IncrementResponse incremented;
    status = key_value_->Increment(&other, increment, &incremented);
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
  request.clear_header();
  EXPECT_TRUE(stream->Write(request));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  shutdown.join();
  EXPECT_EQ(Value("k"), "xx");
}

// The more calls are awaited, the longer is the moment in which gRPC loses
// those that come: without StrandedCalls most of these rounds hung.
TEST_F(GrpcShutdownTest, ACallThatGrpcLosesIsEnded) {
  options_.threads = 8;
  options_.calls_per_method = 256;
  for (int round = 0; round < 3; ++round) {
    answered_ = 0;
    Start();
    StartCallers(16, [this](int) { return Increments(); });
    ShutDownAfter(500);
  }
}

TEST_F(GrpcShutdownTest, StreamsLoseNoAnswer) {
  constexpr int kEach = 12;
  constexpr size_t kLength = 1 << 20;
  SetValue("long", std::string(kLength, 'x'));
  for (int i = 0; i < 2000; ++i) SetValue(absl::StrCat("entry", i), "v");
  std::atomic<int64_t> increments[kEach] = {};
  int written[kEach] = {};
  Start();
  StartCallers(kEach, [&](int i) {
    return IncrementsManyTimes(absl::StrCat("n", i), &increments[i]);
  });
  StartCallers(kEach, [&](int i) {
    const bool answered = WritesInPieces(absl::StrCat("w", i, ".", written[i]));
    written[i] += answered;
    return answered;
  });
  StartCallers(kEach, [&](int) { return ReadsInPieces("long", kLength); });
  StartCallers(kEach, [&](int) { return StreamsEntries("entry", 2000); });
  ShutDownAfter(100);
  for (int i = 0; i < kEach; ++i) {
    int64_t value = 0;
    if (increments[i] > 0) {
      EXPECT_TRUE(absl::SimpleAtoi(Value(absl::StrCat("n", i)), &value));
    }
    EXPECT_EQ(value, increments[i].load());
    for (int n = 0; n < written[i]; ++n) {
      EXPECT_EQ(Value(absl::StrCat("w", i, ".", n)).size(), 200'000);
    }
    EXPECT_EQ(Value(absl::StrCat("w", i, ".", written[i])).size(), 0);
  }
}

}  // namespace
}  // namespace kv::server
