#ifndef FASTKV_TCP_GATEWAY_CLIENT_CONNECTION_H_
#define FASTKV_TCP_GATEWAY_CLIENT_CONNECTION_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/effect/durable_mark.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/net/connection.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/output_buffer.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/protocol_writer.h"
#include "tcp_gateway/wire/request.h"
#include "tcp_gateway/withheld_replies.h"

namespace kv::gateway {

class Worker;

// What JointExecution has done of a connection's input before TakeInput.
struct HeadStart {
  FrameResult frame;
  Connection::Intake intake;
  bool goes_on = false;  // there may be more requests to parse
};

// ClientConnection: where bytes become requests and replies become bytes.
//
// Owns       the session, the progress of an incomplete request, and replies
//            that did not fit into the socket.   Borrows  its worker.
// Threads    compatible; belongs to its worker's loop.
// Cost       at rest, this object, its session, and nothing else.
class ClientConnection final : public Connection {
 public:
  ClientConnection(int fd, uint64_t id, std::unique_ptr<Session> session,
                   Worker* worker);
  ~ClientConnection() override;

  // Runs a task that another thread posted. What it wrote is sent when the turn
  // ends, together with what other tasks write.
  void RunTask(ConnectionRef::Task& task);
  // Parses the beginning of what TakeInput will be called with, into the
  // worker's batch, and notes that. False if TakeInput shall do it all.
  bool ParseAhead(absl::string_view input, HeadStart* start);
  // Around the execution of these requests, of which `done` were executed.
  ProtocolWriter* BeginAhead() { return OpenOutput(); }
  void EndAhead(ProtocolWriter* writer, absl::Span<const Request> requests,
                size_t done);
  Session* session() { return session_.get(); }
  // Closes a connection that does not take its messages.
  void DropForBacklog();

 protected:
  Intake TakeInput(absl::string_view input) override;
  size_t pending_output() const override {
    return withheld_ ? 0 : collected_output();
  }
  int GatherOutput(iovec* pieces, int max) const override {
    return output_->Gather(pieces, max);
  }
  void OutputSent(size_t size) override;
  int64_t deadline_ms() const override;
  void OnDeadline() override;
  bool is_listening() const override { return session_->listening(); }

 private:
  // Parses and executes batches behind what was consumed until something else
  // has to happen.
  void Serve(absl::string_view input, ProtocolWriter* writer, Intake* intake);
  // Whether the session goes on after `done` of the requests were executed. If
  // it does not, notes how much of the input that was.
  bool AfterRequests(absl::Span<const Request> requests, size_t done,
                     Intake* intake);
  // Notes what was parsed. Whether there may be more requests.
  bool AfterFrame(const FrameResult& frame, ProtocolWriter* writer,
                  Intake* intake) const;
  Intake AfterState(size_t consumed) const;
  // What follows an intake whose replies may have to wait for the log.
  Intake Withhold(const Intake& intake);
  // Whether replies that tell of what the mark stands for must wait, or can
  // never leave.
  WithheldReplies::Verdict AwaitLog(const store::DurableMark& mark);
  // Whether they still do. Once they need not, they are not withheld any more.
  WithheldReplies::Verdict JudgeWithheld();
  size_t collected_output() const {
    return output_ == nullptr ? 0 : output_->pending();
  }

  // A writer of this connection's protocol into its output.
  ProtocolWriter* OpenOutput();
  // Takes back what the writer learnt, and an output that stayed empty.
  void CloseOutput(ProtocolWriter* writer);
  void ReturnOutput();
  const FrameLimits& frame_limits() const;

  Worker& worker_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<PartialRequest> partial_;
  std::unique_ptr<OutputBuffer> output_;  // null unless replies wait
  store::DurableMark mark_;  // what output_ waits for while withheld
  HeadStart* head_start_ = nullptr;
  bool withheld_ = false;
  bool closes_ = false;  // after what is withheld
  Protocol protocol_ = Protocol::kUnknown;
  LineEnding ending_ = LineEnding::kCrLf;  // of the last request executed
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_CLIENT_CONNECTION_H_
