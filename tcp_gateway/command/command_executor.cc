#include "tcp_gateway/command/command_executor.h"

#include <algorithm>
#include <string>

#include "absl/container/fixed_array.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/base/key.h"
#include "store/transaction.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/legacy_commands.h"
#include "tcp_gateway/command/queued_commands.h"
#include "tcp_gateway/command/request_keys.h"
#include "tcp_gateway/wire/protocol.h"

namespace kv::gateway {

struct CommandExecutor::Prepared {
  const Command* command = nullptr;  // null: there is no such command
  store::Key first_key;              // if it has one
  uint8_t db = 0;                    // for which the key was made
};

namespace {

// Redis shows the beginning of what it did not understand, in these bounds.
std::string UnknownCommand(const Request& request) {
  constexpr size_t kShownBytes = 128;
  std::string text = absl::StrCat("ERR unknown command '",
                                  request.name().substr(0, kShownBytes),
                                  "', with args beginning with: ");
  const size_t begin = text.size();
  for (size_t i = 1; i < request.args.size(); ++i) {
    const size_t used = text.size() - begin;
    if (used >= kShownBytes) break;
    absl::StrAppend(&text, "'", request.args[i].substr(0, kShownBytes - used),
                    "' ");
  }
  return text;
}

// The row that serves a request. The only place where commands depend on the
// framing: the original's clients have their own rows for the original's words,
// and everybody's for all others.
const Command* Find(const Request& request, Protocol protocol) {
  if (protocol == Protocol::kLegacy) {
    const Command* command =
        FindLegacyCommand(request.name(), request.args.size());
    if (command != nullptr) return command;
  }
  return FindCommand(request.name());
}

// A command whose only key is its first_key.
bool HasOneKey(const Command& command) {
  return command.keys.first == command.keys.last &&
         command.keys.numkeys_at == 0;
}

// Puts the request aside for EXEC.
void Enqueue(const Command& command, const Request& request,
             QueuedCommands& queue, ReplyWriter& writer) {
  if ((command.flags & kNoMulti) != 0) {
    queue.Break();
    return writer.Error("ERR Command not allowed inside a transaction");
  }
  if (!queue.Add(command, request.args)) {
    return writer.Error(ErrorKind::kTooBig,
                        "ERR too much is queued since MULTI");
  }
  writer.Status("QUEUED");
}

}  // namespace

std::unique_ptr<Session> CommandExecutor::NewSession(
    ConnectionInfo connection) {
  return std::make_unique<ClientSession>(std::move(connection.ref));
}

CommandExecutor::Prepared CommandExecutor::Prepare(
    const Request& request, const ClientSession& session) const {
  Prepared prepared;
  prepared.command = Find(request, session.protocol());
  prepared.db = session.db();
  if (prepared.command != nullptr && prepared.command->scope == Scope::kKeys &&
      prepared.command->AcceptsArity(request.args.size()) &&
      // A subcommand may have no key where others have one.
      prepared.command->keys.first_key() < request.args.size()) {
    prepared.first_key = store::Key(
        request.args[prepared.command->keys.first_key()], prepared.db);
  }
  return prepared;
}

void CommandExecutor::Prefetch(absl::Span<const Prepared> batch) {
  // A few misses are cheaper than the passes that would hide them.
  constexpr size_t kWorthwhile = 4;
  if (batch.size() < kWorthwhile) return;
  absl::InlinedVector<store::Key, RequestBatch::kMaxRequests> keys;
  for (const Prepared& prepared : batch) {
    if (prepared.command != nullptr &&
        prepared.command->scope == Scope::kKeys) {
      keys.push_back(prepared.first_key);
    }
  }
  server_.engine.keyspace().Prefetch(keys);
}

size_t CommandExecutor::Execute(Session& base, absl::Span<const Request> batch,
                                int64_t now_ms, ReplyWriter& writer) {
  ClientSession& session = static_cast<ClientSession&>(base);
  batch = batch.subspan(0, RequestBatch::kMaxRequests);
  absl::FixedArray<Prepared, RequestBatch::kMaxRequests> prepared(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    prepared[i] = Prepare(batch[i], session);
  }
  Prefetch(prepared);
  for (size_t i = 0; i < batch.size(); ++i) {
    // An earlier request of the batch may have selected another database.
    if (prepared[i].db != session.db()) {
      prepared[i] = Prepare(batch[i], session);
    }
    writer.BeginReply(batch[i].ending);
    Run(batch[i], prepared[i], session, now_ms, writer);
    if (session.state() != Session::State::kServing) return i + 1;
  }
  return batch.size();
}

void CommandExecutor::PauseExpired(Session& session, ReplyWriter& writer) {
  static_cast<ClientSession&>(session).ForgetPending();
  CommandService::PauseExpired(session, writer);
}

void CommandExecutor::Run(const Request& request, const Prepared& prepared,
                          ClientSession& session, int64_t now_ms,
                          ReplyWriter& writer) {
  const Command* command = prepared.command;
  QueuedCommands* queue = session.queue();
  if (command == nullptr) {
    if (queue != nullptr) queue->Break();
    return writer.Error(ErrorKind::kUnknownCommand, UnknownCommand(request));
  }
  if (!command->AcceptsArity(request.args.size())) {
    if (queue != nullptr) queue->Break();
    return CommandContext(server_, session, *command, request.args, {}, nullptr,
                          now_ms, writer)
        .ReplyWrongArity();
  }
  if (session.is_confined_to_listening() &&
      (command->flags & kWhileSubscribed) == 0) {
    if (queue != nullptr) queue->Break();
    return writer.Error(absl::StrCat(
        "ERR Can't execute '", command->name,
        "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
        "allowed in this context"));
  }
  if (queue != nullptr && (command->flags & kImmediate) == 0) {
    return Enqueue(*command, request, *queue, writer);
  }
  Call(*command, request, prepared.first_key, session, now_ms, writer);
}

void CommandExecutor::Call(const Command& command, const Request& request,
                           const store::Key& first_key, ClientSession& session,
                           int64_t now_ms, ReplyWriter& writer) {
  const auto call = [&](absl::Span<const store::Key> keys,
                        store::Transaction* txn) {
    CommandContext context(server_, session, command, request.args, keys, txn,
                           now_ms, writer);
    command.handler(context);
  };
  store::Keyspace& keyspace = server_.engine.keyspace();
  switch (command.scope) {
    case Scope::kNone:
    case Scope::kWalk:
      return call({}, nullptr);
    case Scope::kAllShards: {
      store::Transaction txn(keyspace, now_ms, store::Transaction::AllShards());
      return call({}, &txn);
    }
    case Scope::kKeys:
      break;
  }
  if (HasOneKey(command)) {
    store::Transaction txn(keyspace, now_ms, first_key);
    return call({&first_key, 1}, &txn);
  }
  KeyList keys;
  if (!AppendKeys(command, request.args, session.db(), &keys)) {
    return ReplyBadKeys(command, request.args, writer);
  }
  store::Transaction txn(keyspace, now_ms, keys);
  call(keys, &txn);
}

}  // namespace kv::gateway
