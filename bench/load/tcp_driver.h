#ifndef FASTKV_BENCH_LOAD_TCP_DRIVER_H_
#define FASTKV_BENCH_LOAD_TCP_DRIVER_H_

#include "absl/status/statusor.h"
#include "bench/load/request_ring.h"
#include "bench/load/run.h"

namespace kv::bench {

// Sends the ring's requests, in the text protocol or RESP, over TCP.
// The driver is meant to cost less than the server: a thread is one epoll loop,
// a batch of requests one send from the ring, a reply a few instructions.
absl::StatusOr<RunResult> RunTcp(const RunOptions& options,
                                 const RequestRing& ring,
                                 const RunHooks& hooks);

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_TCP_DRIVER_H_
