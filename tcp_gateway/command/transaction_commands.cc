#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "store/base/clock.h"
#include "store/transaction.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/queued_commands.h"
#include "tcp_gateway/command/request_keys.h"

namespace kv::gateway {
namespace {

// Of a key that was watched before the data was loaded: never what it is later,
// so that the load counts as a change.
constexpr uint64_t kUnknownVersion = std::numeric_limits<uint64_t>::max();

uint64_t VersionOf(CommandContext& ctx, const store::Transaction& txn,
                   const store::Key& key) {
  const store::Entry* entry = txn.Find(key);
  return entry == nullptr ? ctx.server().absent_keys.VersionOf(key)
                          : entry->version();
}

// The locks that the queued commands and the check of the watched keys need.
// Databases do not matter: a name has one shard in all of them.
struct LockPlan {
  bool all = false;
  KeyList keys;
};

LockPlan PlanLocks(const QueuedCommands& queue, const WatchedKeys& watched) {
  LockPlan plan;
  for (const QueuedCommands::Item& item : queue.items()) {
    switch (item.command().scope) {
      case Scope::kNone:
        break;
      case Scope::kKeys:
        // Keys that cannot be found are reported when the command runs.
        (void)AppendKeys(item.command(), item.args(), /*db=*/0, &plan.keys);
        break;
      case Scope::kWalk:
      case Scope::kAllShards:
        plan.all = true;
        break;
    }
  }
  for (const WatchedKey& key : watched) {
    plan.keys.emplace_back(key.name, key.db);
  }
  return plan;
}

bool Unchanged(CommandContext& ctx, const store::Transaction& txn,
               const WatchedKeys& watched) {
  return std::all_of(watched.begin(), watched.end(), [&](const WatchedKey& w) {
    return VersionOf(ctx, txn, store::Key(w.name, w.db)) == w.version;
  });
}

void RunItem(CommandContext& ctx, const QueuedCommands::Item& item,
             store::Transaction* txn) {
  KeyList keys;
  if (item.command().scope == Scope::kKeys &&
      !AppendKeys(item.command(), item.args(), ctx.session().db(), &keys)) {
    return ReplyBadKeys(item.command(), item.args(), ctx.reply());
  }
  if ((ctx.server().attention.reasons() & Attention::kMonitored) != 0 &&
      (item.command().flags & (kAdmin | kSecret)) == 0) {
    ctx.server().monitors.Feed(ctx.session().db(), ctx.session().peer(),
                               item.args(), ctx.now());
  }
  CommandContext inner(ctx.server(), ctx.session(), item.command(), item.args(),
                       keys, txn, ctx.now(), ctx.reply());
  inner.set_in_multi(true);
  inner.Execute();
}

void RunQueued(CommandContext& ctx, const QueuedCommands& queue,
               store::Transaction* txn) {
  ServerContext& server = ctx.server();
  LoopStats& stats = server.stats.Local();
  const int64_t begin_ns = store::SteadyNs();
  absl::InlinedVector<bool, 16> failed;
  ctx.reply().Array(queue.items().size());
  for (const QueuedCommands::Item& item : queue.items()) {
    const uint64_t errors = ctx.reply().errors();
    RunItem(ctx, item, txn);
    failed.push_back(ctx.reply().errors() != errors);
  }
  // Each an equal share: CommandTimer says why.
  const int64_t share_ns =
      (store::SteadyNs() - begin_ns) /
      std::max<int64_t>(1, static_cast<int64_t>(failed.size()));
  for (size_t i = 0; i < failed.size(); ++i) {
    stats.AddCalls(CommandIndex(queue.items()[i].command()), 1, share_ns,
                   failed[i]);
  }
}

void Multi(CommandContext& ctx) {
  ClientSession& session = ctx.session();
  if (session.queue() != nullptr) {
    return ctx.ReplyError("ERR MULTI calls can not be nested");
  }
  session.BeginQueue();
  ctx.reply().Status("OK");
}

void Discard(CommandContext& ctx) {
  if (ctx.session().queue() == nullptr) {
    return ctx.ReplyError("ERR DISCARD without MULTI");
  }
  ctx.session().ForgetTransaction();
  ctx.reply().Status("OK");
}

void Exec(CommandContext& ctx) {
  const std::unique_ptr<QueuedCommands> queue = ctx.session().TakeQueue();
  if (queue == nullptr) return ctx.ReplyError("ERR EXEC without MULTI");
  const WatchedKeys watched = std::exchange(ctx.session().watched(), {});
  if (queue->broken()) {
    return ctx.ReplyError(
        "EXECABORT Transaction discarded because of previous errors.");
  }
  // What is queued is then served without data.
  if (ctx.server().engine.loading()) {
    if (!watched.empty()) return ctx.reply().NullArray();
    return RunQueued(ctx, *queue, /*txn=*/nullptr);
  }
  const LockPlan plan = PlanLocks(*queue, watched);
  store::Keyspace& keyspace = ctx.server().engine.keyspace();
  const auto run = [&](store::Transaction& txn) {
    if (!Unchanged(ctx, txn, watched)) return ctx.reply().NullArray();
    RunQueued(ctx, *queue, &txn);
  };
  if (plan.all) {
    store::Transaction txn(keyspace, ctx.now(),
                           store::Transaction::AllShards());
    return run(txn);
  }
  store::Transaction txn(keyspace, ctx.now(), plan.keys);
  run(txn);
}

void Watch(CommandContext& ctx) {
  if (ctx.session().queue() != nullptr) {
    return ctx.ReplyError("ERR WATCH inside MULTI is not allowed");
  }
  WatchedKeys& watched = ctx.session().watched();
  for (const store::Key& key : ctx.keys()) {
    const bool known =
        std::any_of(watched.begin(), watched.end(), [&](const WatchedKey& w) {
          return w.db == key.db && w.name == key.bytes;
        });
    // The version of the first WATCH counts.
    if (known) continue;
    AbsentKeys::Watch absence;
    uint64_t version = kUnknownVersion;
    if (ctx.has_txn()) {
      if (ctx.txn().Find(key) == nullptr) {
        absence = ctx.server().absent_keys.Join(key);
      }
      version = VersionOf(ctx, ctx.txn(), key);
    }
    watched.push_back(
        {std::string(key.bytes), key.db, version, std::move(absence)});
  }
  ctx.reply().Status("OK");
}

void Unwatch(CommandContext& ctx) {
  ctx.session().watched().clear();
  ctx.reply().Status("OK");
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"discard", "", "Forgets the commands queued since MULTI.",
     G::kTransactions, 1, kFast | kImmediate, Scope::kNone, kNoKeys, Discard},
    {"exec", "", "Runs the commands queued since MULTI, atomically.",
     G::kTransactions, 1, kImmediate, Scope::kNone, kNoKeys, Exec},
    {"multi", "", "Starts to queue commands.",
     G::kTransactions, 1, kFast | kImmediate, Scope::kNone, kNoKeys, Multi},
    {"unwatch", "", "Forgets the watched keys.",
     G::kTransactions, 1, kFast, Scope::kNone, kNoKeys, Unwatch},
    {"watch", "key [key ...]", "Makes the next EXEC depend on keys not changing.",
     G::kTransactions, -2, kFast | kImmediate, Scope::kKeys, kAllKeys, Watch},
};
// clang-format on

}  // namespace

absl::Span<const Command> TransactionCommands() { return kCommands; }

}  // namespace kv::gateway
