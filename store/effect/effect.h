#ifndef FASTKV_STORE_EFFECT_EFFECT_H_
#define FASTKV_STORE_EFFECT_EFFECT_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/blob.h"
#include "store/base/time.h"
#include "store/effect/event.h"

namespace kv::store {

// Effect: one change, as a rule to one entry, as it left the shard. Absolute,
// idempotent and total: it says what the entry is now, never how the command
// got there, so that replay needs no clock, no earlier state and no command.
//
// Borrows    key, member and value: valid during EffectSink::Append only.
struct Effect {
  enum class Kind : uint8_t {
    kPutString,     // key holds `value` until `deadline`
    kErase,         // key is gone, whatever it held (deletion or expiry)
    kSetDeadline,   // key's deadline is `deadline`, kNoDeadline for none
    kZPut,          // key is a sorted set in which `value` has `score`
    kZErase,        // the sorted set at key has no member `value`; a set that
                    // loses its last member is followed by its kErase
    kClear,         // database `db` is empty
    kMapDatabases,  // the numbers of the databases show the places in `value`
    kSplice,        // the string at key has `value` from `offset` on, whatever
                    // it has before and behind; zeros fill what it lacks
  };

  Kind kind;
  // Two names of the database. Clients know it by its number, `db`, as it was
  // when the change was made: for those who tell clients. SWAPDB changes
  // numbers, but never `place`: for those who keep entries. Replay puts entries
  // where `place` says, keeps the last kMapDatabases and installs it at the
  // end; a snapshot holds entries by place, and the map.
  uint8_t db = 0;
  uint8_t place = 0;
  double score = 0;
  TimeMs deadline = kNoDeadline;
  absl::string_view key;
  absl::string_view value;
  uint64_t offset = 0;
  // Set: `value` is all of this blob. A reference to it keeps the bytes.
  Blob* blob = nullptr;
  // For those who tell clients; replay needs neither.
  Event event = Event::kDefault;
  bool created = false;  // the first effect of an entry that is new
};

// Takes what changed: the log, the change feed, replicas.
//
// Threads    Append is called under the locks of all shards that the
//            transaction touched, so calls about one key never overlap and
//            come in the order of their sequence numbers; calls about
//            different keys may overlap and come in any order. It must be
//            quick and must not call back into the store.
class EffectSink {
 public:
  virtual ~EffectSink() = default;

  // All effects of one transaction: durable together or not at all.
  virtual void Append(uint64_t sequence, absl::Span<const Effect> effects) = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_EFFECT_EFFECT_H_
