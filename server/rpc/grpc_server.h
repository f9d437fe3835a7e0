#ifndef FASTKV_SERVER_RPC_GRPC_SERVER_H_
#define FASTKV_SERVER_RPC_GRPC_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "store/durable/commit_gate.h"
#include "store/keyspace.h"

namespace kv::server {

struct GrpcServerOptions {
  // An address or a host name; IPv6 addresses without brackets.
  std::string bind = "127.0.0.1";
  // 0: any that is free.
  int port = 50051;
  // Completion queues, each with a thread of its own. One costs least per call;
  // more use cores that would idle.
  int threads = 1;
  // How many calls of each method a queue awaits at a time; more that come at
  // once wait inside gRPC, or in places made for them. From 4 to 128 the cost
  // per call is the same.
  int calls_per_method = 16;
  // The longest request received and response sent. At most 512 MiB, so that
  // no key, member or value in a request can exceed the store's limit.
  size_t max_message_bytes = size_t{64} << 20;
  // How long the answers of calls with a request_id are remembered, and in how
  // much memory: see RequestIds.
  absl::Duration request_id_window = absl::Minutes(1);
  size_t request_id_max_bytes = size_t{128} << 20;
  // Calls in flight on one connection; clients hold back the others.
  int max_concurrent_calls_per_connection = 1000;
  // What may be under way at a time, on all connections together; more is
  // refused as OVERLOADED. Unary calls whose answers are not yet on their way;
  // the bytes of these answers; streams.
  size_t max_calls = 10'000;
  size_t max_answer_bytes = size_t{1} << 30;
  size_t max_streams = 4096;
  // What values that are being written in pieces may take, all together, before
  // they are complete; one piece more is refused. Also bounds each of them.
  size_t max_upload_bytes = size_t{1} << 30;
  // A connection is told to end after so long, give or take a tenth, and its
  // calls have the grace to do so; clients connect anew. Zero: never.
  absl::Duration max_connection_age;
  absl::Duration max_connection_age_grace = absl::Seconds(30);
  // Clients may send keepalive pings this often, also without a call.
  absl::Duration min_client_ping_interval = absl::Seconds(5);
  // A connection silent for so long is pinged, and closed if it does not
  // answer.
  absl::Duration keepalive_after = absl::Minutes(2);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // How long the data will still be loading; asked for each call that is
  // refused until then, on any thread. Null: not known.
  std::function<absl::Duration()> load_remaining;
};

// GrpcServer: the services of fastkv.v1 on a port, with health checks for each
// of them and reflection. The only part of FastKV that runs on gRPC; calls
// reach the handlers through unary_call.h.
//
// Owns       the port, the completion queues and their threads.
// Borrows    the keyspace, and the gate that answers wait for; null: they wait
//            for nothing. While the gate says that data is being loaded, calls
//            that need it are refused (LOADING).
// Threads    safe.
class GrpcServer {
 public:
  // Listens and serves. kInvalidArgument: an option is out of its range.
  // kUnavailable: the address cannot be had; the message names it and why.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const GrpcServerOptions& options, store::Keyspace& keyspace,
      store::CommitGate* gate = nullptr);

  // As Shutdown(0).
  virtual ~GrpcServer() = default;

  virtual int port() const = 0;

  // Reports NOT_SERVING, refuses more calls (SHUTTING_DOWN, or whatever gRPC
  // says of calls to a server that is not there), lets those in flight finish
  // for at most `grace`, then cancels them; returns when all threads have
  // ended, also while clients keep their connections. Only the first call acts.
  virtual void Shutdown(absl::Duration grace) = 0;

  // What each method was asked since the start, in no order.
  struct MethodStats {
    absl::string_view method;  // "fastkv.v1.KeyValueService/Get"
    uint64_t calls = 0;
    uint64_t errors = 0;  // calls answered with a status other than OK
  };
  virtual std::vector<MethodStats> Stats() const = 0;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_GRPC_SERVER_H_
