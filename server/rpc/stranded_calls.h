#ifndef FASTKV_SERVER_RPC_STRANDED_CALLS_H_
#define FASTKV_SERVER_RPC_STRANDED_CALLS_H_

#include <thread>

#include "absl/synchronization/notification.h"
#include "grpcpp/server.h"

namespace kv::server {

// StrandedCalls: lives while a server shuts down, and ends the calls that gRPC
// loses meanwhile. Without it such a call hangs, and the shutdown with it,
// until the grace is over.
//
// How gRPC 1.51 loses a call (surface/server.cc): ShutdownAndNotify fails the
// requests for calls and the calls that wait for one, and marks the server as
// shut down after that. MatchOrQueue, on whichever thread reads the connection,
// looks for the mark first, then for a request; finds neither, and puts the
// call aside for the next request. But none is taken from a server that is
// marked. The call was never given to us, so we cannot answer it either.
//
// What gRPC has put aside it fails whenever a connection ends
// (MaybeFinishShutdown). So it is given connections that are closed already:
// one after the other, as it does not tell when it puts a call aside.
//
// Owns       a thread.
// Borrows    the server.
class StrandedCalls {
 public:
  explicit StrandedCalls(grpc::Server* server);
  ~StrandedCalls();

  StrandedCalls(const StrandedCalls&) = delete;
  StrandedCalls& operator=(const StrandedCalls&) = delete;

 private:
  void Run();

  grpc::Server* const server_;
  absl::Notification over_;
  std::thread thread_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_STRANDED_CALLS_H_
