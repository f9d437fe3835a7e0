#ifndef FASTKV_TESTS_TCP_GATEWAY_TOY_SERVICE_H_
#define FASTKV_TESTS_TCP_GATEWAY_TOY_SERVICE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "store/base/mutex.h"
#include "tcp_gateway/command_service.h"

namespace kv::gateway {

// A CommandService without a store, which can do what a connection can go
// through:
//
//   echo X       X                       set K V      OK, V is forgotten
//   big N        N bytes                 blob N       the same, by reference
//   quit         OK, then closes         nap MS       OK after that many ms
//   wait         nothing until some other connection's `wake ID X`
//   waitfor MS   the same, with a deadline       id   the connection's number
//   login        OK; before it, if `locked`, the session is unauthenticated
class ToyService : public CommandService {
 public:
  explicit ToyService(bool locked = false) : locked_(locked) {}

  std::unique_ptr<Session> NewSession(ConnectionInfo connection) override;
  void Execute(absl::Span<const Request> batch,
               absl::Span<const Portion> portions, int64_t now_ms,
               PortionReplies& replies) override;

  int sessions() const { return sessions_; }
  int executed() const { return executed_; }
  ConnectionRef Find(uint64_t id);

 private:
  class ToySession;

  void ExecuteOne(ToySession& session, const Request& request, int64_t now_ms,
                  ReplyWriter& writer);

  const bool locked_;
  std::atomic<int> sessions_{0};
  std::atomic<int> executed_{0};
  store::Mutex mutex_;
  std::map<uint64_t, ConnectionRef> connections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TESTS_TCP_GATEWAY_TOY_SERVICE_H_
