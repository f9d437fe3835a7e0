#ifndef FASTKV_TCP_GATEWAY_JOINT_EXECUTION_H_
#define FASTKV_TCP_GATEWAY_JOINT_EXECUTION_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "tcp_gateway/client_connection.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/net/connection_set.h"
#include "tcp_gateway/wire/protocol_writer.h"

namespace kv::gateway {

class Worker;

// JointExecution: puts what several connections ask for in one turn of the loop
// into one batch, as if it were one pipeline. The memory that they need is
// fetched together, and what is done once a batch is done once for all. Fifty
// clients that wait for each reply are so served nearly as cheaply as a few
// that pipeline.
//
// Borrows    the worker, and for a turn its connections.
// Threads    belongs to the worker's.
class JointExecution final : public ServingHandler, private PortionReplies {
 public:
  explicit JointExecution(Worker* worker);

  // Parses and executes what can be done so; TakeInput() does the rest.
  void BeforeServing(absl::Span<const Received> received) override;

 private:
  ReplyWriter& Begin(size_t portion) override;
  void End(size_t portion, size_t done) override;
  void ExecuteBatch();

  Worker& worker_;
  std::vector<HeadStart> starts_;  // of this turn; never moves
  // The batch that is being filled or executed.
  std::vector<ClientConnection*> clients_;
  std::vector<Portion> portions_;
  absl::Span<const Request> rest_;  // of it, from the current portion on
  ProtocolWriter* writer_ = nullptr;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_JOINT_EXECUTION_H_
