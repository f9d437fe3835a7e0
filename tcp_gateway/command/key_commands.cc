#include <cstdint>

#include "store/key_ops.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"
#include "tcp_gateway/command/value_names.h"

namespace kv::gateway {
namespace {

void Del(CommandContext& ctx) {
  int64_t erased = 0;
  for (const store::Key& key : ctx.keys()) {
    erased += store::keys::Erase(ctx.txn(), key).erased;
  }
  ctx.reply().Integer(erased);
}

void Exists(CommandContext& ctx) {
  int64_t count = 0;  // a key that stands twice counts twice
  for (const store::Key& key : ctx.keys()) {
    count += store::keys::Exists(ctx.txn(), key);
  }
  ctx.reply().Integer(count);
}

void Type(CommandContext& ctx) {
  const auto found = store::keys::Describe(ctx.txn(), ctx.key());
  if (!found.has_value()) return ctx.reply().Status("none");
  ctx.reply().Status(TypeName(found->type));
}

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"del", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite, Scope::kKeys, kAllKeys, Del},
    {"exists", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, Exists},
    {"touch", "key [key ...]", "Returns how many of the keys exist.",
     G::kKey, -2, kReadOnly | kFast, Scope::kKeys, kAllKeys, Exists},
    {"type", "key", "Returns the type of the value at a key.",
     G::kKey, 2, kReadOnly | kFast, Scope::kKeys, kOneKey, Type},
    {"unlink", "key [key ...]", "Removes keys and returns how many there were.",
     G::kKey, -2, kWrite | kFast, Scope::kKeys, kAllKeys, Del},
};
// clang-format on

}  // namespace

absl::Span<const Command> KeyCommands() { return kCommands; }

}  // namespace kv::gateway
