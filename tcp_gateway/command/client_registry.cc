#include "tcp_gateway/command/client_registry.h"

#include "tcp_gateway/command/client_session.h"

namespace kv::gateway {

void ClientRegistry::Add(ClientSession* session) {
  Part& part = PartOf(session->id());
  store::MutexLock lock(part.mutex);
  part.sessions.emplace(session->id(), session);
}

void ClientRegistry::Remove(ClientSession* session) {
  Part& part = PartOf(session->id());
  store::MutexLock lock(part.mutex);
  part.sessions.erase(session->id());
}

void ClientRegistry::ForEach(Visitor visit) const {
  for (const Part& part : parts_) {
    store::MutexLock lock(part.mutex);
    for (const auto& [id, session] : part.sessions) visit(*session);
  }
}

bool ClientRegistry::Visit(uint64_t id, Visitor visit) const {
  const Part& part = PartOf(id);
  store::MutexLock lock(part.mutex);
  const auto found = part.sessions.find(id);
  if (found == part.sessions.end()) return false;
  visit(*found->second);
  return true;
}

}  // namespace kv::gateway
