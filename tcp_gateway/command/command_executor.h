#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_EXECUTOR_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_EXECUTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "store/base/key.h"
#include "tcp_gateway/command/client_session.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/command_timer.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/command_service.h"
#include "tcp_gateway/wire/reply_writer.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// CommandExecutor: runs requests as the command table says: finds the row,
// checks the arity, hashes the keys, locks their shards, calls the handler.
//
// Borrows    the server context.
// Threads    safe.
class CommandExecutor final : public CommandService {
 public:
  explicit CommandExecutor(ServerContext& server) : server_(server) {}

  std::unique_ptr<Session> NewSession(ConnectionInfo connection) override;

  // First looks all requests of the batch up, hashes their keys and fetches
  // their shards; then executes, so that one request's cache misses hide
  // behind another's.
  void Execute(absl::Span<const Request> batch,
               absl::Span<const Portion> portions, int64_t now_ms,
               PortionReplies& replies) override;

  void PauseExpired(Session& session, ReplyWriter& writer) override;

 private:
  struct Prepared;

  Prepared Prepare(const Command* command, const Request& request,
                   const ClientSession& session) const;
  void PrepareAll(absl::Span<const Request> batch,
                  absl::Span<const Portion> portions, Prepared* prepared) const;
  void Prefetch(absl::Span<const Request> requests,
                absl::Span<const Prepared> batch);
  void PrefetchMembers(absl::Span<const Request> requests,
                       absl::Span<const Prepared> batch);
  // Executes one portion; returns how much of it.
  size_t ExecutePortion(absl::Span<const Request> requests, Prepared* prepared,
                        ClientSession& session, int64_t now_ms,
                        ReplyWriter& writer, CommandTimer& timer);
  // Whether CLIENT PAUSE holds the command back; the session is then paused.
  bool Postpone(const Command* command, ClientSession& session, int64_t now_ms);
  // As Run, for a session that needs care.
  void RunCarefully(const Request& request, const Prepared& prepared,
                    ClientSession& session, int64_t now_ms, ReplyWriter& writer,
                    CommandTimer& timer);
  void Run(const Request& request, const Prepared& prepared,
           ClientSession& session, int64_t now_ms, ReplyWriter& writer,
           CommandTimer& timer);
  // Answers a request that is not executed.
  void Reject(const Command& command, ClientSession& session,
              ReplyWriter& writer, ErrorKind kind, absl::string_view error);
  // Rejects what all clients have to do without for now. False: it may run.
  bool RejectForNow(const Command& command, uint32_t reasons,
                    ClientSession& session, ReplyWriter& writer);
  void Call(const Command& command, const Request& request,
            const store::Key& first_key, ClientSession& session, int64_t now_ms,
            ReplyWriter& writer);

  ServerContext& server_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_EXECUTOR_H_
