// grpc_floor: server CPU per call of FastKV's Get and Set, beside an empty
// service built on the same gRPC API that answers with the same bytes. The
// difference is what FastKV adds; the rest is gRPC's. And beside them the same
// empty service built on gRPC's callback API, which is why ours is not.
//
//   grpc_floor [seconds per round] [rounds]
//
// Each server is a process of its own, so that its CPU time is its own; rounds
// alternate between them, so that a change in the machine's speed meets both.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "bench/grpc/empty_service.h"
#include "bench/grpc/server_process.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr int kConnections = 4;
constexpr int kOutstanding = 16;  // on each connection

// --- The client: one thread, a number of calls always under way.

template <typename Request, typename Response, auto kPrepare>
class Load {
 public:
  explicit Load(int port) {
    for (int i = 0; i < kConnections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(pb::KeyValueService::NewStub(grpc::CreateCustomChannel(
          absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(),
          arguments)));
    }
  }

  // Runs for so long and returns the number of calls.
  int64_t Run(absl::Duration duration) {
    std::vector<Call> calls(kConnections * kOutstanding);
    for (size_t i = 0; i < calls.size(); ++i) {
      calls[i].stub = stubs_[i % kConnections].get();
      Send(&calls[i]);
    }
    const absl::Time end = absl::Now() + duration;
    int64_t done = 0;
    size_t under_way = calls.size();
    void* tag = nullptr;
    bool ok = false;
    while (under_way > 0 && queue_.Next(&tag, &ok)) {
      Call* call = static_cast<Call*>(tag);
      if (!call->status.ok()) {
        std::fprintf(stderr, "%s\n", call->status.error_message().c_str());
        std::exit(1);
      }
      ++done;
      // The clock is not read for every call.
      if (done % 64 == 0 && absl::Now() >= end) stopping_ = true;
      if (stopping_) {
        --under_way;
      } else {
        Send(call);
      }
    }
    stopping_ = false;
    return done;
  }

 private:
  struct Call {
    pb::KeyValueService::Stub* stub = nullptr;
    absl::optional<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    Request request;
    Response response;
    grpc::Status status;
  };

  void Send(Call* call) {
    next_ = (next_ + 1) % kKeys;
    call->request.set_key(KeyAt(next_));
    if constexpr (std::is_same_v<Request, pb::SetRequest>) {
      call->request.set_value(std::string(kValueBytes, 'v'));
    }
    call->reader = nullptr;
    call->context.emplace();
    call->reader =
        (call->stub->*kPrepare)(&*call->context, call->request, &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
  }

  std::vector<std::unique_ptr<pb::KeyValueService::Stub>> stubs_;
  grpc::CompletionQueue queue_;
  int next_ = 0;
  bool stopping_ = false;
};

using GetLoad = Load<pb::GetRequest, pb::GetResponse,
                     &pb::KeyValueService::Stub::PrepareAsyncGet>;
using SetLoad = Load<pb::SetRequest, pb::SetResponse,
                     &pb::KeyValueService::Stub::PrepareAsyncSet>;

// Server CPU per call, in microseconds.
template <typename AnyLoad>
double Measure(const ServerProcess& server, AnyLoad* load,
               absl::Duration duration) {
  const double before = server.CpuSeconds();
  const int64_t calls = load->Run(duration);
  return (server.CpuSeconds() - before) * 1e6 / static_cast<double>(calls);
}

void Print(const char* name, std::vector<double> us) {
  std::sort(us.begin(), us.end());
  std::printf("%-14s %6.2f us/call   (%.2f .. %.2f)\n", name, us[us.size() / 2],
              us.front(), us.back());
}

int Main(int argc, char** argv) {
  const absl::Duration duration =
      absl::Seconds(argc > 1 ? std::atof(argv[1]) : 2);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  // Both before gRPC starts a thread here: it does not survive a fork.
  const ServerProcess empty(&ServeEmptyFromQueue);
  const ServerProcess callback(&ServeEmptyFromCallbacks);
  const ServerProcess fastkv(&ServeFastKv);
  SetLoad empty_set(empty.port()), fastkv_set(fastkv.port());
  GetLoad empty_get(empty.port()), fastkv_get(fastkv.port());
  GetLoad callback_get(callback.port());
  // Connects, fills the keyspace, and is not counted.
  const absl::Duration warm_up = absl::Milliseconds(500);
  for (SetLoad* load : {&empty_set, &fastkv_set}) load->Run(warm_up);
  for (GetLoad* load : {&empty_get, &fastkv_get, &callback_get}) {
    load->Run(warm_up);
  }
  std::vector<double> us[5];
  for (int i = 0; i < rounds; ++i) {
    us[0].push_back(Measure(empty, &empty_get, duration));
    us[1].push_back(Measure(fastkv, &fastkv_get, duration));
    us[2].push_back(Measure(empty, &empty_set, duration));
    us[3].push_back(Measure(fastkv, &fastkv_set, duration));
    us[4].push_back(Measure(callback, &callback_get, duration));
  }
  std::printf("%d connections x %d outstanding, median of %d rounds\n",
              kConnections, kOutstanding, rounds);
  Print("empty Get", us[0]);
  Print("fastkv Get", us[1]);
  Print("empty Set", us[2]);
  Print("fastkv Set", us[3]);
  Print("callback Get", us[4]);
  return 0;
}

}  // namespace
}  // namespace kv::server

int main(int argc, char** argv) { return kv::server::Main(argc, argv); }
