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

namespace kv::gateway {

struct CommandExecutor::Prepared {
  const Command* command = nullptr;  // null: there is no such command
  store::Key first_key;
  uint8_t db = 0;  // for which the key was made
};

namespace {

using KeyList = absl::InlinedVector<store::Key, 16>;

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

// All keys of a request that has passed the arity check, the first of which is
// made already.
void CollectKeys(const Command& command, const Request& request,
                 const store::Key& first_key, KeyList* keys) {
  const int last =
      command.keys.last < 0
          ? static_cast<int>(request.args.size()) + command.keys.last
          : command.keys.last;
  keys->push_back(first_key);
  for (int i = command.keys.first + command.keys.step; i <= last;
       i += command.keys.step) {
    keys->emplace_back(request.args[i], first_key.db);
  }
}

}  // namespace

std::unique_ptr<Session> CommandExecutor::NewSession(
    ConnectionInfo connection) {
  return std::make_unique<ClientSession>(std::move(connection.ref));
}

CommandExecutor::Prepared CommandExecutor::Prepare(const Request& request,
                                                   uint8_t db) const {
  Prepared prepared;
  prepared.command = FindCommand(request.name());
  prepared.db = db;
  if (prepared.command != nullptr && prepared.command->scope == Scope::kKeys &&
      prepared.command->AcceptsArity(request.args.size())) {
    prepared.first_key =
        store::Key(request.args[prepared.command->keys.first], db);
    server_.engine.keyspace().Prefetch(prepared.first_key);
  }
  return prepared;
}

size_t CommandExecutor::Execute(Session& base, absl::Span<const Request> batch,
                                int64_t now_ms, ReplyWriter& writer) {
  ClientSession& session = static_cast<ClientSession&>(base);
  batch = batch.subspan(0, RequestBatch::kMaxRequests);
  absl::FixedArray<Prepared, RequestBatch::kMaxRequests> prepared(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    prepared[i] = Prepare(batch[i], session.db());
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    // An earlier request of the batch may have selected another database.
    if (prepared[i].db != session.db()) {
      prepared[i] = Prepare(batch[i], session.db());
    }
    writer.BeginReply(batch[i].ending);
    Run(batch[i], prepared[i], session, now_ms, writer);
    if (session.state() != Session::State::kServing) return i + 1;
  }
  return batch.size();
}

void CommandExecutor::Run(const Request& request, const Prepared& prepared,
                          ClientSession& session, int64_t now_ms,
                          ReplyWriter& writer) {
  const Command* command = prepared.command;
  if (command == nullptr) {
    return writer.Error(ErrorKind::kUnknownCommand, UnknownCommand(request));
  }
  const auto call = [&](absl::Span<const store::Key> keys,
                        store::Transaction* txn) {
    CommandContext context(server_, session, *command, request.args, keys, txn,
                           now_ms, writer);
    command->handler(context);
  };
  if (!command->AcceptsArity(request.args.size())) {
    return CommandContext(server_, session, *command, request.args, {}, nullptr,
                          now_ms, writer)
        .ReplyWrongArity();
  }
  store::Keyspace& keyspace = server_.engine.keyspace();
  switch (command->scope) {
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
  if (command->keys.first == command->keys.last) {
    store::Transaction txn(keyspace, now_ms, prepared.first_key);
    return call({&prepared.first_key, 1}, &txn);
  }
  KeyList keys;
  CollectKeys(*command, request, prepared.first_key, &keys);
  store::Transaction txn(keyspace, now_ms, keys);
  call(keys, &txn);
}

}  // namespace kv::gateway
