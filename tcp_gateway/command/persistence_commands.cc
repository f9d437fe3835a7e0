#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "store/durable/snapshotter.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/pending_request.h"

namespace kv::gateway {
namespace {

constexpr absl::string_view kNothingKept =
    "ERR nothing is kept on disk: the server runs without --data_dir";
constexpr absl::string_view kUnderWay =
    "ERR Background save already in progress";

// Null, and an error is replied: there is none.
store::Snapshotter* FindSnapshotter(CommandContext& ctx) {
  store::Snapshotter* snapshotter = ctx.server().engine.snapshotter();
  if (snapshotter == nullptr) ctx.ReplyError(kNothingKept);
  return snapshotter;
}

// PendingSave: a SAVE whose snapshot is being taken.
class PendingSave final : public PendingRequest {
 public:
  PendingSave(ServerContext& server, ConnectionRef connection)
      : ticket_(server.NextSaveTicket()),
        outcome_(std::make_shared<absl::Status>()) {
    server.engine.snapshotter()->Request(
        [connection, outcome = outcome_,
         ticket = ticket_](const absl::Status& status) {
          *outcome = status;
          connection.Post([ticket](Session& session, ReplyWriter& reply) {
            static_cast<ClientSession&>(session).RetryPending(ticket, reply);
          });
        });
  }

  uint64_t ticket() const override { return ticket_; }

  // Only once the snapshot has ended.
  bool Retry(ReplyWriter& reply) override {
    if (outcome_->ok()) {
      reply.Status("OK");
    } else {
      reply.Error(absl::StrCat("ERR ", outcome_->message()));
    }
    return true;
  }

 private:
  const uint64_t ticket_;
  // Written before Retry is posted. The session may be gone by then.
  const std::shared_ptr<absl::Status> outcome_;
};

// Holds up this client only.
void Save(CommandContext& ctx) {
  const store::Snapshotter* snapshotter = FindSnapshotter(ctx);
  if (snapshotter == nullptr) return;
  if (snapshotter->stats().in_progress) return ctx.ReplyError(kUnderWay);
  ctx.session().set_pending(
      std::make_unique<PendingSave>(ctx.server(), ctx.session().connection()));
  ctx.session().Pause();
}

void BgSave(CommandContext& ctx) {
  bool schedule = false;
  ArgReader args(ctx, 1);
  if (args.HasNext()) {
    schedule = args.Match("SCHEDULE");
    if (!schedule || args.HasNext()) args.Fail();
  }
  if (!args.Finish()) return;
  store::Snapshotter* snapshotter = FindSnapshotter(ctx);
  if (snapshotter == nullptr) return;
  const bool under_way = snapshotter->stats().in_progress;
  if (under_way && !schedule) return ctx.ReplyError(kUnderWay);
  snapshotter->Request();
  ctx.reply().Status(under_way ? "Background saving scheduled"
                               : "Background saving started");
}

// A snapshot is what makes the log shorter.
void BgRewriteAof(CommandContext& ctx) {
  store::Snapshotter* snapshotter = FindSnapshotter(ctx);
  if (snapshotter == nullptr) return;
  const bool under_way = snapshotter->stats().in_progress;
  snapshotter->Request();
  ctx.reply().Status(under_way
                         ? "Background append only file rewriting scheduled"
                         : "Background append only file rewriting started");
}

void LastSave(CommandContext& ctx) {
  ctx.reply().Integer(ctx.server().LastSaveMs() / 1000);
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"bgrewriteaof", "", "Shortens the log, by a snapshot.",
     G::kServer, 1, kAdmin, Scope::kNone, kNoKeys, BgRewriteAof},
    {"bgsave", "[SCHEDULE]", "Has a snapshot taken.",
     G::kServer, -1, kAdmin, Scope::kNone, kNoKeys, BgSave},
    {"lastsave", "", "Returns when the last snapshot was taken.",
     G::kServer, 1, kFast, Scope::kNone, kNoKeys, LastSave},
    {"save", "", "Has a snapshot taken, and waits until it is on disk.",
     G::kServer, 1, kAdmin | kNoMulti, Scope::kNone, kNoKeys, Save},
};
// clang-format on

}  // namespace

absl::Span<const Command> PersistenceCommands() { return kCommands; }

}  // namespace kv::gateway
