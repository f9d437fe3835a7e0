#include "tests/tcp_gateway/toy_service.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kv::gateway {

class ToyService::ToySession : public Session {
 public:
  ToySession(ToyService* service, uint64_t id) : service(service), id(id) {
    ++service->sessions_;
  }
  ~ToySession() override {
    --service->sessions_;
    store::MutexLock lock(service->mutex_);
    service->connections_.erase(id);
  }

  ToyService* const service;
  const uint64_t id;
};

std::unique_ptr<Session> ToyService::NewSession(ConnectionInfo connection) {
  const uint64_t id = connection.ref.id();
  {
    store::MutexLock lock(mutex_);
    connections_[id] = connection.ref;
  }
  auto session = std::make_unique<ToySession>(this, id);
  session->set_authenticated(!locked_);
  return session;
}

ConnectionRef ToyService::Find(uint64_t id) {
  store::MutexLock lock(mutex_);
  return connections_[id];
}

void ToyService::Execute(absl::Span<const Request> batch,
                         absl::Span<const Portion> portions, int64_t now_ms,
                         PortionReplies& replies) {
  for (size_t i = 0; i < portions.size(); ++i) {
    auto& session = static_cast<ToySession&>(*portions[i].session);
    ReplyWriter& writer = replies.Begin(i);
    size_t done = 0;
    while (done < portions[i].size &&
           session.state() == Session::State::kServing) {
      writer.BeginReply(batch[done].ending);
      ExecuteOne(session, batch[done], now_ms, writer);
      ++executed_;
      ++done;
    }
    replies.End(i, done);
    batch.remove_prefix(portions[i].size);
  }
}

void ToyService::ExecuteOne(ToySession& session, const Request& request,
                            int64_t now_ms, ReplyWriter& writer) {
  const auto is = [&](absl::string_view name) {
    return absl::EqualsIgnoreCase(request.name(), name);
  };
  int64_t number = 0;
  if (request.args.size() > 1) {
    (void)absl::SimpleAtoi(request.args[1], &number);
  }
  if (is("echo")) return writer.Bulk(request.args[1]);
  if (is("set")) return writer.Status("OK");
  if (is("big")) return writer.Bulk(std::string(number, 'b'));
  if (is("blob")) {
    store::Blob* blob = store::Blob::New(std::string(number, 'b'));
    writer.Bulk(store::StringValue{blob->view(), blob});
    return blob->Unref();
  }
  if (is("id")) return writer.Integer(session.id);
  if (is("nap")) {
    absl::SleepFor(absl::Milliseconds(number));
    return writer.Status("OK");
  }
  if (is("quit")) {
    writer.Status("OK");
    return session.Close();
  }
  if (is("login")) {
    session.set_authenticated(true);
    return writer.Status("OK");
  }
  if (is("hello")) {
    if (!writer.SwitchToResp(number)) return writer.Error("ERR not RESP");
    writer.Map(1);
    writer.Bulk("proto");
    return writer.Integer(number);
  }
  if (is("wait")) return session.Pause();
  if (is("waitfor")) return session.Pause(now_ms + number);
  if (is("wake")) {
    Find(number).Post([text = std::string(request.args[2])](
                          Session& woken, ReplyWriter& its_writer) {
      its_writer.Bulk(text);
      woken.Resume();
    });
    return writer.Status("OK");
  }
  writer.Error(ErrorKind::kUnknownCommand,
               absl::StrCat("ERR unknown command '", request.name(), "'"));
}

}  // namespace kv::gateway
