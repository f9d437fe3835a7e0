#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TIMER_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TIMER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/time.h"
#include "tcp_gateway/command/client_session.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// CommandTimer: measures the commands of one batch, whichever connections they
// came from, for the statistics, the slow log and the latency monitor.
//
// Reading a clock before and after each command would cost as much as a tenth
// of a GET. So a run of commands that cannot take long by themselves, which
// nearly all are, is measured as a whole: two readings a batch. Each counts an
// equal share, and if the run was slow, which is then the machine's doing, the
// first of it is noted with the run's time. Commands whose work depends on
// their arguments are measured each by itself, and so is every one if the slow
// log's threshold is below kExactBelowUs: whoever wants to know, pays.
//
// Borrows    the context, the sessions, and the requests.
class CommandTimer {
 public:
  static constexpr int64_t kExactBelowUs = 1000;

  // REQUIRES: at most RequestBatch::kMaxRequests commands are executed.
  CommandTimer(ServerContext& server, store::TimeMs now);
  ~CommandTimer() {
    if (calls_ > 0) CloseRun();
  }
  CommandTimer(const CommandTimer&) = delete;
  CommandTimer& operator=(const CommandTimer&) = delete;

  // Around each command that is executed.
  void Begin(const Command& command) {
    if (calls_ > 0 && IsMeasuredAlone(command)) CloseRun();
  }
  void End(const Command& command, const ClientSession& session,
           absl::Span<const absl::string_view> args, bool failed) {
    if (calls_++ == 0) {
      first_session_ = &session;
      first_args_ = args;
    }
    // Pipelines tend to repeat one command.
    if (groups_ == 0 || run_[groups_ - 1].command != &command) {
      run_[groups_++] = {&command, 0, 0};
    }
    ++run_[groups_ - 1].calls;
    run_[groups_ - 1].failed += failed;
    if (IsMeasuredAlone(command)) CloseRun();
  }

 private:
  // Calls of one command that followed each other.
  struct Group {
    const Command* command;
    uint32_t calls;
    uint32_t failed;
  };

  bool IsMeasuredAlone(const Command& command) const {
    if (exact_) return true;
    if ((command.flags & kFast) != 0) return false;
    // The work of most string commands is copying one value.
    return command.group != CommandGroup::kString ||
           command.keys.first != command.keys.last ||
           command.keys.numkeys_at != 0;
  }
  void CloseRun();
  void NoteSlow(int64_t us);

  ServerContext& server_;
  const store::TimeMs now_;
  const bool exact_;
  int64_t begin_ns_;
  // The run that is open.
  uint32_t calls_ = 0;
  uint32_t groups_ = 0;
  const ClientSession* first_session_ = nullptr;
  absl::Span<const absl::string_view> first_args_;
  std::array<Group, RequestBatch::kMaxRequests> run_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_TIMER_H_
