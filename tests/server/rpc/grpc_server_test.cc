#include "server/rpc/grpc_server.h"

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/sorted_set.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/key_ops.h"
#include "store/keyspace.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using testing::HasSubstr;

constexpr char kKeyValue[] = "fastkv.v1.KeyValueService";
constexpr char kSortedSet[] = "fastkv.v1.SortedSetService";
constexpr char kTransaction[] = "fastkv.v1.TransactionService";
constexpr char kPipeline[] = "fastkv.v1.PipelineService";

class GrpcServerTest : public testing::Test {
 protected:
  GrpcServerTest() : keyspace_(store::KeyspaceOptions{.shards = 16}) {
    options_.port = 0;
  }

  void Start() {
    auto server = GrpcServer::Start(options_, keyspace_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = NewChannel();
    key_value_ = pb::KeyValueService::NewStub(channel_);
    sorted_set_ = pb::SortedSetService::NewStub(channel_);
  }

  std::string Address() const {
    return absl::StrCat("127.0.0.1:", server_->port());
  }

  // A connection of its own, which receives messages of any length.
  std::shared_ptr<grpc::Channel> NewChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(
        Address(), grpc::InsecureChannelCredentials(), arguments);
  }

  pb::SetResponse Set(const std::string& key, const std::string& value) {
    grpc::ClientContext context;
    pb::SetRequest request;
    request.set_key(key);
    request.set_value(value);
    pb::SetResponse response;
    const grpc::Status status = key_value_->Set(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  grpc::Status Get(const std::string& key, pb::GetResponse* response) {
    grpc::ClientContext context;
    pb::GetRequest request;
    request.set_key(key);
    return key_value_->Get(&context, request, response);
  }

  // A call by the method's name with bytes as its messages.
  grpc::Status CallRaw(const std::string& method, const std::string& request,
                       std::string* response) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const grpc::Slice slice(request);
    auto call = stub.PrepareUnaryCall(&context, method,
                                      grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer buffer;
    grpc::Status status;
    call->Finish(&buffer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    *response = status.ok() ? StringOf(buffer) : "";
    return status;
  }

  // Asks for a Set, and cancels it after a while.
  void CancelSet(const std::string& key, absl::Duration after) {
    grpc::ClientContext context;
    std::thread caller([&] {
      pb::SetRequest request;
      request.set_key(key);
      pb::SetResponse response;
      EXPECT_EQ(key_value_->Set(&context, request, &response).error_code(),
                grpc::StatusCode::CANCELLED);
    });
    absl::SleepFor(after);
    context.TryCancel();
    caller.join();
  }

  // These two ask the keyspace, past the server.
  bool Exists(const std::string& name) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    return store::keys::Exists(txn, key);
  }
  void Remove(const std::string& name) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, store::WallTimeMs(), key);
    store::keys::Erase(txn, key);
  }

  GrpcServer::MethodStats StatsOf(absl::string_view name) const {
    for (const auto& method : server_->Stats()) {
      if (method.method == name) return method;
    }
    ADD_FAILURE() << "no method " << name;
    return {};
  }

  static std::string StringOf(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(buffer.Dump(&slices).ok());
    std::string bytes;
    for (const grpc::Slice& slice : slices) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return bytes;
  }

  // grpc.health.v1 by hand: its messages are not installed. A field 1 of type
  // string asks, a field 1 of type enum answers.
  grpc::Status Health(const std::string& service, std::string* response) {
    return CallRaw(
        "/grpc.health.v1.Health/Check",
        absl::StrCat("\x0a", std::string(1, service.size()), service),
        response);
  }
  const std::string kServing{"\x08\x01"};

  GrpcServerOptions options_;
  store::Keyspace keyspace_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::KeyValueService::Stub> key_value_;
  std::unique_ptr<pb::SortedSetService::Stub> sorted_set_;
};

// The reason in the ErrorInfo that a status carries, or why there is none.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return "unparsable";
  if (details.code() != status.error_code()) return "another code";
  if (details.details_size() != 1) return "no details";
  google::rpc::ErrorInfo info;
  if (!details.details(0).UnpackTo(&info)) return "no ErrorInfo";
  return info.domain() == "fastkv" ? info.reason() : "another domain";
}

TEST_F(GrpcServerTest, EveryMethodIsServedAndCounted) {
  Start();
  std::set<std::string> methods;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {kKeyValue, kSortedSet, kTransaction, kPipeline}) {
    const auto* service = pool->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method =
          absl::StrCat(name, "/", service->method(i)->name());
      methods.insert(method);
      // A stream is served by one message as well.
      std::string response;
      EXPECT_NE(CallRaw("/" + method, "", &response).error_code(),
                grpc::StatusCode::UNIMPLEMENTED)
          << method;
    }
  }
  std::string response;
  EXPECT_TRUE(Health("", &response).ok());
  methods.insert("grpc.health.v1.Health/Check");

  for (const auto& method : server_->Stats()) {
    EXPECT_EQ(method.calls, methods.erase(std::string(method.method)))
        << method.method;
  }
  EXPECT_THAT(methods, testing::IsEmpty());
}

TEST_F(GrpcServerTest, ValuesOfAnyLengthComeBack) {
  Start();
  uint64_t version = 0;
  for (const size_t size : {0, 1, 20, 4096, 4097, 70'000, 1 << 20, 9 << 20}) {
    std::string value(size, 'x');
    if (size > 0) value.back() = '\0';
    const pb::SetResponse set = Set("k", value);
    EXPECT_GT(set.version(), version);
    version = set.version();
    pb::GetResponse response;
    ASSERT_TRUE(Get("k", &response).ok());
    EXPECT_TRUE(response.has_value());
    EXPECT_EQ(response.value(), value) << size;
    EXPECT_EQ(response.version(), version);
  }
}

TEST_F(GrpcServerTest, AMissIsNoError) {
  Start();
  pb::GetResponse response;
  ASSERT_TRUE(Get("none", &response).ok());
  EXPECT_FALSE(response.has_value());
}

TEST_F(GrpcServerTest, NothingOfACallIsLeftForTheNext) {
  options_.calls_per_method = 1;
  Start();
  Set("k", "v");
  pb::GetResponse response;
  ASSERT_TRUE(Get("k", &response).ok());
  ASSERT_TRUE(Get("none", &response).ok());
  EXPECT_FALSE(response.has_value());
  EXPECT_EQ(response.version(), 0);
  grpc::ClientContext context;
  pb::SetRequest request;
  request.set_key("once");
  request.set_ttl_ms(1000);
  request.set_return_previous(true);
  pb::SetResponse set;
  ASSERT_TRUE(key_value_->Set(&context, request, &set).ok());
  Set("ever", "v");
  ASSERT_TRUE(Get("ever", &response).ok());
  EXPECT_FALSE(response.has_ttl_ms());
}

TEST_F(GrpcServerTest, ErrorsCarryTheirReason) {
  Start();
  Set("s", "text");
  grpc::ClientContext context;
  pb::SortedSetServiceCountRequest request;
  request.set_key("s");
  pb::SortedSetServiceCountResponse response;
  const grpc::Status status = sorted_set_->Count(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "WRONG_TYPE");
  for (const auto& method : server_->Stats()) {
    EXPECT_EQ(method.errors,
              method.method == absl::StrCat(kSortedSet, "/Count"))
        << method.method;
  }
}

TEST_F(GrpcServerTest, BytesThatAreNoMessageAreRefused) {
  Start();
  std::string response;
  const grpc::Status status =
      CallRaw(absl::StrCat("/", kKeyValue, "/Get"), "\x0a\x7f", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
}

TEST_F(GrpcServerTest, AnUnknownMethodIsUnimplemented) {
  Start();
  std::string response;
  EXPECT_EQ(CallRaw(absl::StrCat("/", kKeyValue, "/Rename"), "", &response)
                .error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(GrpcServerTest, HealthIsToldForEachService) {
  Start();
  std::string response;
  for (const char* service :
       {"", kKeyValue, kSortedSet, kTransaction, kPipeline}) {
    ASSERT_TRUE(Health(service, &response).ok()) << service;
    EXPECT_EQ(response, kServing) << service;
  }
  EXPECT_EQ(Health("fastkv.v1.NoSuchService", &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcServerTest, ReflectionListsTheServices) {
  Start();
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call = stub.PrepareCall(
      &context,
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  const auto done = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(this);
  ASSERT_TRUE(done());
  const grpc::Slice list_services("\x3a\x01*", 3);  // field 7, a string
  call->WriteLast(grpc::ByteBuffer(&list_services, 1), grpc::WriteOptions(),
                  this);
  ASSERT_TRUE(done());
  grpc::ByteBuffer response;
  call->Read(&response, this);
  ASSERT_TRUE(done());
  EXPECT_THAT(StringOf(response), HasSubstr(kKeyValue));
  EXPECT_THAT(StringOf(response), HasSubstr(kSortedSet));
  EXPECT_THAT(StringOf(response), HasSubstr(kPipeline));
  EXPECT_THAT(StringOf(response), HasSubstr("grpc.health.v1.Health"));
  grpc::Status status;
  call->Finish(&status, this);
  ASSERT_TRUE(done());
}

TEST_F(GrpcServerTest, ARequestBeyondTheLimitIsRefused) {
  options_.max_message_bytes = 100'000;
  Start();
  grpc::ClientContext context;
  pb::SetRequest request;
  request.set_key("k");
  request.set_value(std::string(100'001, 'x'));
  pb::SetResponse response;
  EXPECT_EQ(key_value_->Set(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  pb::GetResponse got;
  ASSERT_TRUE(Get("k", &got).ok());
  EXPECT_FALSE(got.has_value());
}

TEST_F(GrpcServerTest, AnAnswerBeyondTheLimitIsRefusedWithItsReason) {
  options_.max_message_bytes = 100'000;
  Start();
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    pb::AppendRequest request;
    request.set_key("k");
    request.set_suffix(std::string(60'000, 'x'));
    pb::AppendResponse response;
    ASSERT_TRUE(key_value_->Append(&context, request, &response).ok());
  }
  pb::GetResponse response;
  const grpc::Status status = Get("k", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(ReasonOf(status), "RESPONSE_TOO_LARGE");
}

TEST_F(GrpcServerTest, ACallPastItsDeadlineWritesNothing) {
  Start();
  Set("warm", "connection");
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() -
                       std::chrono::seconds(1));
  pb::SetRequest request;
  request.set_key("k");
  pb::SetResponse response;
  EXPECT_EQ(key_value_->Set(&context, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  pb::GetResponse got;
  ASSERT_TRUE(Get("k", &got).ok());
  EXPECT_FALSE(got.has_value());
}

// The server's only thread is kept busy by a call that waits for a shard, while
// other threads, here the client's, read what comes after it. So the arrival of
// a call and its end are there together when it has its turn.
TEST_F(GrpcServerTest, ACallThatIsCancelledBeforeItsTurnIsNotRun) {
  options_.threads = 1;
  Start();
  const auto sets = [this] { return StatsOf(absl::StrCat(kKeyValue, "/Set")); };
  // gRPC may have dropped the call by itself, or be late to tell of its end.
  constexpr int kRounds = 20;
  int round = 0;
  while (sets().errors == 0 && ++round < kRounds) {
    const uint64_t before = sets().calls;
    std::thread first;
    {
      const store::Key held("held");
      const store::Transaction txn(keyspace_, store::WallTimeMs(), held);
      first = std::thread([this] { Set("held", "v"); });
      while (sets().calls == before) absl::SleepFor(absl::Milliseconds(1));
      CancelSet("late", absl::Milliseconds(10 * round));
      absl::SleepFor(absl::Milliseconds(10 * round));
    }
    first.join();
    absl::SleepFor(absl::Milliseconds(10 * round));
    if (sets().errors > 0) {
      EXPECT_FALSE(Exists("late"));
    }
    Remove("late");
  }
  EXPECT_LT(round, kRounds);
}

TEST_F(GrpcServerTest, ADeadlineAheadIsNoObstacle) {
  Start();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(30));
  pb::SetRequest request;
  request.set_key("k");
  pb::SetResponse response;
  EXPECT_TRUE(key_value_->Set(&context, request, &response).ok());
}

TEST_F(GrpcServerTest, ManyCallersOfOneKeyLoseNoIncrement) {
  constexpr int kCallers = 64;
  constexpr int kCalls = 50;
  for (const int threads : {1, 3}) {
    options_.threads = threads;
    options_.calls_per_method = 4;  // fewer than callers: some have to wait
    Start();
    std::vector<std::thread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([this, threads] {
        for (int call = 0; call < kCalls; ++call) {
          grpc::ClientContext context;
          pb::IncrementRequest request;
          request.set_key(absl::StrCat("n", threads));
          pb::IncrementResponse response;
          EXPECT_TRUE(key_value_->Increment(&context, request, &response).ok());
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    pb::GetResponse response;
    ASSERT_TRUE(Get(absl::StrCat("n", threads), &response).ok());
    EXPECT_EQ(response.value(), absl::StrCat(kCallers * kCalls));
  }
}

TEST_F(GrpcServerTest, APortInUseIsNamedWithItsCause) {
  Start();
  GrpcServerOptions options;
  options.port = server_->port();
  const auto second = GrpcServer::Start(options, keyspace_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(Address()));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("Address already in use"));
  EXPECT_EQ(second.status().message().find('\n'), absl::string_view::npos);
}

TEST_F(GrpcServerTest, AnAddressThatIsNotOursIsRefused) {
  options_.bind = "192.0.2.1";  // reserved for documentation
  const auto server = GrpcServer::Start(options_, keyspace_);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("192.0.2.1"));
}

TEST_F(GrpcServerTest, OptionsOutOfRangeAreRefused) {
  const auto code = [this](const GrpcServerOptions& options) {
    return GrpcServer::Start(options, keyspace_).status().code();
  };
  for (const std::function<void(GrpcServerOptions*)>& spoil :
       std::vector<std::function<void(GrpcServerOptions*)>>{
           [](GrpcServerOptions* options) { options->port = 65536; },
           [](GrpcServerOptions* options) { options->port = -1; },
           [](GrpcServerOptions* options) { options->threads = 0; },
           [](GrpcServerOptions* options) { options->calls_per_method = 0; },
           [](GrpcServerOptions* options) { options->max_message_bytes = 1; },
           [](GrpcServerOptions* options) {
             options->max_message_bytes = (size_t{512} << 20) + 1;
           }}) {
    GrpcServerOptions options;
    options.port = 0;
    spoil(&options);
    EXPECT_EQ(code(options), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(GrpcServerTest, ShutdownDoesNotWaitForIdleConnections) {
  Start();
  std::vector<std::shared_ptr<grpc::Channel>> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(NewChannel());
    ASSERT_TRUE(idle.back()->WaitForConnected(std::chrono::system_clock::now() +
                                              std::chrono::seconds(10)));
  }
  const absl::Time begin = absl::Now();
  server_->Shutdown(absl::Seconds(30));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  server_->Shutdown(absl::Seconds(30));  // again: nothing
  pb::GetResponse response;
  EXPECT_EQ(Get("k", &response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcServerTest, ShutdownCutsCallsThatDoNotEndWithinTheGrace) {
  Start();
  // A health watch never ends by itself.
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  call->StartCall(this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice request("", 0);
  call->WriteLast(grpc::ByteBuffer(&request, 1), grpc::WriteOptions(), this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer response;
  call->Read(&response, this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  EXPECT_EQ(StringOf(response), kServing);
  const absl::Time begin = absl::Now();
  server_->Shutdown(absl::Milliseconds(200));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  // The watcher was told before the end.
  call->Read(&response, this);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  if (ok) {
    EXPECT_EQ(StringOf(response), "\x08\x02");  // NOT_SERVING
  }
  grpc::Status status;
  call->Finish(&status, this);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

TEST_F(GrpcServerTest, ALargeAnswerJustBeforeDoesNotDelayTheEnd) {
  Start();
  Set("k", std::string(8 << 20, 'x'));
  for (int i = 0; i < 8; ++i) {
    pb::GetResponse response;
    ASSERT_TRUE(Get("k", &response).ok());
  }
  key_value_ = nullptr;
  sorted_set_ = nullptr;
  channel_ = nullptr;
  const absl::Time begin = absl::Now();
  server_ = nullptr;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST_F(GrpcServerTest, DestructionShutsDown) {
  Start();
  Set("k", "v");
  server_ = nullptr;
  pb::GetResponse response;
  EXPECT_EQ(Get("k", &response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace kv::server
