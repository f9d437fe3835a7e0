#include "tcp_gateway/command/command_timer.h"

#include "store/base/clock.h"
#include "tcp_gateway/command/command_table.h"

namespace kv::gateway {

CommandTimer::CommandTimer(ServerContext& server, store::TimeMs now)
    : server_(server),
      now_(now),
      exact_(server.slow_log.threshold_us() >= 0 &&
             server.slow_log.threshold_us() < kExactBelowUs),
      begin_ns_(store::SteadyNs()) {}

void CommandTimer::CloseRun() {
  const int64_t end_ns = store::SteadyNs();
  const int64_t elapsed_ns = end_ns - begin_ns_;
  begin_ns_ = end_ns;
  const int64_t share_ns = elapsed_ns / static_cast<int64_t>(calls_);
  LoopStats& stats = server_.stats.Local();
  for (uint32_t i = 0; i < groups_; ++i) {
    stats.AddCalls(CommandIndex(*run_[i].command), run_[i].calls, share_ns,
                   run_[i].failed);
  }
  NoteSlow(elapsed_ns / 1000);
  calls_ = groups_ = 0;
}

void CommandTimer::NoteSlow(int64_t us) {
  const Command& command = *run_[0].command;
  if (server_.latency.IsSlow(us / 1000)) {
    const bool fast = (command.flags & kFast) != 0;
    server_.latency.Add(fast ? "fast-command" : "command", us / 1000, now_);
  }
  if (!server_.slow_log.IsSlow(us)) return;
  const absl::string_view hidden[] = {first_args_[0], "(redacted)"};
  const bool secret = (command.flags & kSecret) != 0;
  server_.slow_log.Add(secret ? absl::MakeConstSpan(hidden) : first_args_, us,
                       now_, first_session_->peer(),
                       first_session_->names().client);
}

}  // namespace kv::gateway
