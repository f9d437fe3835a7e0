#include "tcp_gateway/command/command_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#include "tcp_gateway/command/handlers.h"

namespace kv::gateway {
namespace {

using G = CommandGroup;

constexpr KeyPositions kNoKeys = {};
constexpr KeyPositions kOneKey = {1, 1, 1};
constexpr KeyPositions kAllKeys = {1, -1, 1};
constexpr KeyPositions kKeyValuePairs = {1, -1, 2};

constexpr uint32_t kGrow = kWrite | kDenyOom;

// clang-format off
constexpr Command kCommands[] = {
    // Strings
    {"append", "key value", "Appends to a string; makes it if absent.",
     G::kString, 3, kGrow | kFast, Scope::kKeys, kOneKey, strings::Append},
    {"decr", "key", "Subtracts one from an integer.",
     G::kString, 2, kGrow | kFast, Scope::kKeys, kOneKey, strings::Decr},
    {"decrby", "key decrement", "Subtracts a number from an integer.",
     G::kString, 3, kGrow | kFast, Scope::kKeys, kOneKey, strings::DecrBy},
    {"get", "key", "Returns the string at a key.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, strings::Get},
    {"incr", "key", "Adds one to an integer.",
     G::kString, 2, kGrow | kFast, Scope::kKeys, kOneKey, strings::Incr},
    {"incrby", "key increment", "Adds a number to an integer.",
     G::kString, 3, kGrow | kFast, Scope::kKeys, kOneKey, strings::IncrBy},
    {"mget", "key [key ...]", "Returns the strings at several keys, atomically.",
     G::kString, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, strings::MGet},
    {"mset", "key value [key value ...]", "Sets several keys, atomically.",
     G::kString, -3, kGrow, Scope::kKeys, kKeyValuePairs, strings::MSet},
    {"set", "key value [NX | XX] [GET] [EX seconds | PX milliseconds | "
            "EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
     "Sets a key to a string, whatever it held.",
     G::kString, -3, kGrow, Scope::kKeys, kOneKey, strings::Set},
    {"strlen", "key", "Returns the length of a string in bytes.",
     G::kString, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, strings::StrLen},

    // Keys
    {"dbsize", "", "Returns the number of keys.",
     G::kServer, 1, kReadOnly | kFast, Scope::kNone, kNoKeys, keys::DbSize},
    {"del", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite, Scope::kKeys, kAllKeys, keys::Del},
    {"exists", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, keys::Exists},
    {"expire", "key seconds [NX | XX | GT | LT]",
     "Sets a key's time to live in seconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, keys::Expire},
    {"flushall", "[ASYNC | SYNC]", "Removes all keys.",
     G::kServer, -1, kWrite, Scope::kAllShards, kNoKeys, keys::FlushAll},
    {"keys", "pattern", "Returns the keys that match a glob pattern.",
     G::kKey, 2, kReadOnly, Scope::kNone, kNoKeys, keys::Keys},
    {"persist", "key", "Removes a key's time to live.",
     G::kKey, 2, kWrite | kFast, Scope::kKeys, kOneKey, keys::Persist},
    {"pexpire", "key milliseconds [NX | XX | GT | LT]",
     "Sets a key's time to live in milliseconds.",
     G::kKey, -3, kWrite | kFast, Scope::kKeys, kOneKey, keys::PExpire},
    {"pttl", "key", "Returns a key's time to live in milliseconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, keys::PTtl},
    {"ttl", "key", "Returns a key's time to live in seconds.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, keys::Ttl},
    {"type", "key", "Returns the type of the value at a key.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, keys::Type},

    // Sorted sets
    {"zadd", "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]",
     "Adds members to a sorted set, or changes their scores.",
     G::kSortedSet, -4, kGrow | kFast, Scope::kKeys, kOneKey, sorted_sets::ZAdd},
    {"zcard", "key", "Returns the number of members.",
     G::kSortedSet, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, sorted_sets::ZCard},
    {"zcount", "key min max", "Returns how many members have a score in a range.",
     G::kSortedSet, 4, kReadOnly | kFast, Scope::kKeys, kOneKey, sorted_sets::ZCount},
    {"zincrby", "key increment member", "Adds a number to a member's score.",
     G::kSortedSet, 4, kGrow | kFast, Scope::kKeys, kOneKey, sorted_sets::ZIncrBy},
    {"zrange", "key start stop [WITHSCORES]", "Returns members by rank.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, sorted_sets::ZRange},
    {"zrangebyscore", "key min max [WITHSCORES] [LIMIT offset count]",
     "Returns members by score.",
     G::kSortedSet, -4, kReadOnly, Scope::kKeys, kOneKey, sorted_sets::ZRangeByScore},
    {"zrank", "key member [WITHSCORE]", "Returns a member's rank by ascending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, sorted_sets::ZRank},
    {"zrem", "key member [member ...]", "Removes members.",
     G::kSortedSet, -3, kWrite | kFast, Scope::kKeys, kOneKey, sorted_sets::ZRem},
    {"zrevrank", "key member [WITHSCORE]", "Returns a member's rank by descending score.",
     G::kSortedSet, -3, kReadOnly | kFast, Scope::kKeys, kOneKey, sorted_sets::ZRevRank},
    {"zscore", "key member", "Returns a member's score.",
     G::kSortedSet, 3, kReadOnly | kFast, Scope::kKeys, kOneKey, sorted_sets::ZScore},

    // Connection
    {"echo", "message", "Returns the message.",
     G::kConnection, 2, kFast, Scope::kNone, kNoKeys, connection::Echo},
    {"ping", "[message]", "Returns PONG, or the message.",
     G::kConnection, -1, kFast, Scope::kNone, kNoKeys, connection::Ping},
    {"quit", "", "Closes the connection after the reply.",
     G::kConnection, -1, kFast | kAnyState, Scope::kNone, kNoKeys, connection::Quit},

    // Server
    {"help", "[command]", "Describes the commands.",
     G::kServer, -1, kReadOnly, Scope::kNone, kNoKeys, server::Help},
    {"info", "[section ...]", "Describes the server's state.",
     G::kServer, -1, kReadOnly, Scope::kNone, kNoKeys, server::Info},
};
// clang-format on

// A command's name in lower case, as two words; what is behind the name is
// zero. Names are at most this long:
constexpr size_t kMaxNameBytes = 16;

struct PackedName {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const PackedName&) const = default;
};

// Makes the bytes A to Z of a word lower case, all eight at once, and leaves
// every other byte alone.
constexpr uint64_t LowerCase(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = kOnes * 0x80;
  const uint64_t low_bits = word & ~kHighBits;
  const uint64_t from_a = low_bits + kOnes * (0x80 - 'A');
  const uint64_t beyond_z = low_bits + kOnes * (0x80 - 'Z' - 1);
  const uint64_t is_upper = from_a & ~beyond_z & ~word & kHighBits;
  return word | is_upper >> 2;  // 0x80 >> 2 is the bit of lower case, 0x20
}

PackedName Pack(absl::string_view name) {
  char bytes[kMaxNameBytes] = {};
  std::memcpy(bytes, name.data(), name.size());
  PackedName packed;
  std::memcpy(&packed.low, bytes, 8);
  std::memcpy(&packed.high, bytes + 8, 8);
  return {LowerCase(packed.low), LowerCase(packed.high)};
}

// An open-addressed index of the rows, less than a quarter full.
class NameIndex {
 public:
  NameIndex() {
    slots_.fill({{}, kEmpty});
    for (size_t row = 0; row < std::size(kCommands); ++row) {
      const PackedName name = Pack(kCommands[row].name);
      size_t slot = Hash(name);
      while (slots_[slot].row != kEmpty) slot = (slot + 1) % kSlots;
      slots_[slot] = {name, static_cast<uint16_t>(row)};
    }
  }

  const Command* Find(absl::string_view name) const {
    if (name.empty() || name.size() > kMaxNameBytes) return nullptr;
    const PackedName packed = Pack(name);
    for (size_t slot = Hash(packed); slots_[slot].row != kEmpty;
         slot = (slot + 1) % kSlots) {
      const Command& command = kCommands[slots_[slot].row];
      // The size too: a name that ends in NUL is another name.
      if (slots_[slot].name == packed && command.name.size() == name.size()) {
        return &command;
      }
    }
    return nullptr;
  }

 private:
  static constexpr size_t kSlots = 1024;
  static constexpr uint16_t kEmpty = std::numeric_limits<uint16_t>::max();
  static_assert(std::size(kCommands) * 4 < kSlots);

  struct Slot {
    PackedName name;
    uint16_t row;
  };

  static size_t Hash(const PackedName& name) {
    // Fibonacci hashing: the high bits of a product with 2^64 / phi.
    constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
    return (name.low * kMultiplier ^ name.high * (kMultiplier << 1 | 1)) >>
           (64 - 10);
  }

  std::array<Slot, kSlots> slots_;
};

}  // namespace

absl::Span<const Command> AllCommands() { return kCommands; }

const Command* FindCommand(absl::string_view name) {
  static const NameIndex& index = *new NameIndex();
  return index.Find(name);
}

absl::string_view GroupName(CommandGroup group) {
  switch (group) {
    case CommandGroup::kString:
      return "string";
    case CommandGroup::kKey:
      return "generic";
    case CommandGroup::kSortedSet:
      return "sorted-set";
    case CommandGroup::kConnection:
      return "connection";
    case CommandGroup::kServer:
      return "server";
  }
  return "";
}

}  // namespace kv::gateway
