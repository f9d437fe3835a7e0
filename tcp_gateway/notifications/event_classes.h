#ifndef FASTKV_TCP_GATEWAY_NOTIFICATIONS_EVENT_CLASSES_H_
#define FASTKV_TCP_GATEWAY_NOTIFICATIONS_EVENT_CLASSES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace kv::gateway {

// What notify-keyspace-events consists of: a letter each.
enum EventClass : uint32_t {
  kKeyspaceChannels = 1 << 0,  // K: __keyspace@<db>__:<key>
  kKeyeventChannels = 1 << 1,  // E: __keyevent@<db>__:<event>
  kGenericEvents = 1 << 2,     // g: del, expire, rename_from...
  kStringEvents = 1 << 3,      // $
  kListEvents = 1 << 4,        // l, and others that nothing here causes
  kSetEvents = 1 << 5,         // s
  kHashEvents = 1 << 6,        // h
  kSortedSetEvents = 1 << 7,   // z
  kExpiredEvents = 1 << 8,     // x
  kEvictedEvents = 1 << 9,     // e
  kStreamEvents = 1 << 10,     // t
  kModuleEvents = 1 << 11,     // d
  kMissEvents = 1 << 12,       // m: keymiss
  kNewEvents = 1 << 13,        // n: new
};

// A: all but misses and new keys.
inline constexpr uint32_t kAllEvents =
    kGenericEvents | kStringEvents | kListEvents | kSetEvents | kHashEvents |
    kSortedSetEvents | kExpiredEvents | kEvictedEvents | kStreamEvents |
    kModuleEvents;

// Nullopt: a letter that has no meaning.
absl::optional<uint32_t> ParseEventClasses(absl::string_view letters);
// The letters in Redis' order, "A" for all of its classes.
std::string FormatEventClasses(uint32_t classes);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NOTIFICATIONS_EVENT_CLASSES_H_
