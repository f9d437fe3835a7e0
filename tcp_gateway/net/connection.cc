#include "tcp_gateway/net/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cstring>

#include "tcp_gateway/net/connection_set.h"

namespace kv::gateway {

namespace {

// A rest below this is moved back in front of the next read, so that a client
// that pipelines small requests is always served from the shared buffer.
constexpr size_t kMovedBytes = 16 << 10;
// A peer that was sent the last of its replies gets this long to say that it
// has them: closing with its bytes unread would reset the connection and may
// destroy replies under way.
constexpr int64_t kLingerMs = 1000;
// What it may still send meanwhile.
constexpr size_t kLingerBytes = 1 << 20;
constexpr int kPiecesPerSend = 64;

}  // namespace

Connection::Connection(int fd, uint64_t id, ConnectionSet* set)
    : set_(*set), id_(id), stream_(fd), active_ms_(set->loop().steady_ms()) {}

bool Connection::Start() {
  watched_ = WantedEvents();
  Rearm();
  return set_.loop().Watch(stream_.fd(), watched_, this);
}

void Connection::Close() {
  if (closed_) return;
  closed_ = true;
  stream_.Close();  // which also ends the watch
  set_.Retire(this);
}

void Connection::Drain() {
  if (closed_) return;
  draining_ = true;
  if (again_) return;  // closes when its input is done with
  OnReadable();
}

void Connection::Continue() {
  if (closed_) return;
  // Requests that wait for the peer to read its replies go on waiting.
  if (again_ && pending_output() > set_.limits().soft_output_bytes) {
    return SendMore();
  }
  Process(input_.view());
}

void Connection::SendMore() {
  Flush();
  if (closed_) return;
  if (again_ && pending_output() <= set_.limits().soft_output_bytes) {
    return Process(input_.view());
  }
  UpdateEvents();
  Rearm();
}

void Connection::OnEvents(uint32_t events) {
  if (closed_) return;
  // Both directions are down, or the connection failed, and reading is not
  // what will tell.
  if ((events & (EPOLLERR | EPOLLHUP)) && !(events & EPOLLIN)) return Close();
  // A paused client that leaves is noticed, though it is not read from.
  if ((events & EPOLLRDHUP) && held_ && !withheld_) return Close();
  if (events & EPOLLOUT) SendMore();
  if ((events & EPOLLIN) && (watched_ & EPOLLIN)) OnReadable();
}

void Connection::OnReadable() {
  if (closed_ || again_) return;  // first what is there already
  if (lingering_) return Discard();
  absl::string_view input;
  const IoResult result = Receive(&input);
  switch (result.status) {
    case IoResult::Status::kFailed:
      return Close();
    case IoResult::Status::kNotNow:
      if (draining_) Process(input_.view());
      return;
    case IoResult::Status::kEnd:
      eof_ = true;
      return Process(input_.view());
    case IoResult::Status::kDone:
      active_ms_ = set_.loop().steady_ms();
      set_.counters().bytes_in.Add(result.size);
      return set_.ServeLater(this, input);
  }
}

void Connection::Discard() {
  const absl::Span<char> buffer = set_.RoomToRead();
  const IoResult result = stream_.Read(buffer.data(), buffer.size());
  if (result.status == IoResult::Status::kNotNow) return;
  needed_ += result.size;  // has no other use any more
  if (result.status != IoResult::Status::kDone || needed_ > kLingerBytes) {
    Close();
  }
}

IoResult Connection::Receive(absl::string_view* input) {
  const absl::Span<char> shared = set_.RoomToRead();
  const size_t kept = input_.size();
  if (kept < kMovedBytes && needed_ <= shared.size()) {
    const IoResult result =
        stream_.Read(shared.data() + kept, shared.size() - kept);
    if (result.status == IoResult::Status::kDone) {
      if (kept > 0) std::memcpy(shared.data(), input_.view().data(), kept);
      *input = {shared.data(), kept + result.size};
    }
    return result;
  }
  const absl::Span<char> room = input_.Room(needed_);
  const IoResult result = stream_.Read(room.data(), room.size());
  if (result.status == IoResult::Status::kDone) {
    input_.Filled(result.size);
    *input = input_.view();
  }
  return result;
}

void Connection::Serve(absl::string_view input) {
  again_ = false;
  const Intake intake = TakeInput(input);
  if (intake.after == After::kAbort) return Close();
  input_.Keep(input.substr(intake.consumed));
  needed_ = intake.needed;
  Decide(intake.after);
}

void Connection::Settle() {
  if (closed_) return;
  Flush();
  if (closed_) return;
  if (again_ && pending_output() <= set_.limits().soft_output_bytes) {
    set_.Enqueue(this);
  }
  UpdateEvents();
  Rearm();
}

void Connection::Decide(After after) {
  withheld_ = after == After::kWithhold;
  held_ = after == After::kHold || withheld_;
  again_ = after == After::kAgain;
  const bool no_more = eof_ || draining_;
  if (after == After::kClose) closing_ = true;
  // A client that has sent its last request still gets the replies; one that
  // waits for a reply that is not there yet is taken to be gone.
  if (no_more && (after == After::kRead || after == After::kHold)) {
    closing_ = true;
  }
  if (closing_) {
    held_ = withheld_ = again_ = false;
    input_.Keep({});
  }
}

void Connection::Flush() {
  while (pending_output() > 0) {
    iovec pieces[kPiecesPerSend];
    const int count = GatherOutput(pieces, kPiecesPerSend);
    size_t offered = 0;
    for (int i = 0; i < count; ++i) offered += pieces[i].iov_len;
    const IoResult result = stream_.Write(pieces, count);
    if (result.status == IoResult::Status::kFailed) return Close();
    if (result.size > 0 || !(watched_ & EPOLLOUT)) {
      progress_ms_ = set_.loop().steady_ms();
    }
    set_.counters().bytes_out.Add(result.size);
    OutputSent(result.size);
    // Whatever a short write leaves would not fit either.
    if (result.size < offered) break;
  }
  if (pending_output() > set_.limits().hard_output_bytes) {
    set_.counters().dropped.Add(1);
    return Close();
  }
  if (closing_ && pending_output() == 0) Finish();
}

void Connection::Finish() {
  if (eof_ || draining_) return Close();
  if (lingering_) return;
  lingering_ = true;
  needed_ = 0;
  progress_ms_ = set_.loop().steady_ms();
  stream_.EndWrites();
}

uint32_t Connection::WantedEvents() const {
  if (lingering_) return EPOLLIN;
  const size_t pending = pending_output();
  uint32_t events = 0;
  if (pending > 0) events |= EPOLLOUT;
  if (eof_ || closing_) return events;
  const ConnectionLimits& limits = set_.limits();
  const bool full = held_ && input_.size() >= limits.held_input_bytes;
  const bool blocked = pending > limits.soft_output_bytes;
  if (!full && !blocked) events |= EPOLLIN;
  if (full && !withheld_) events |= EPOLLRDHUP;
  return events;
}

void Connection::UpdateEvents() {
  const uint32_t wanted = WantedEvents();
  if (wanted == watched_) return;
  watched_ = wanted;
  set_.loop().Change(stream_.fd(), watched_, this);
}

int64_t Connection::NextDeadline() const {
  const ConnectionLimits& limits = set_.limits();
  if (lingering_) return progress_ms_ + kLingerMs;
  int64_t next = deadline_ms();
  // Output that another connection's turn has just written is neither a stall
  // nor idleness: it has not been offered to the peer yet.
  if ((watched_ & EPOLLOUT) != 0) {
    if (limits.stall_timeout_ms > 0) {
      next = std::min(next, progress_ms_ + limits.stall_timeout_ms);
    }
  } else if (pending_output() == 0 && limits.idle_timeout_ms > 0 && !held_ &&
             !is_listening()) {
    next = std::min(next, active_ms_ + limits.idle_timeout_ms);
  }
  return next;
}

void Connection::Rearm() {
  const int64_t next = NextDeadline();
  // A timer that comes too early finds nothing due and asks again: activity
  // moves deadlines back all the time, and must cost nothing.
  if (next >= timer_ms_) return;
  timer_ms_ = next;
  set_.CallAt(next, id_);
}

void Connection::OnTimer(int64_t at_ms) {
  if (closed_ || at_ms < timer_ms_) return;
  timer_ms_ = kNever;
  if (deadline_ms() <= at_ms) {
    OnDeadline();
    if (closed_) return;
  } else if (NextDeadline() <= at_ms) {
    if (!lingering_) set_.counters().dropped.Add(1);
    return Close();
  }
  Rearm();
}

}  // namespace kv::gateway
