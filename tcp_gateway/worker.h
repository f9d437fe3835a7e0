#ifndef FASTKV_TCP_GATEWAY_WORKER_H_
#define FASTKV_TCP_GATEWAY_WORKER_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/joint_execution.h"
#include "tcp_gateway/mailbox.h"
#include "tcp_gateway/net/connection_set.h"
#include "tcp_gateway/net/counter.h"
#include "tcp_gateway/net/event_loop.h"
#include "tcp_gateway/options.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/legacy_framer.h"
#include "tcp_gateway/wire/legacy_writer.h"
#include "tcp_gateway/wire/output_buffer.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/protocol_writer.h"
#include "tcp_gateway/wire/request.h"
#include "tcp_gateway/wire/resp_framer.h"
#include "tcp_gateway/wire/resp_writer.h"
#include "tcp_gateway/wire/text_framer.h"
#include "tcp_gateway/wire/text_writer.h"
#include "tcp_gateway/withheld_replies.h"

namespace kv::gateway {

// Worker: one thread with its event loop, its connections, and the memory that
// they share: the batch of requests, the writers, spare output buffers.
//
// Owns       all of these.   Borrows  the service and the options.
// Threads    Adopt, SetIdleTimeout, Drain and the counters are safe; the rest
// belongs to
//            the worker's thread.
class Worker {
 public:
  static absl::StatusOr<std::unique_ptr<Worker>> Create(
      const GatewayOptions& options, CommandService* service);
  // Stops and joins the thread, closing what is open.
  ~Worker();

  void Start();
  // Takes over a socket, or closes it if the worker has stopped.
  void Adopt(int fd, uint64_t id, const sockaddr_storage& peer);
  void SetIdleTimeout(int64_t timeout_ms);
  // Has every connection closed once it has its replies.
  void Drain();
  // Ends the thread; what is open is closed. By one caller at a time.
  void Join();

  // Connections given to this worker and not closed yet.
  int64_t load() const {
    return static_cast<int64_t>(adopted_.value() -
                                connections_.counters().closed.value());
  }
  const ConnectionCounters& connection_counters() const {
    return connections_.counters();
  }

  // For its connections.
  EventLoop& loop() { return *loop_; }
  ConnectionSet& connections() { return connections_; }
  CommandService& service() { return service_; }
  const GatewayOptions& options() const { return options_; }
  RequestBatch& batch() { return batch_; }
  Counter& commands() { return commands_; }
  const Framer& FramerOf(Protocol protocol) const;
  // The writer of a protocol, pointed at `output` until the next call.
  ProtocolWriter* WriterOf(Protocol protocol, OutputBuffer* output);
  WithheldReplies& withheld() { return withheld_; }
  std::unique_ptr<OutputBuffer> TakeOutput();
  void ReturnOutput(std::unique_ptr<OutputBuffer> output);

 private:
  Worker(std::unique_ptr<EventLoop> loop, const GatewayOptions& options,
         CommandService* service);

  void Run();
  // A connection's replies may leave.
  void Release(uint64_t connection);
  // Carries out the orders for connections that were posted.
  void RunOrders();
  ProtocolWriter* ChooseWriter(Protocol protocol);
  void AddConnection(int fd, uint64_t id, const sockaddr_storage& peer);

  const GatewayOptions& options_;
  CommandService& service_;
  const std::shared_ptr<EventLoop> loop_;
  const std::shared_ptr<Mailbox> mailbox_;
  ConnectionSet connections_;
  WithheldReplies withheld_;
  std::vector<Mailbox::Order> orders_;  // kept for its capacity
  RequestBatch batch_;
  JointExecution joint_execution_{this};
  TextFramer text_framer_;
  RespFramer resp_framer_;
  LegacyFramer legacy_framer_;
  TextWriter text_writer_;
  RespWriter resp_writer_;
  LegacyWriter legacy_writer_;
  std::vector<std::unique_ptr<OutputBuffer>> spare_outputs_;

  // Each counter has its own writer: the thread that accepts, and this one.
  alignas(64) Counter adopted_;
  alignas(64) Counter commands_;
  std::thread thread_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WORKER_H_
