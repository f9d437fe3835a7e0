#ifndef FASTKV_STORE_EFFECT_EVENT_H_
#define FASTKV_STORE_EFFECT_EVENT_H_

#include <cstdint>

namespace kv::store {

// Event: what clients that are told of changes know a change as, where the
// effect does not say it. Nobody needs it to know what an entry is now.
//
// Format     the numbers stand in logs (store/durable/FORMAT.md): new ones are
//            added at the end, old ones keep their meaning.
enum class Event : uint8_t {
  kDefault,  // as the kind of effect: set, del, expire, persist, zadd, zrem
  kExpired,  // its deadline passed
  kSetKeepDeadline,
  kIncrby,
  kIncrbyfloat,
  kAppend,
  kSetrange,
  kSetbit,
  kRename,
  kMove,
  kCopy,
  kRestore,
  kZincr,
  kZpopmin,
  kZpopmax,
  kZremrangebyrank,
  kZremrangebyscore,
  kZremrangebylex,
  kZrangestore,
  kZunionstore,
  kZinterstore,
  kZdiffstore,
};

}  // namespace kv::store

#endif  // FASTKV_STORE_EFFECT_EVENT_H_
