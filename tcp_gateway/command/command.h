#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kv::gateway {

class CommandContext;

// Which part of the keyspace a command runs on, and so what is locked while it
// runs.
enum class Scope : uint8_t {
  kNone,       // no entry
  kKeys,       // the keys among its arguments, atomically
  kWalk,       // all entries, locking one shard at a time; inside a transaction
               // of several commands, atomically
  kAllShards,  // all entries, atomically
};

// Where the keys stand among a command's arguments, counted with the name as 0.
// A cluster finds a shard channel's node by its name, as a key's: such channels
// have positions too, in a command of Scope::kNone.
struct KeyPositions {
  int8_t first = 0;  // 0: none
  int8_t last = 0;   // negative: from the end; -1 is the last argument
  int8_t step = 1;
  int8_t numkeys_at = 0;  // if set: where a number stands that says how many
                          // more keys follow it

  // Where the first key stands; 0: nowhere.
  constexpr int first_key() const {
    return first != 0 || numkeys_at == 0 ? first : numkeys_at + 1;
  }
  bool operator==(const KeyPositions&) const = default;
};

inline constexpr KeyPositions kNoKeys = {};
inline constexpr KeyPositions kOneKey = {1, 1};
inline constexpr KeyPositions kAllKeys = {1, -1};
inline constexpr KeyPositions kKeyValuePairs = {1, -1, 2};

// Families of commands, as HELP and COMMAND DOCS name them.
enum class CommandGroup : uint8_t {
  kString,
  kBitmap,
  kKey,
  kSortedSet,
  kConnection,
  kServer,
  kTransactions,
  kPubSub,
};

// What Redis' COMMAND INFO tells clients of a command, and what the executor
// needs to know.
enum CommandFlags : uint32_t {
  kReadOnly = 1 << 0,          // changes no entry
  kWrite = 1 << 1,             // may change entries
  kDenyOom = 1 << 2,           // may need more memory
  kFast = 1 << 3,              // O(1) or O(log n)
  kAdmin = 1 << 4,             // for those who run the server
  kNoAuth = 1 << 5,            // allowed before authentication
  kBlocking = 1 << 6,          // may wait for other clients
  kPubSub = 1 << 7,            // about messages
  kNoMulti = 1 << 8,           // refused inside MULTI
  kImmediate = 1 << 9,         // inside MULTI executed at once, not queued
  kWhileSubscribed = 1 << 10,  // allowed to a client that listens, in RESP2
  kSecret = 1 << 16,           // its arguments are not shown to anyone
};

// The table has fewer rows than this, subcommands included.
inline constexpr size_t kMaxCommands = 512;

// Command: one row of the command table: all that is known of a command. HELP,
// introspection, locking and statistics read it. A subcommand, as CLIENT ID, is
// a row of its own, named "client|id" and listed by the row of its command.
struct Command {
  using Handler = void (*)(CommandContext&);

  absl::string_view name;  // lower case
  absl::string_view arguments;
  absl::string_view summary;
  CommandGroup group;
  int arity;  // arguments with the name; negative: at least so many
  uint32_t flags;
  Scope scope;
  KeyPositions keys;
  Handler handler;  // null: is nothing without a subcommand
  absl::Span<const Command> subcommands = {};

  // Whether what stands in the positions of its keys are channels.
  bool HasChannels() const { return scope == Scope::kNone && keys != kNoKeys; }

  bool AcceptsArity(size_t args) const {
    return arity >= 0 ? args == static_cast<size_t>(arity)
                      : args >= static_cast<size_t>(-arity);
  }
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_
