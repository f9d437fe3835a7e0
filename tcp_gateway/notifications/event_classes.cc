#include "tcp_gateway/notifications/event_classes.h"

namespace kv::gateway {
namespace {

struct Letter {
  char letter;
  uint32_t event_class;
};

constexpr Letter kLetters[] = {
    {'g', kGenericEvents},    {'$', kStringEvents},  {'l', kListEvents},
    {'s', kSetEvents},        {'h', kHashEvents},    {'z', kSortedSetEvents},
    {'x', kExpiredEvents},    {'e', kEvictedEvents}, {'t', kStreamEvents},
    {'d', kModuleEvents},     {'n', kNewEvents},     {'K', kKeyspaceChannels},
    {'E', kKeyeventChannels}, {'m', kMissEvents},
};

uint32_t ClassesOf(char letter) {
  if (letter == 'A') return kAllEvents;
  for (const Letter& known : kLetters) {
    if (known.letter == letter) return known.event_class;
  }
  return 0;
}

}  // namespace

absl::optional<uint32_t> ParseEventClasses(absl::string_view letters) {
  uint32_t classes = 0;
  for (const char letter : letters) {
    const uint32_t some = ClassesOf(letter);
    if (some == 0) return absl::nullopt;
    classes |= some;
  }
  return classes;
}

std::string FormatEventClasses(uint32_t classes) {
  std::string letters;
  if ((classes & kAllEvents) == kAllEvents) {
    letters += 'A';
    classes &= ~kAllEvents;
  }
  for (const Letter& known : kLetters) {
    if ((classes & known.event_class) != 0) letters += known.letter;
  }
  return letters;
}

}  // namespace kv::gateway
