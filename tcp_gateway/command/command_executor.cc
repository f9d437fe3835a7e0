#include "tcp_gateway/command/command_executor.h"

#include <algorithm>
#include <string>

#include "absl/container/fixed_array.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/sorted_set_ops.h"
#include "store/transaction.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/legacy_commands.h"
#include "tcp_gateway/command/queued_commands.h"
#include "tcp_gateway/command/request_keys.h"
#include "tcp_gateway/command/served_while_loading.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/silent_writer.h"

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
  if (const Command* command = FindCommand(request.name())) {
    return absl::StrCat("ERR unknown subcommand '",
                        request.args[1].substr(0, kShownBytes), "'. Try ",
                        absl::AsciiStrToUpper(command->name), " HELP.");
  }
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
  return FindRequested(request.args);
}

// Whether a request is for the command of the one before it, as far as that can
// be told without looking for it.
bool IsForSame(const Request& before, const Request& request,
               const Command* command) {
  // A subcommand depends on the second word, and a row for the original's
  // clients on the number of words.
  return command != nullptr && command->name.size() == request.name().size() &&
         command->subcommands.empty() &&
         request.args.size() == before.args.size() &&
         request.name() == before.name();
}

// A command whose only key is its first_key.
bool HasOneKey(const Command& command) {
  return command.keys.first == command.keys.last &&
         command.keys.numkeys_at == 0;
}

// Whether the command, or what EXEC is about to run, may change entries.
bool MayWrite(const Command& command, const ClientSession& session) {
  if ((command.flags & kWrite) != 0) return true;
  if (command.name != "exec" || session.queue() == nullptr) return false;
  const auto& items = session.queue()->items();
  return std::any_of(items.begin(), items.end(), [](const auto& item) {
    return (item.command().flags & kWrite) != 0;
  });
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
  auto session = std::make_unique<ClientSession>(
      std::move(connection), store::WallTimeMs(), server_.clients);
  session->set_authenticated(!server_.password.required());
  return session;
}

CommandExecutor::Prepared CommandExecutor::Prepare(
    const Command* command, const Request& request,
    const ClientSession& session) const {
  Prepared prepared;
  prepared.command = command;
  prepared.db = session.db();
  if (prepared.command != nullptr && prepared.command->scope == Scope::kKeys &&
      prepared.command->AcceptsArity(request.args.size())) {
    prepared.first_key = store::Key(
        request.args[prepared.command->keys.first_key()], prepared.db);
  }
  return prepared;
}

void CommandExecutor::Prefetch(absl::Span<const Request> requests,
                               absl::Span<const Prepared> batch) {
  // A few misses are cheaper than the passes that would hide them.
  constexpr size_t kWorthwhile = 4;
  if (batch.size() < kWorthwhile) return;
  // The keyspace is nobody's to look at while it is loaded.
  if ((server_.attention.reasons() & Attention::kLoading) != 0) return;
  absl::InlinedVector<store::Key, RequestBatch::kMaxRequests> keys;
  for (const Prepared& prepared : batch) {
    if (prepared.command != nullptr &&
        prepared.command->scope == Scope::kKeys) {
      keys.push_back(prepared.first_key);
    }
  }
  server_.engine.keyspace().Prefetch(keys);
  PrefetchMembers(requests, batch);
}

// Members of the same set in one go. Of the fast commands on one sorted set
// nearly all end with a member; to look for what is none costs little.
void CommandExecutor::PrefetchMembers(absl::Span<const Request> requests,
                                      absl::Span<const Prepared> batch) {
  absl::InlinedVector<absl::string_view, RequestBatch::kMaxRequests> members;
  const auto has_member = [&](size_t i) {
    const Command* command = batch[i].command;
    return command != nullptr && command->group == CommandGroup::kSortedSet &&
           (command->flags & kFast) != 0 && requests[i].args.size() > 2;
  };
  for (size_t i = 0; i < batch.size();) {
    const store::Key& key = batch[i].first_key;
    members.clear();
    bool with_places = false;
    for (; i < batch.size() && has_member(i) &&
           batch[i].first_key.hash == key.hash &&
           batch[i].first_key.bytes == key.bytes;
         ++i) {
      members.push_back(requests[i].args.back());
      with_places |= batch[i].command->name != "zscore";
    }
    if (members.size() > 1) {
      store::sorted_sets::Prefetch(server_.engine.keyspace(), key, members,
                                   with_places);
    }
    if (members.empty()) ++i;
  }
}

void CommandExecutor::PrepareAll(absl::Span<const Request> batch,
                                 absl::Span<const Portion> portions,
                                 Prepared* prepared) const {
  Protocol before = Protocol::kUnknown;
  size_t i = 0;
  for (const Portion& portion : portions) {
    const auto& session = static_cast<ClientSession&>(*portion.session);
    const Protocol protocol = session.protocol();
    for (const size_t end = i + portion.size; i < end; ++i) {
      // Pipelines tend to repeat one command.
      const bool again =
          protocol == before &&
          IsForSame(batch[i - 1], batch[i], prepared[i - 1].command);
      prepared[i] =
          Prepare(again ? prepared[i - 1].command : Find(batch[i], protocol),
                  batch[i], session);
      before = protocol;
    }
  }
}

void CommandExecutor::Execute(absl::Span<const Request> batch,
                              absl::Span<const Portion> portions,
                              int64_t now_ms, PortionReplies& replies) {
  absl::FixedArray<Prepared, RequestBatch::kMaxRequests> prepared(batch.size());
  PrepareAll(batch, portions, prepared.data());
  Prefetch(batch, prepared);
  CommandTimer timer(server_, now_ms);
  size_t begin = 0;
  for (size_t i = 0; i < portions.size(); ++i) {
    const size_t size = portions[i].size;
    const size_t done =
        ExecutePortion(batch.subspan(begin, size), prepared.data() + begin,
                       static_cast<ClientSession&>(*portions[i].session),
                       now_ms, replies.Begin(i), timer);
    replies.End(i, done);
    begin += size;
  }
}

size_t CommandExecutor::ExecutePortion(absl::Span<const Request> requests,
                                       Prepared* prepared,
                                       ClientSession& session, int64_t now_ms,
                                       ReplyWriter& writer,
                                       CommandTimer& timer) {
  size_t done = 0;
  while (done < requests.size()) {
    const Request& request = requests[done];
    Prepared& next = prepared[done];
    // An earlier request of the batch may have selected another database.
    if (next.db != session.db()) {
      next = Prepare(next.command, request, session);
    }
    if (server_.attention.any() && Postpone(next.command, session, now_ms)) {
      break;
    }
    writer.BeginReply(request.ending);
    if (session.needs_care()) {
      RunCarefully(request, next, session, now_ms, writer, timer);
    } else {
      Run(request, next, session, now_ms, writer, timer);
    }
    ++done;
    if (session.state() != Session::State::kServing) break;
  }
  if (done > 0) session.Publish(now_ms, prepared[done - 1].command);
  return done;
}

void CommandExecutor::PauseExpired(Session& base, ReplyWriter& writer) {
  static_cast<ClientSession&>(base).EndPause(writer);
}

bool CommandExecutor::Postpone(const Command* command, ClientSession& session,
                               int64_t now_ms) {
  if ((server_.attention.reasons() & Attention::kPaused) == 0 ||
      command == nullptr || command->name == "client|unpause") {
    return false;
  }
  const bool is_write =
      (command->flags & kWrite) != 0 || command->name == "exec";
  const store::TimeMs until = server_.pause.HeldUntil(is_write, now_ms);
  if (until <= now_ms) return false;
  session.PostponeUntil(until);
  return true;
}

void CommandExecutor::RunCarefully(const Request& request,
                                   const Prepared& prepared,
                                   ClientSession& session, int64_t now_ms,
                                   ReplyWriter& writer, CommandTimer& timer) {
  const ReplyMode mode = session.reply_mode();
  // CLIENT REPLY knows best whether it has a reply.
  const bool about_replies =
      prepared.command != nullptr && prepared.command->name == "client|reply";
  if (mode == ReplyMode::kSkipNext) session.set_reply_mode(ReplyMode::kOn);
  if (mode == ReplyMode::kOn || about_replies) {
    return Run(request, prepared, session, now_ms, writer, timer);
  }
  SilentWriter silent(writer);
  Run(request, prepared, session, now_ms, silent, timer);
}

void CommandExecutor::Reject(const Command& command, ClientSession& session,
                             ReplyWriter& writer, ErrorKind kind,
                             absl::string_view error) {
  if (command.name == "exec") {
    session.ForgetTransaction();
    writer.Error(absl::StrCat("EXECABORT Transaction discarded because of: ",
                              absl::StripPrefix(error, "ERR ")));
  } else {
    if (session.queue() != nullptr) session.queue()->Break();
    writer.Error(kind, error);
  }
  LoopStats& stats = server_.stats.Local();
  stats.AddRejected(CommandIndex(command));
  stats.AddErrors(writer.last_error_code(), 1);
}

bool CommandExecutor::RejectForNow(const Command& command, uint32_t reasons,
                                   ClientSession& session,
                                   ReplyWriter& writer) {
  if ((reasons & Attention::kLoading) != 0 && !IsServedWhileLoading(command)) {
    Reject(command, session, writer, ErrorKind::kBadArgument, kLoadingError);
    return true;
  }
  if ((reasons & Attention::kReadOnly) != 0 && MayWrite(command, session)) {
    Reject(command, session, writer, ErrorKind::kBadArgument,
           absl::StrCat("MISCONF writes are refused, because the log cannot be "
                        "written: ",
                        server_.engine.log()->stats().status.message(),
                        ". See to the disk, then restart the server"));
    return true;
  }
  return false;
}

void CommandExecutor::Run(const Request& request, const Prepared& prepared,
                          ClientSession& session, int64_t now_ms,
                          ReplyWriter& writer, CommandTimer& timer) {
  const Command* command = prepared.command;
  if (command == nullptr) {
    if (session.queue() != nullptr) session.queue()->Break();
    writer.Error(ErrorKind::kUnknownCommand, UnknownCommand(request));
    return server_.stats.Local().AddErrors(writer.last_error_code(), 1);
  }
  if (!command->AcceptsArity(request.args.size())) {
    return Reject(*command, session, writer, ErrorKind::kWrongArity,
                  absl::StrCat("ERR wrong number of arguments for '",
                               command->name, "' command"));
  }
  if (!session.authenticated() && (command->flags & kNoAuth) == 0) {
    if (server_.password.required()) {
      return Reject(*command, session, writer, ErrorKind::kBadArgument,
                    "NOAUTH Authentication required.");
    }
    session.set_authenticated(true);  // the password was taken away
  }
  if (session.is_confined_to_listening() &&
      (command->flags & kWhileSubscribed) == 0) {
    return Reject(*command, session, writer, ErrorKind::kBadArgument,
                  absl::StrCat("ERR Can't execute '", command->name,
                               "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
                               "PING / QUIT / RESET are allowed in this "
                               "context"));
  }
  const uint32_t reasons = server_.attention.reasons();
  if (reasons != 0 && RejectForNow(*command, reasons, session, writer)) return;
  if (session.queue() != nullptr && (command->flags & kImmediate) == 0) {
    return Enqueue(*command, request, *session.queue(), writer);
  }
  if ((reasons & Attention::kMonitored) != 0 &&
      (command->flags & (kAdmin | kSecret)) == 0) {
    server_.monitors.Feed(session.db(), session.peer(), request.args, now_ms);
  }
  const uint64_t errors = writer.errors();
  timer.Begin(*command);
  Call(*command, request, prepared.first_key, session, now_ms, writer);
  const uint64_t failures = writer.errors() - errors;
  if (failures > 0) {
    server_.stats.Local().AddErrors(writer.last_error_code(), failures);
  }
  timer.End(*command, session, request.args, failures > 0);
}

void CommandExecutor::Call(const Command& command, const Request& request,
                           const store::Key& first_key, ClientSession& session,
                           int64_t now_ms, ReplyWriter& writer) {
  const auto call = [&](absl::Span<const store::Key> keys,
                        store::Transaction* txn) {
    CommandContext context(server_, session, command, request.args, keys, txn,
                           now_ms, writer);
    context.Execute();
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
  // Served nevertheless: it can do without (served_while_loading.h).
  if ((server_.attention.reasons() & Attention::kLoading) != 0) {
    return call(keys, nullptr);
  }
  store::Transaction txn(keyspace, now_ms, keys);
  call(keys, &txn);
}

}  // namespace kv::gateway
