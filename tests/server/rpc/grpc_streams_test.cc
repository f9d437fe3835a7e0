// Streams through a real server.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
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

class GrpcStreamsTest : public testing::Test {
 protected:
  GrpcStreamsTest() : keyspace_(store::KeyspaceOptions{.shards = 16}) {
    options_.port = 0;
    options_.threads = 2;
  }

  void Start() {
    auto server = GrpcServer::Start(options_, keyspace_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    Connect();
  }

  // Over a connection of its own.
  void Connect() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    const auto channel = grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", server_->port()),
        grpc::InsecureChannelCredentials(), arguments);
    key_value_ = pb::KeyValueService::NewStub(channel);
    pipelines_ = pb::PipelineService::NewStub(channel);
  }

  absl::optional<std::string> Value(const std::string& name) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    const auto found = store::strings::Get(txn, key);
    if (!found.ok() || !found->has_value()) return absl::nullopt;
    return std::string((*found)->value.bytes);
  }

  void SetValue(const std::string& name, const std::string& value) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    txn.PutString(key, value, store::kNoDeadline);
  }

  grpc::Status WriteValue(const std::string& key, const std::string& value,
                          int64_t announced, size_t piece = 100'000) {
    grpc::ClientContext context;
    pb::WriteValueResponse response;
    auto stream = key_value_->WriteValue(&context, &response);
    pb::WriteValueRequest request;
    request.mutable_header()->set_key(key);
    request.mutable_header()->set_length(announced);
    size_t sent = 0;
    do {
      request.set_chunk(value.substr(sent, piece));
      sent += request.chunk().size();
      if (!stream->Write(request)) break;
      request.clear_header();
    } while (sent < value.size());
    stream->WritesDone();
    return stream->Finish();
  }

  static pb::PipelineRequest SetsAndGets(int first, int count) {
    pb::PipelineRequest request;
    for (int i = first; i < first + count; ++i) {
      pb::SetRequest* set = request.add_operations()->mutable_set();
      set->set_key(absl::StrCat("k", i));
      set->set_value(absl::StrCat("v", i));
      request.add_operations()->mutable_get()->set_key(absl::StrCat("k", i));
    }
    return request;
  }

  static void ExpectSetsAndGets(const pb::PipelineResponse& response, int first,
                                int count) {
    ASSERT_EQ(response.results_size(), 2 * count);
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(response.results(2 * i).set().applied());
      EXPECT_EQ(response.results(2 * i + 1).get().value(),
                absl::StrCat("v", first + i));
    }
  }

  GrpcServerOptions options_;
  store::Keyspace keyspace_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<pb::KeyValueService::Stub> key_value_;
  std::unique_ptr<pb::PipelineService::Stub> pipelines_;
};

TEST_F(GrpcStreamsTest, ALongValueIsWrittenAndReadBack) {
  Start();
  std::string value(20 << 20, '\0');
  for (size_t i = 0; i < value.size(); ++i)
    value[i] = static_cast<char>(i % 251);
  const auto length = static_cast<int64_t>(value.size());
  ASSERT_TRUE(WriteValue("k", value, length).ok());
  EXPECT_TRUE(Value("k") == value);
  grpc::ClientContext context;
  pb::ReadValueRequest request;
  request.set_key("k");
  auto stream = key_value_->ReadValue(&context, request);
  std::string read;
  pb::ReadValueResponse response;
  while (stream->Read(&response)) read += response.chunk();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(read == value);
}

TEST_F(GrpcStreamsTest, AWriteThatEndsEarlyIsNoWrite) {
  Start();
  EXPECT_EQ(WriteValue("k", "abc", 4).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  {
    grpc::ClientContext context;
    pb::WriteValueResponse response;
    auto stream = key_value_->WriteValue(&context, &response);
    pb::WriteValueRequest request;
    request.mutable_header()->set_key("k");
    request.mutable_header()->set_length(3);
    request.set_chunk("abc");
    stream->Write(request);
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  // Behind it on the same connection.
  ASSERT_TRUE(WriteValue("other", "x", 1).ok());
  EXPECT_FALSE(Value("k").has_value());
}

TEST_F(GrpcStreamsTest, UploadsBeyondTheBudgetAreRefused) {
  options_.max_upload_bytes = 1 << 20;
  Start();
  EXPECT_EQ(WriteValue("k", "abc", 2 << 20).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  pb::WriteValueRequest request;
  request.mutable_header()->set_key("first");
  request.mutable_header()->set_length(1'000'000);
  request.set_chunk(std::string(700'000, 'x'));
  pb::WriteValueResponse response;
  absl::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientWriter<pb::WriteValueRequest>> first;
  grpc::Status status;
  // Whichever of the two arrives second is refused. Should that be the first
  // one, it begins again.
  do {
    if (first != nullptr) first->Finish().IgnoreError();
    first = key_value_->WriteValue(&context.emplace(), &response);
    ASSERT_TRUE(first->Write(request));
    status = WriteValue("second", std::string(700'000, 'y'), 700'000);
  } while (status.ok());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(status.error_details().find("RetryInfo"), std::string::npos);
  EXPECT_NE(status.error_details().find("OVERLOADED"), std::string::npos);
  request.clear_header();
  request.set_chunk(std::string(300'000, 'x'));
  ASSERT_TRUE(first->Write(request));
  first->WritesDone();
  EXPECT_TRUE(first->Finish().ok());
  EXPECT_TRUE(WriteValue("second", std::string(700'000, 'y'), 700'000).ok());
}

TEST_F(GrpcStreamsTest, EntriesAreStreamed) {
  Start();
  for (int i = 0; i < 5000; ++i) SetValue(absl::StrCat("k", i), "v");
  grpc::ClientContext context;
  auto stream = key_value_->StreamEntries(&context, {});
  pb::StreamEntriesResponse response;
  int entries = 0;
  while (stream->Read(&response)) entries += response.entries_size();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(entries, 5000);
}

TEST_F(GrpcStreamsTest, AHundredPipelinesRunAtOnce) {
  Start();
  std::vector<std::thread> clients;
  for (int client = 0; client < 100; ++client) {
    clients.emplace_back([this, client] {
      grpc::ClientContext context;
      auto stream = pipelines_->Pipeline(&context);
      for (int round = 0; round < 20; ++round) {
        const int first = client * 1000 + round * 10;
        EXPECT_TRUE(stream->Write(SetsAndGets(first, 10)));
        pb::PipelineResponse response;
        EXPECT_TRUE(stream->Read(&response));
        ExpectSetsAndGets(response, first, 10);
      }
      stream->WritesDone();
      EXPECT_TRUE(stream->Finish().ok());
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(GrpcStreamsTest, OneStreamTooManyIsRefused) {
  options_.max_streams = 2;
  Start();
  grpc::ClientContext contexts[3];
  std::unique_ptr<
      grpc::ClientReaderWriter<pb::PipelineRequest, pb::PipelineResponse>>
      streams[3];
  pb::PipelineResponse response;
  for (int i = 0; i < 2; ++i) {
    streams[i] = pipelines_->Pipeline(&contexts[i]);
    ASSERT_TRUE(streams[i]->Write(SetsAndGets(0, 1)));
    ASSERT_TRUE(streams[i]->Read(&response));
  }
  streams[2] = pipelines_->Pipeline(&contexts[2]);
  EXPECT_FALSE(streams[2]->Read(&response));
  const grpc::Status refused = streams[2]->Finish();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refused.error_details().find("OVERLOADED"), std::string::npos);
  // There is room again when one has ended, in whichever way.
  contexts[0].TryCancel();
  EXPECT_EQ(streams[0]->Finish().error_code(), grpc::StatusCode::CANCELLED);
  grpc::Status status;
  do {
    grpc::ClientContext context;
    auto stream = pipelines_->Pipeline(&context);
    stream->WritesDone();
    status = stream->Finish();
  } while (!status.ok());
  streams[1]->WritesDone();
  EXPECT_TRUE(streams[1]->Finish().ok());
}

TEST_F(GrpcStreamsTest, AClientThatDoesNotReadIsHeldBack) {
  options_.max_message_bytes = 8 << 20;
  Start();
  SetValue("big", std::string(4 << 20, 'x'));
  pb::PipelineRequest request;
  request.add_operations()->mutable_get()->set_key("big");
  request.add_operations()->mutable_increment()->set_key("ran");
  grpc::ClientContext context;
  auto stream = pipelines_->Pipeline(&context);
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int i = 0; i < 200 && stream->Write(request); ++i) ++written;
    stream->WritesDone();
  });
  // The other streams and calls go on while this one is stuck.
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext other;
    pb::GetResponse response;
    pb::GetRequest get;
    get.set_key("ran");
    EXPECT_TRUE(key_value_->Get(&other, get, &response).ok());
  }
  // Some messages were run, far from all: nobody reads the answers.
  pb::PipelineResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_LT(std::stoi(*Value("ran")), 50);
  for (int i = 1; i < 200; ++i) {
    ASSERT_TRUE(stream->Read(&response)) << i;
    EXPECT_EQ(response.results(0).get().value().size(), 4 << 20);
    EXPECT_EQ(response.results(1).increment().value(), i + 1);
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  writer.join();
  EXPECT_EQ(written, 200);
}

TEST_F(GrpcStreamsTest, StreamsThatRestEndWithTheServer) {
  Start();
  grpc::ClientContext context;
  auto stream = pipelines_->Pipeline(&context);
  pb::PipelineResponse response;
  ASSERT_TRUE(stream->Write(SetsAndGets(0, 1)));
  ASSERT_TRUE(stream->Read(&response));
  // Returns long before the grace is over, although the stream is open.
  server_->Shutdown(absl::Hours(1));
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
}

TEST_F(GrpcStreamsTest, WhatTakesLongerThanTheGraceIsCancelled) {
  Start();
  SetValue("big", std::string(100 << 20, 'x'));
  // Not read by its client, and half of a value.
  grpc::ClientContext read_context, write_context;
  pb::ReadValueRequest request;
  request.set_key("big");
  auto reader = key_value_->ReadValue(&read_context, request);
  pb::ReadValueResponse response;
  ASSERT_TRUE(reader->Read(&response));
  pb::WriteValueResponse written;
  auto writer = key_value_->WriteValue(&write_context, &written);
  pb::WriteValueRequest half;
  half.mutable_header()->set_key("k");
  half.mutable_header()->set_length(2);
  half.set_chunk("x");
  ASSERT_TRUE(writer->Write(half));
  server_->Shutdown(absl::Milliseconds(100));
  EXPECT_FALSE(writer->Finish().ok());
  while (reader->Read(&response)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_FALSE(Value("k").has_value());
}

// Their ends are reported together with their arrivals.
TEST_F(GrpcStreamsTest, StreamsThatAreCancelledAtOnceHarmNobody) {
  Start();
  for (int round = 0; round < 20; ++round) {
    constexpr int kStreams = 100;
    grpc::ClientContext contexts[kStreams];
    std::vector<std::unique_ptr<
        grpc::ClientReaderWriter<pb::PipelineRequest, pb::PipelineResponse>>>
        streams;
    for (grpc::ClientContext& context : contexts) {
      streams.push_back(pipelines_->Pipeline(&context));
    }
    for (grpc::ClientContext& context : contexts) context.TryCancel();
    for (auto& stream : streams) {
      EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
    }
  }
  grpc::ClientContext context;
  auto stream = pipelines_->Pipeline(&context);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcStreamsTest, AStreamEndsAtItsDeadline) {
  Start();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(50));
  auto stream = pipelines_->Pipeline(&context);
  pb::PipelineResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace kv::server
