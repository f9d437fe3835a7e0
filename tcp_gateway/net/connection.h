#ifndef FASTKV_TCP_GATEWAY_NET_CONNECTION_H_
#define FASTKV_TCP_GATEWAY_NET_CONNECTION_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"
#include "tcp_gateway/net/event_loop.h"
#include "tcp_gateway/net/input_buffer.h"
#include "tcp_gateway/net/stream.h"

namespace kv::gateway {

class ConnectionSet;

// What a connection may hold up, and for how long. Times of 0 mean no limit.
struct ConnectionLimits {
  // Read at once, and so the most a turn of the loop spends on parsing for one
  // connection.
  size_t read_bytes = 64 << 10;
  // Replies waiting above this: nothing more is read or executed.
  size_t soft_output_bytes = 256 << 10;
  // Above this the peer is dropped. One reply may be as large as this.
  size_t hard_output_bytes = size_t{1} << 30;
  // What a connection that is not being served may send ahead.
  size_t held_input_bytes = 64 << 10;
  int64_t idle_timeout_ms = 0;
  // A peer that takes none of the replies waiting for it is dropped.
  int64_t stall_timeout_ms = 60'000;
};

// Connection: the movement of bytes between a socket and what serves it. The
// subclass turns input into output; this class decides when to read, when to
// write and when to stop.
//
// A request costs one recv and one send. Input is read into a buffer that the
// loop's connections share, and served with what others have received
// (ConnectionSet); only an incomplete request stays with its connection. A peer
// that does not read its replies is not read from either.
//
// Owns       the stream and the input left over.   Borrows  its ConnectionSet.
// Threads    compatible; belongs to its loop.
// Invariant  the events watched are those that WantedEvents() says.
class Connection : public EventHandler {
 public:
  Connection(int fd, uint64_t id, ConnectionSet* set);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  uint64_t id() const { return id_; }
  bool closed() const { return closed_; }

  // Begins to watch the socket. False if it cannot be watched.
  bool Start();
  // Closes at once. The object lives on until the end of the turn.
  void Close();
  // Answers what has been received, then closes.
  void Drain();
  // Goes on with input left over and sends output, after something other than
  // input has happened: the subclass wrote, or may serve again.
  void Continue();

  void OnEvents(uint32_t events) override;
  // The time that Rearm() asked for has come.
  void OnTimer(int64_t at_ms);

  enum class After : uint8_t {
    kRead,      // more input is needed
    kAgain,     // had its share of the turn; there may be more to do
    kHold,      // is not served for now, Continue() will say
    kWithhold,  // as kHold, because its output must not leave yet: a peer that
                // sends no more still waits for it
    kClose,     // closes after what was written is sent
    kAbort,     // closes at once
  };
  struct Intake {
    After after;
    size_t consumed = 0;
    size_t needed = 0;  // of the rest, before it is worth a call; for kRead
  };

 protected:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // Serves requests at the front of `input`, which may be shorter than needed()
  // or empty. With soft_output_bytes waiting it should not go on.
  virtual Intake TakeInput(absl::string_view input) = 0;
  // Output: how much waits to be sent, its first pieces, and that `size` bytes
  // were. What is withheld does not wait.
  virtual size_t pending_output() const = 0;
  virtual int GatherOutput(iovec* pieces, int max) const = 0;
  virtual void OutputSent(size_t size) = 0;
  // A time by the steady clock at which the subclass wants OnDeadline().
  virtual int64_t deadline_ms() const { return kNever; }
  virtual void OnDeadline() {}
  // Whether output may come without input, so that a silent peer is not idle.
  virtual bool is_listening() const { return false; }

  ConnectionSet& set() const { return set_; }
  int fd() const { return stream_.fd(); }
  size_t needed() const { return needed_; }
  bool closing() const { return closing_; }

 private:
  friend class ConnectionSet;

  void OnReadable();
  void Discard();
  IoResult Receive(absl::string_view* input);
  // Serves `input`, keeps its rest, sends the replies: both halves in turn.
  void Process(absl::string_view input) {
    Serve(input);
    Settle();
  }
  void Serve(absl::string_view input);
  void Settle();
  void Decide(After after);
  // Sends what waits, and serves input that had to wait for that.
  void SendMore();
  void Flush();
  void Finish();
  uint32_t WantedEvents() const;
  void UpdateEvents();
  int64_t NextDeadline() const;
  void Rearm();

  ConnectionSet& set_;
  const uint64_t id_;
  Stream stream_;
  uint32_t watched_ = 0;
  bool eof_ = false;        // the peer sends no more
  bool closing_ = false;    // closes once the output is sent
  bool lingering_ = false;  // all is sent; waits for the peer's end
  bool closed_ = false;
  bool held_ = false;
  bool withheld_ = false;  // held_, and a peer that leaves may be noticed later
  bool again_ = false;     // the input left over may hold whole requests
  bool queued_ = false;    // has its turn at the end of this one
  bool draining_ = false;
  InputBuffer input_;
  size_t needed_ = 0;
  int64_t active_ms_;  // last input
  // Last progress of output that waits, or the start of lingering.
  int64_t progress_ms_ = 0;
  int64_t timer_ms_ = kNever;  // the earliest call asked of the loop
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_CONNECTION_H_
