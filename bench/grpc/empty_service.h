#ifndef FASTKV_BENCH_GRPC_EMPTY_SERVICE_H_
#define FASTKV_BENCH_GRPC_EMPTY_SERVICE_H_

namespace kv::server {

// Servers for a ServerProcess: KeyValueService's Get and Set, which do nothing
// and answer with the bytes that a FastKV full of the benchmark's keys would.
// What they cost is gRPC's.

// Generated code, one queue, calls awaited again and again, as FastKV's server
// does it.
[[noreturn]] void ServeEmptyFromQueue(int port_pipe);
// The callback API: gRPC's own threads call the service.
[[noreturn]] void ServeEmptyFromCallbacks(int port_pipe);

}  // namespace kv::server

#endif  // FASTKV_BENCH_GRPC_EMPTY_SERVICE_H_
