#include "tcp_gateway/command/client_session.h"

#include "tcp_gateway/command/client_registry.h"

namespace kv::gateway {

ClientSession::ClientSession(ConnectionInfo connection, store::TimeMs now,
                             ClientRegistry& registry)
    : connection_(std::move(connection.ref)),
      registry_(registry),
      peer_(connection.peer),
      local_(connection.local),
      created_ms_(now),
      active_ms_(now) {
  registry_.Add(this);
}

ClientSession::~ClientSession() { registry_.Remove(this); }

void ClientSession::Publish(store::TimeMs now, const Command* last_command) {
  active_ms_.store(now, kRelaxed);
  last_command_.store(last_command, kRelaxed);
  const int32_t queued =
      queue_ == nullptr ? -1 : static_cast<int32_t>(queue_->items().size());
  queued_.store(queued, kRelaxed);
  watching_.store(static_cast<uint32_t>(watched_.size()), kRelaxed);
  if (subscriber_ == nullptr) return;
  for (int kind = 0; kind < kTopicKinds; ++kind) {
    const size_t topics =
        subscriber_->names(static_cast<TopicKind>(kind)).size();
    topics_[kind].store(static_cast<uint32_t>(topics), kRelaxed);
  }
}

ClientNames ClientSession::names() const {
  store::MutexLock lock(mutex_);
  return names_ == nullptr ? ClientNames() : *names_;
}

void ClientSession::set_names(ClientNames names) {
  store::MutexLock lock(mutex_);
  names_ = std::make_unique<ClientNames>(std::move(names));
}

void ClientSession::EndPause(ReplyWriter& writer) {
  const OnExpiry on_expiry = std::exchange(on_expiry_, nullptr);
  const bool postponed = std::exchange(postponed_, false);
  ForgetPending();
  Mark(kBlocked, false);
  if (on_expiry != nullptr) {
    on_expiry(writer);
  } else if (!postponed) {
    writer.NullArray();
  }
  Resume();
}

void ClientSession::Unblock(bool with_error, ReplyWriter& writer) {
  if (!with_error) return EndPause(writer);
  on_expiry_ = nullptr;
  ForgetPending();
  Mark(kBlocked, false);
  writer.Error("UNBLOCKED client unblocked via CLIENT UNBLOCK");
  Resume();
}

void ClientSession::EndPostponement() {
  if (std::exchange(postponed_, false)) Resume();
}

}  // namespace kv::gateway
