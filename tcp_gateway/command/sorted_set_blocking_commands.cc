#include <cmath>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/clock.h"
#include "store/base/number.h"
#include "store/base/op_status.h"
#include "store/sorted_set_range.h"
#include "store/transaction.h"
#include "tcp_gateway/blocking/key_waiters.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/pending_request.h"
#include "tcp_gateway/command/sorted_set_pop.h"

namespace kv::gateway {
namespace {

using store::Transaction;
using store::sorted_sets::End;
using store::sorted_sets::MemberRange;

// What to pop, and how to say what was popped.
struct PopRequest {
  PopWords words;
  bool flat = true;  // one list of three; else as ZMPOP
};

// Pops from the key and replies with what it was; 0 if there is nothing.
store::OpResult<size_t> PopFrom(Transaction& txn, const store::Key& key,
                                const PopRequest& request, ReplyWriter& reply) {
  return store::sorted_sets::Pop(
      txn, {&key, 1}, request.words.end, request.words.count,
      [&](const store::Key& popped_key, const MemberRange& popped) {
        if (!request.flat) return ReplyPopped(reply, popped_key, popped);
        reply.Array(3);
        reply.Bulk(popped_key.bytes);
        popped.Visit([&](absl::string_view member, double score) {
          reply.Bulk(member);
          reply.Double(score);
        });
      });
}

// PendingPop: a BZPOPMIN, BZPOPMAX or BZMPOP that found nothing.
class PendingPop final : public PendingRequest {
 public:
  PendingPop(CommandContext& ctx, const PopRequest& request)
      : server_(ctx.server()),
        request_(request),
        waiter_(ctx.server().waiters, ctx.session().connection(), ctx.keys(),
                Wake) {}

  uint64_t ticket() const override { return waiter_.ticket(); }

  bool Retry(ReplyWriter& reply) override {
    KeyWaiters& waiters = server_.waiters;
    Transaction txn(server_.engine.keyspace(), store::WallTimeMs(),
                    waiter_.keys());
    for (const store::Key& key : waiter_.keys()) {
      if (!waiters.IsFirst(key, &waiter_)) continue;
      const auto popped = PopFrom(txn, key, request_, reply);
      // What is not a sorted set has no members either.
      if (txn.Find(key) == nullptr || !popped.ok()) waiters.FoundEmpty(key);
      if (popped.ok() && *popped > 0) return true;
    }
    return false;
  }

 private:
  static void Wake(Session& session, uint64_t ticket, ReplyWriter& reply) {
    static_cast<ClientSession&>(session).RetryPending(ticket, reply);
  }

  ServerContext& server_;
  const PopRequest request_;
  Waiter waiter_;
};

// Redis' words for what is wrong with a timeout in seconds. On success its end,
// Session::kNoPauseDeadline for none.
absl::optional<int64_t> ReadDeadline(CommandContext& ctx,
                                     absl::string_view arg) {
  constexpr double kMax = 9.2e18;  // milliseconds, below 2^63
  double seconds = 0;
  if (!store::ParseDouble(arg, &seconds) || std::isnan(seconds)) {
    ctx.ReplyError("ERR timeout is not a float or out of range");
    return absl::nullopt;
  }
  if (seconds < 0) {
    ctx.ReplyError("ERR timeout is negative");
    return absl::nullopt;
  }
  const double ms = std::ceil(seconds * 1000);
  if (ms > kMax - static_cast<double>(ctx.now())) {
    ctx.ReplyError("ERR timeout is out of range");
    return absl::nullopt;
  }
  if (ms == 0) return Session::kNoPauseDeadline;
  return ctx.now() + static_cast<int64_t>(ms);
}

// Pops at once if nobody waits already, else begins to wait.
void PopOrWait(CommandContext& ctx, const PopRequest& request,
               int64_t deadline_ms) {
  for (const store::Key& key : ctx.keys()) {
    if (!ctx.in_multi() && ctx.server().waiters.HasWaiters(key)) continue;
    const auto popped = PopFrom(ctx.txn(), key, request, ctx.reply());
    if (!popped.ok()) return ctx.ReplyError(popped.status());
    if (*popped > 0) return;
  }
  if (ctx.in_multi()) return ctx.reply().NullArray();
  ctx.session().set_pending(std::make_unique<PendingPop>(ctx, request));
  ctx.session().Mark(kBlocked, true);
  ctx.session().Pause(deadline_ms);
}

template <End kEnd>
void BZPop(CommandContext& ctx) {
  const auto deadline = ReadDeadline(ctx, ctx.arg(ctx.args() - 1));
  if (!deadline.has_value()) return;
  PopOrWait(ctx, {.words = {.end = kEnd}}, *deadline);
}

void BZMPop(CommandContext& ctx) {
  const auto deadline = ReadDeadline(ctx, ctx.arg(1));
  if (!deadline.has_value()) return;
  ArgReader args(ctx, 3 + ctx.keys().size());
  const PopWords words = ReadPopWords(args);
  if (!args.Finish()) return;
  PopOrWait(ctx, {.words = words, .flat = false}, *deadline);
}

using G = CommandGroup;

constexpr KeyPositions kKeysBeforeTimeout = {1, -2};
constexpr KeyPositions kCountedKeys = {.numkeys_at = 2};

// clang-format off
constexpr Command kCommands[] = {
    {"bzmpop", "timeout numkeys key [key ...] MIN | MAX [COUNT count]",
     "Like ZMPOP, but waits until there is a member.",
     G::kSortedSet, -5, kWrite | kBlocking, Scope::kKeys, kCountedKeys, BZMPop},
    {"bzpopmax", "key [key ...] timeout",
     "Removes and returns a member of the highest score; waits for one.",
     G::kSortedSet, -3, kWrite | kFast | kBlocking, Scope::kKeys,
     kKeysBeforeTimeout, BZPop<End::kHighest>},
    {"bzpopmin", "key [key ...] timeout",
     "Removes and returns a member of the lowest score; waits for one.",
     G::kSortedSet, -3, kWrite | kFast | kBlocking, Scope::kKeys,
     kKeysBeforeTimeout, BZPop<End::kLowest>},
};
// clang-format on

}  // namespace

absl::Span<const Command> SortedSetBlockingCommands() { return kCommands; }

}  // namespace kv::gateway
