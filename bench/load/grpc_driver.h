#ifndef FASTKV_BENCH_LOAD_GRPC_DRIVER_H_
#define FASTKV_BENCH_LOAD_GRPC_DRIVER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/run.h"
#include "bench/load/workload.h"
#include "grpcpp/support/byte_buffer.h"

namespace kv::bench {

// A unary call: the method's path, and the request as it travels.
struct GrpcRequest {
  const std::string* method;  // lives forever
  grpc::ByteBuffer message;
};

// The call for an operation. REQUIRES: it is not a ping.
GrpcRequest MakeGrpcRequest(const Operation& operation);

// Sends the requests as unary calls, each connection a channel of its own and
// each thread a completion queue. Messages are serialised beforehand and
// replies not parsed: what remains is gRPC's own price.
absl::StatusOr<RunResult> RunGrpc(const RunOptions& options,
                                  const std::vector<GrpcRequest>& requests,
                                  const RunHooks& hooks);

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_GRPC_DRIVER_H_
