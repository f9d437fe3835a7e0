#include "tcp_gateway/blocking/absent_keys.h"

namespace kv::gateway {

AbsentKeys::Watch AbsentKeys::Join(const store::Key& key) {
  // First listen, then look: nothing can change in between, the shard is
  // locked.
  CountWatch(1);
  const KeyId id = {key.db, key.bytes};
  auto& stripe = watched_.StripeOf(id);
  store::MutexLock lock(stripe.mutex);
  ++stripe.At(id).watches;
  return Watch(this, key);
}

void AbsentKeys::Leave(const KeyId& id) {
  auto& stripe = watched_.StripeOf(id);
  {
    store::MutexLock lock(stripe.mutex);
    const auto found = stripe.values.find(id);
    if (--found->second.watches == 0) stripe.values.erase(found);
  }
  CountWatch(-1);
}

uint64_t AbsentKeys::VersionOf(const store::Key& key) {
  uint64_t version = 0;
  watched_.With({key.db, key.bytes},
                [&](const Watched& watched) { version = watched.version; });
  return version;
}

void AbsentKeys::Append(uint64_t sequence,
                        absl::Span<const store::Effect> effects) {
  using Kind = store::Effect::Kind;
  const store::Effect* last = nullptr;
  for (const store::Effect& effect : effects) {
    if (effect.kind == Kind::kClear || effect.kind == Kind::kMapDatabases) {
      continue;
    }
    // An entry that is removed because it had expired was absent before, too.
    if (effect.event == store::Event::kExpired) continue;
    // Often many members of one set.
    if (last != nullptr && last->db == effect.db && last->key == effect.key) {
      continue;
    }
    last = &effect;
    watched_.With({effect.db, effect.key},
                  [=](Watched& watched) { watched.version = sequence; });
  }
}

void AbsentKeys::CountWatch(int change) {
  store::MutexLock lock(mutex_);
  const int before = std::exchange(watches_, watches_ + change);
  if (before == 0) hub_.Start(this);
  if (watches_ == 0) hub_.Stop(this);
}

}  // namespace kv::gateway
