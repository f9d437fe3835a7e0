#include "tcp_gateway/client_connection.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tcp_gateway/net/connection_set.h"
#include "tcp_gateway/wire/request.h"
#include "tcp_gateway/worker.h"

namespace kv::gateway {

namespace {

// What one connection may take of a turn of the loop before the others are
// served. Looked at after each batch, so a batch of slow commands may exceed
// it.
constexpr absl::Duration kTimePerTurn = absl::Milliseconds(1);
// Replies in one turn; more are sent before more are made.
constexpr size_t kOutputPerTurn = 256 << 10;

}  // namespace

ClientConnection::ClientConnection(int fd, uint64_t id,
                                   std::unique_ptr<Session> session,
                                   Worker* worker)
    : Connection(fd, id, &worker->connections()),
      worker_(*worker),
      session_(std::move(session)) {}

ClientConnection::~ClientConnection() = default;

bool ClientConnection::ParseAhead(absl::string_view input, HeadStart* start) {
  // The plain case: no reply waits, and the limits do not change meanwhile.
  if (withheld_ || session_->state() != Session::State::kServing ||
      !session_->authenticated() || protocol_ == Protocol::kUnknown ||
      input.size() < needed()) {
    return false;
  }
  start->frame = worker_.FramerOf(protocol_).Parse(input, frame_limits(),
                                                   &partial_, &worker_.batch());
  start->intake = {After::kRead};
  head_start_ = start;
  return true;
}

void ClientConnection::EndAhead(ProtocolWriter* writer,
                                absl::Span<const Request> requests,
                                size_t done) {
  HeadStart& start = *head_start_;
  start.goes_on = AfterRequests(requests, done, &start.intake) &&
                  AfterFrame(start.frame, writer, &start.intake);
  CloseOutput(writer);
  if (worker_.withheld().enabled()) mark_.Add(store::DurableMark::Take());
}

Connection::Intake ClientConnection::TakeInput(absl::string_view input) {
  Intake intake{After::kRead};
  if (head_start_ != nullptr) {
    intake = head_start_->intake;
    const bool goes_on = head_start_->goes_on;
    head_start_ = nullptr;
    if (!goes_on) return Withhold(intake);
  } else {
    if (withheld_) {
      const WithheldReplies::Verdict verdict = JudgeWithheld();
      if (verdict == WithheldReplies::Verdict::kLost) return {After::kAbort};
      if (withheld_) return {After::kWithhold, 0, needed()};
      if (closes_) return {After::kClose};
      // What may leave now does not wait for what the next requests write.
      if (!input.empty()) return {After::kAgain};
      if (session_->state() == Session::State::kServing) {
        return {After::kRead, 0, needed()};
      }
    }
    if (session_->state() != Session::State::kServing) return AfterState(0);
    if (input.size() < needed()) return {After::kRead, 0, needed()};
    if (protocol_ == Protocol::kUnknown) {
      protocol_ = RecogniseProtocol(input);
      if (protocol_ == Protocol::kUnknown) {
        return {After::kRead, 0, input.size() + 1};
      }
      session_->set_protocol(protocol_);
    }
  }
  ProtocolWriter* writer = OpenOutput();
  Serve(input, writer, &intake);
  CloseOutput(writer);
  return Withhold(intake);
}

void ClientConnection::Serve(absl::string_view input, ProtocolWriter* writer,
                             Intake* intake) {
  const Framer& framer = worker_.FramerOf(protocol_);
  RequestBatch& batch = worker_.batch();
  absl::Time end = absl::InfiniteFuture();
  while (true) {
    // Before authentication one by one: the limits may change with each.
    batch.Clear(session_->authenticated() ? RequestBatch::kMaxRequests : 1);
    const FrameResult frame = framer.Parse(input.substr(intake->consumed),
                                           frame_limits(), &partial_, &batch);
    if (!batch.empty()) {
      const absl::Span<const Request> requests = batch.Requests();
      const size_t done = worker_.service().ExecuteAlone(
          *session_, requests, worker_.loop().unix_ms(), *writer);
      if (!AfterRequests(requests, done, intake)) return;
    }
    if (!AfterFrame(frame, writer, intake)) return;
    // A pipeline that fits into one batch, the usual case, reads no clock.
    const absl::Time now = absl::Now();
    if (end == absl::InfiniteFuture()) end = now + kTimePerTurn;
    if (now >= end || collected_output() > kOutputPerTurn) {
      intake->after = After::kAgain;
      return;
    }
  }
}

bool ClientConnection::AfterRequests(absl::Span<const Request> requests,
                                     size_t done, Intake* intake) {
  worker_.commands().Add(done);
  if (done > 0) ending_ = requests[done - 1].ending;
  if (done == requests.size() && session_->state() == Session::State::kServing)
    return true;
  // The rest is parsed again when the session goes on.
  partial_.reset();
  const size_t end = done > 0 ? requests[done - 1].end : 0;
  *intake = AfterState(intake->consumed + end);
  return false;
}

bool ClientConnection::AfterFrame(const FrameResult& frame,
                                  ProtocolWriter* writer,
                                  Intake* intake) const {
  intake->consumed += frame.consumed;
  if (frame.status != FrameResult::Status::kOk && !frame.error.empty()) {
    writer->BeginReply(frame.ending);
    writer->Error(frame.error);
  }
  if (frame.status == FrameResult::Status::kBroken) {
    intake->after = After::kClose;
    return false;
  }
  intake->needed = frame.needed;
  return intake->needed == 0;
}

Connection::Intake ClientConnection::AfterState(size_t consumed) const {
  switch (session_->state()) {
    case Session::State::kServing:
      break;
    case Session::State::kPaused:
      return {After::kHold, consumed};
    case Session::State::kClosing:
      return {After::kClose, consumed};
    case Session::State::kAborted:
      return {After::kAbort};
  }
  return {After::kAgain, consumed};
}

Connection::Intake ClientConnection::Withhold(const Intake& intake) {
  if (!worker_.withheld().enabled()) return intake;
  const store::DurableMark mark = store::DurableMark::Take();
  if (output_ == nullptr || intake.after == After::kAbort) {
    mark_ = {};
    return intake;
  }
  switch (AwaitLog(mark)) {
    case WithheldReplies::Verdict::kPassed:
      return intake;
    case WithheldReplies::Verdict::kWait:
      closes_ = intake.after == After::kClose;
      return {After::kWithhold, intake.consumed, intake.needed};
    case WithheldReplies::Verdict::kLost:
      // Whether the write will be there after a restart is not known, and no
      // reply could say so.
      break;
  }
  return {After::kAbort};
}

WithheldReplies::Verdict ClientConnection::AwaitLog(
    const store::DurableMark& mark) {
  mark_.Add(mark);
  const WithheldReplies::Verdict verdict =
      worker_.withheld().Await(mark_, id());
  withheld_ = verdict == WithheldReplies::Verdict::kWait;
  if (verdict == WithheldReplies::Verdict::kPassed) mark_ = {};
  return verdict;
}

WithheldReplies::Verdict ClientConnection::JudgeWithheld() {
  const WithheldReplies::Verdict verdict = worker_.withheld().Judge(mark_);
  withheld_ = verdict == WithheldReplies::Verdict::kWait;
  if (verdict == WithheldReplies::Verdict::kPassed) mark_ = {};
  return verdict;
}

void ClientConnection::RunTask(ConnectionRef::Task& task) {
  if (closed()) return;
  if (closing() || closes_) return session_->TaskDropped();
  // A subscriber that does not keep up is dropped by the limit for messages,
  // which is far below that for one reply.
  if (collected_output() > worker_.options().max_message_backlog) {
    return DropForBacklog();
  }
  ProtocolWriter* writer = OpenOutput();
  writer->BeginReply(ending_);
  task(*session_, *writer);
  CloseOutput(writer);
  if (session_->state() == Session::State::kAborted) return Close();
  if (worker_.withheld().enabled()) {
    store::DurableMark mark = store::DurableMark::Take();
    // A message may tell of any change so far.
    if (session_->listening()) mark.seen = worker_.withheld().newest();
    if (output_ != nullptr &&
        AwaitLog(mark) == WithheldReplies::Verdict::kLost) {
      return Close();
    }
  }
  if (pending_output() > set().limits().soft_output_bytes) return Continue();
  set().Enqueue(this);
}

void ClientConnection::DropForBacklog() {
  if (closed()) return;
  set().counters().dropped.Add(1);
  Close();
}

int64_t ClientConnection::deadline_ms() const {
  if (session_->state() != Session::State::kPaused) return kNever;
  const int64_t deadline = session_->pause_deadline_ms();
  if (deadline == Session::kNoPauseDeadline) return kNever;
  const EventLoop& loop = worker_.loop();
  return loop.steady_ms() + (deadline - loop.unix_ms());
}

void ClientConnection::OnDeadline() {
  ProtocolWriter* writer = OpenOutput();
  writer->BeginReply(ending_);
  worker_.service().PauseExpired(*session_, *writer);
  CloseOutput(writer);
  Continue();
}

ProtocolWriter* ClientConnection::OpenOutput() {
  if (output_ == nullptr) output_ = worker_.TakeOutput();
  return worker_.WriterOf(protocol_, output_.get());
}

void ClientConnection::CloseOutput(ProtocolWriter* writer) {
  if (writer->protocol() != protocol_ && protocol_ != Protocol::kUnknown) {
    protocol_ = writer->protocol();
    session_->set_protocol(protocol_);
  }
  if (output_->empty()) ReturnOutput();
}

void ClientConnection::OutputSent(size_t size) {
  output_->Consume(size);
  if (output_->empty()) ReturnOutput();
}

void ClientConnection::ReturnOutput() {
  worker_.ReturnOutput(std::move(output_));
}

const FrameLimits& ClientConnection::frame_limits() const {
  static const FrameLimits kBefore = FrameLimits::BeforeAuthentication();
  return session_->authenticated() ? worker_.options().frame_limits : kBefore;
}

}  // namespace kv::gateway
