#include "tcp_gateway/notifications/keyspace_events.h"

#include "absl/strings/str_cat.h"
#include "store/base/time.h"
#include "store/effect/event.h"

namespace kv::gateway {
namespace {

using store::Effect;
using store::Event;
using Kind = Effect::Kind;

struct EventName {
  uint32_t event_class;
  absl::string_view name;
};

// The name of a change that leaves the key in place. Empty: it is part of what
// was told before.
EventName NameOf(const Effect& effect) {
  switch (effect.event) {
    case Event::kExpired:
    case Event::kDefault:
      break;
    case Event::kSetKeepDeadline:
      return {kStringEvents, "set"};
    case Event::kIncrby:
      return {kStringEvents, "incrby"};
    case Event::kIncrbyfloat:
      return {kStringEvents, "incrbyfloat"};
    case Event::kAppend:
      return {kStringEvents, "append"};
    case Event::kSetrange:
      return {kStringEvents, "setrange"};
    case Event::kSetbit:
      return {kStringEvents, "setbit"};
    case Event::kRename:
      return {kGenericEvents, "rename_to"};
    case Event::kMove:
      return {kGenericEvents, "move_to"};
    case Event::kCopy:
      return {kGenericEvents, "copy_to"};
    case Event::kRestore:
      return {kGenericEvents, "restore"};
    case Event::kZincr:
      return {kSortedSetEvents, "zincr"};
    case Event::kZpopmin:
      return {kSortedSetEvents, "zpopmin"};
    case Event::kZpopmax:
      return {kSortedSetEvents, "zpopmax"};
    case Event::kZremrangebyrank:
      return {kSortedSetEvents, "zremrangebyrank"};
    case Event::kZremrangebyscore:
      return {kSortedSetEvents, "zremrangebyscore"};
    case Event::kZremrangebylex:
      return {kSortedSetEvents, "zremrangebylex"};
    case Event::kZrangestore:
      return {kSortedSetEvents, "zrangestore"};
    case Event::kZunionstore:
      return {kSortedSetEvents, "zunionstore"};
    case Event::kZinterstore:
      return {kSortedSetEvents, "zinterstore"};
    case Event::kZdiffstore:
      return {kSortedSetEvents, "zdiffstore"};
  }
  switch (effect.kind) {
    case Kind::kPutString:
      return {kStringEvents, "set"};
    case Kind::kSetDeadline:
      return {kGenericEvents,
              effect.deadline == store::kNoDeadline ? "persist" : "expire"};
    case Kind::kZPut:
      return {kSortedSetEvents, "zadd"};
    case Kind::kZErase:
      return {kSortedSetEvents, "zrem"};
    case Kind::kErase:
    case Kind::kClear:
    case Kind::kMapDatabases:
    case Kind::kSplice:  // never without a name
      break;
  }
  return {0, ""};
}

// Whether it takes members away, all of them perhaps.
bool TakesMembers(Event event) {
  switch (event) {
    case Event::kZpopmin:
    case Event::kZpopmax:
    case Event::kZremrangebyrank:
    case Event::kZremrangebyscore:
    case Event::kZremrangebylex:
      return true;
    default:
      return false;
  }
}

bool IsOfMembers(const Effect& effect) {
  return effect.kind == Kind::kZPut || effect.kind == Kind::kZErase;
}

bool SameChange(const Effect& a, const Effect& b) {
  return a.event == b.event && a.db == b.db && a.key == b.key;
}

}  // namespace

void KeyspaceEvents::SetClasses(uint32_t classes) {
  constexpr uint32_t kChannels = kKeyspaceChannels | kKeyeventChannels;
  store::MutexLock lock(mutex_);
  classes_.store(classes, std::memory_order_relaxed);
  // Misses leave no effect.
  const bool listens =
      (classes & kChannels) != 0 && (classes & ~(kChannels | kMissEvents)) != 0;
  if (listens == listening_) return;
  listening_ = listens;
  if (listens) {
    hub_.Start(this);
  } else {
    hub_.Stop(this);
  }
}

void KeyspaceEvents::NoteMisses(const store::Transaction& txn,
                                absl::Span<const store::Key> keys) {
  for (const store::Key& key : keys) {
    if (txn.Find(key) == nullptr) {
      Publish(kMissEvents, "keymiss", key.db, key.bytes);
    }
  }
}

void KeyspaceEvents::Append(uint64_t /*sequence*/,
                            absl::Span<const Effect> effects) {
  if (!pubsub_.HasListeners()) return;
  for (size_t i = 0; i < effects.size(); ++i) {
    const Effect& effect = effects[i];
    switch (effect.kind) {
      case Kind::kClear:
      case Kind::kMapDatabases:
        continue;
      case Kind::kErase:
        PublishErase(effects, i);
        continue;
      case Kind::kSetDeadline:
        // Moved along with the value.
        if (effect.event != Event::kDefault) continue;
        break;
      case Kind::kZPut:
      case Kind::kZErase:
        if (i > 0 && effects[i - 1].kind == effect.kind &&
            SameChange(effects[i - 1], effect)) {
          continue;
        }
        break;
      case Kind::kPutString:
      case Kind::kSplice:
        break;
    }
    if (effect.created) Publish(kNewEvents, "new", effect.db, effect.key);
    const EventName event = NameOf(effect);
    Publish(event.event_class, event.name, effect.db, effect.key);
    // SET with a deadline.
    if (effect.kind == Kind::kPutString && effect.event == Event::kDefault &&
        effect.deadline != store::kNoDeadline) {
      Publish(kGenericEvents, "expire", effect.db, effect.key);
    }
  }
}

void KeyspaceEvents::PublishErase(absl::Span<const Effect> effects, size_t at) {
  const Effect& effect = effects[at];
  const auto publish = [&](uint32_t event_class, absl::string_view name) {
    Publish(event_class, name, effect.db, effect.key);
  };
  if (effect.event == Event::kExpired) {
    return publish(kExpiredEvents, "expired");
  }
  // Members that replace the old value follow.
  if (at + 1 < effects.size() && effects[at + 1].kind == Kind::kZPut &&
      effect.event != Event::kDefault && SameChange(effects[at + 1], effect)) {
    return;
  }
  if (effect.event == Event::kRename) {
    return publish(kGenericEvents, "rename_from");
  }
  if (effect.event == Event::kMove) {
    return publish(kGenericEvents, "move_from");
  }
  const bool told = at > 0 && IsOfMembers(effects[at - 1]) &&
                    SameChange(effects[at - 1], effect);
  if (TakesMembers(effect.event) && !told) {
    const EventName event = NameOf(effect);
    publish(event.event_class, event.name);
  }
  publish(kGenericEvents, "del");
}

void KeyspaceEvents::Publish(uint32_t event_class, absl::string_view event,
                             uint8_t db, absl::string_view key) {
  const uint32_t wanted = classes();
  if ((wanted & event_class) == 0) return;
  if ((wanted & kKeyspaceChannels) != 0) {
    pubsub_.Publish(absl::StrCat("__keyspace@", db, "__:", key), event);
  }
  if ((wanted & kKeyeventChannels) != 0) {
    pubsub_.Publish(absl::StrCat("__keyevent@", db, "__:", event), key);
  }
}

}  // namespace kv::gateway
