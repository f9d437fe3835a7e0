#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace kv::gateway {

class CommandContext;

// Which part of the keyspace a command runs on, and so what is locked while it
// runs.
enum class Scope : uint8_t {
  kNone,      // no entry, or shard by shard with locks of its own
  kKeys,      // the keys among its arguments, atomically
  kAllShards  // everything, atomically
};

// Where the keys stand among a command's arguments, counted with the name as 0;
// a negative `last` counts from the end (-1: the last argument).
struct KeyPositions {
  int8_t first = 0;  // 0: no keys
  int8_t last = 0;
  int8_t step = 0;
};

// What a family of commands is called in HELP and in permissions.
enum class CommandGroup : uint8_t {
  kString,
  kKey,
  kSortedSet,
  kConnection,
  kServer,
};

enum CommandFlags : uint32_t {
  kReadOnly = 1 << 0,  // changes no entry
  kWrite = 1 << 1,     // may change entries
  kDenyOom = 1 << 2,   // may need more memory
  kFast = 1 << 3,      // O(1) or O(log n)
  kAnyState = 1 << 4,  // allowed before authentication
};

// Command: one row of the command table: all that is known of a command. HELP,
// introspection, locking and statistics read it.
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
  Handler handler;

  bool AcceptsArity(size_t args) const {
    return arity >= 0 ? args == static_cast<size_t>(arity)
                      : args >= static_cast<size_t>(-arity);
  }
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_H_
