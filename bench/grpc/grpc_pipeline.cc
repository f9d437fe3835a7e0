// grpc_pipeline: server CPU per operation of Pipeline and per key of BatchGet,
// by how many a message has.
//
//   grpc_pipeline [messages per round] [rounds]
//
// Keys of 16 bytes, values of 64. One stream on each of four connections, with
// a number of messages always under way.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/grpc/server_process.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/pipeline.grpc.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr int kConnections = 4;
constexpr int kOutstanding = 4;

std::shared_ptr<grpc::Channel> Connect(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

void Fail(const grpc::Status& status) {
  std::fprintf(stderr, "%s\n", status.error_message().c_str());
  std::exit(1);
}

enum class Mix { kGet, kSet };

// Messages of `operations`, on one stream.
void RunPipeline(int port, Mix mix, int operations, int messages) {
  const auto stub = pb::PipelineService::NewStub(Connect(port));
  grpc::ClientContext context;
  auto stream = stub->Pipeline(&context);
  std::vector<pb::PipelineRequest> requests(16);
  int next = 0;
  for (pb::PipelineRequest& request : requests) {
    for (int i = 0; i < operations; ++i) {
      next = (next + 7919) % kKeys;
      if (mix == Mix::kGet) {
        request.add_operations()->mutable_get()->set_key(KeyAt(next));
      } else {
        pb::SetRequest* set = request.add_operations()->mutable_set();
        set->set_key(KeyAt(next));
        set->set_value(std::string(kValueBytes, 'v'));
      }
    }
  }
  pb::PipelineResponse response;
  for (int i = 0; i < messages + kOutstanding; ++i) {
    if (i < messages && !stream->Write(requests[i % requests.size()])) break;
    if (i >= kOutstanding && !stream->Read(&response)) break;
  }
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (!status.ok() || response.results_size() != operations) Fail(status);
}

void RunBatchGet(int port, int keys, int messages) {
  const auto stub = pb::KeyValueService::NewStub(Connect(port));
  pb::BatchGetRequest request;
  int next = 0;
  for (int i = 0; i < messages; ++i) {
    request.Clear();
    for (int k = 0; k < keys; ++k) {
      next = (next + 7919) % kKeys;
      request.add_keys(KeyAt(next));
    }
    grpc::ClientContext context;
    pb::BatchGetResponse response;
    const grpc::Status status = stub->BatchGet(&context, request, &response);
    if (!status.ok()) Fail(status);
  }
}

// Server CPU per operation, in microseconds.
template <typename Run>
double Measure(const ServerProcess& server, int operations, int messages,
               Run run) {
  const double before = server.CpuSeconds();
  std::vector<std::thread> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.emplace_back([&] { run(messages / kConnections); });
  }
  for (std::thread& client : clients) client.join();
  return (server.CpuSeconds() - before) * 1e6 / messages / operations;
}

void Print(const char* name, int operations, std::vector<double> us) {
  std::sort(us.begin(), us.end());
  std::printf("%-14s %5d a message %6.3f us each   (%.3f .. %.3f)\n", name,
              operations, us[us.size() / 2], us.front(), us.back());
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  const int messages = argc > 1 ? std::atoi(argv[1]) : 20'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  // Before gRPC starts a thread here: it does not survive a fork.
  const ServerProcess server(&ServeFastKv);
  const int port = server.port();
  RunPipeline(port, Mix::kSet, 1000, 100);  // all keys are there
  for (const int operations : {1, 16, 64, 256}) {
    std::vector<double> get, set, batch;
    for (int i = 0; i < rounds; ++i) {
      get.push_back(Measure(server, operations, messages, [&](int count) {
        RunPipeline(port, Mix::kGet, operations, count);
      }));
      set.push_back(Measure(server, operations, messages, [&](int count) {
        RunPipeline(port, Mix::kSet, operations, count);
      }));
      batch.push_back(Measure(server, operations, messages, [&](int count) {
        RunBatchGet(port, operations, count);
      }));
    }
    Print("Pipeline Get", operations, get);
    Print("Pipeline Set", operations, set);
    Print("BatchGet", operations, batch);
  }
  return 0;
}

}  // namespace
}  // namespace kv::server

int main(int argc, char** argv) { return kv::server::Main(argc, argv); }
