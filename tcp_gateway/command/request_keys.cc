#include "tcp_gateway/command/request_keys.h"

#include "absl/strings/str_cat.h"
#include "store/base/number.h"

namespace kv::gateway {
namespace {

// The number of keys that the request announces; 0 or less, or more than there
// are arguments, is wrong.
int64_t AnnouncedKeys(const Command& command,
                      absl::Span<const absl::string_view> args) {
  int64_t count = 0;
  return store::ParseInt64(args[command.keys.numkeys_at], &count) ? count : 0;
}

}  // namespace

bool AppendKeys(const Command& command,
                absl::Span<const absl::string_view> args, uint8_t db,
                KeyList* keys) {
  const KeyPositions& at = command.keys;
  if (at.first > 0) {
    const int end = static_cast<int>(args.size());
    const int last = at.last < 0 ? end + at.last : at.last;
    for (int i = at.first; i <= last; i += at.step) {
      keys->emplace_back(args[i], db);
    }
  }
  if (at.numkeys_at > 0) {
    const int64_t count = AnnouncedKeys(command, args);
    const size_t first = at.numkeys_at + 1;
    if (count <= 0 || count > static_cast<int64_t>(args.size() - first)) {
      return false;
    }
    for (int64_t i = 0; i < count; ++i) keys->emplace_back(args[first + i], db);
  }
  return true;
}

void ReplyBadKeys(const Command& command,
                  absl::Span<const absl::string_view> args,
                  ReplyWriter& reply) {
  int64_t count = 0;
  const bool is_number =
      store::ParseInt64(args[command.keys.numkeys_at], &count);
  // Commands that pop have words of their own.
  if (count <= 0 && command.keys.first == 0 && (command.flags & kWrite) != 0) {
    return reply.Error("ERR numkeys should be greater than 0");
  }
  if (!is_number) {
    return reply.Error("ERR value is not an integer or out of range");
  }
  if (count > 0) return reply.Error("ERR syntax error");
  reply.Error(absl::StrCat("ERR at least 1 input key is needed for '",
                           command.name, "' command"));
}

}  // namespace kv::gateway
