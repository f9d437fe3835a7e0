#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_CONTEXT_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_CONTEXT_H_

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/transaction.h"
#include "tcp_gateway/command/client_session.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// CommandContext: what a handler works with: the arguments, the locked
// transaction, and the reply. A handler reads the arguments, calls one typed
// operation and writes its result; it holds no semantics of its own and does
// not know which protocol it serves.
//
// Borrows    everything, for the duration of one command.
// Threads    belongs to the event loop that executes the command.
class CommandContext {
 public:
  CommandContext(ServerContext& server, ClientSession& session,
                 const Command& command,
                 absl::Span<const absl::string_view> args,
                 absl::Span<const store::Key> keys, store::Transaction* txn,
                 store::TimeMs now, ReplyWriter& reply)
      : server_(server),
        session_(session),
        command_(command),
        args_(args),
        keys_(keys),
        txn_(txn),
        now_(now),
        reply_(reply) {}

  ServerContext& server() { return server_; }
  ClientSession& session() { return session_; }
  const Command& command() const { return command_; }
  store::TimeMs now() const { return now_; }
  ReplyWriter& reply() { return reply_; }

  // The arguments; arg(0) is the command's name.
  size_t args() const { return args_.size(); }
  absl::string_view arg(size_t i) const { return args_[i]; }
  absl::Span<const absl::string_view> args_from(size_t first) const {
    return args_.subspan(first);
  }

  // The keys, hashed, in the order of the arguments. REQUIRES: Scope::kKeys
  absl::Span<const store::Key> keys() const { return keys_; }
  const store::Key& key() const { return keys_[0]; }

  // REQUIRES: the command's scope is kKeys or kAllShards, and has_txn(), which
  // is false only while the data is loaded, in what is served nevertheless.
  store::Transaction& txn() {
    assert(txn_ != nullptr);
    return *txn_;
  }
  bool has_txn() const { return txn_ != nullptr; }
  // For Scope::kWalk: the transaction around the command, or null.
  const store::Transaction* within() const { return txn_; }

  // Runs the command.
  void Execute();

  // Whether EXEC runs the command: then it must not wait for anything.
  bool in_multi() const { return in_multi_; }
  void set_in_multi(bool value) { in_multi_ = value; }

  // Replies an array of strings.
  void ReplyNames(absl::Span<const absl::string_view> names);

  // Replies to an operation that was refused, in Redis' words.
  void ReplyError(store::OpStatus status);
  void ReplyError(absl::string_view code_and_message) {
    reply_.Error(code_and_message);
  }
  void ReplySyntaxError() { reply_.Error("ERR syntax error"); }
  void ReplyNotAnInteger() { ReplyError(store::OpStatus::kNotInteger); }
  // "ERR wrong number of arguments for 'name' command"
  void ReplyWrongArity();

 private:
  ServerContext& server_;
  ClientSession& session_;
  const Command& command_;
  const absl::Span<const absl::string_view> args_;
  const absl::Span<const store::Key> keys_;
  store::Transaction* const txn_;
  const store::TimeMs now_;
  ReplyWriter& reply_;
  bool in_multi_ = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_CONTEXT_H_
