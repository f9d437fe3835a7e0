#include "tcp_gateway/command/queued_commands.h"

#include <cstring>

namespace kv::gateway {
namespace {

size_t BytesOf(absl::Span<const absl::string_view> args) {
  size_t bytes = 0;
  for (const absl::string_view arg : args) bytes += arg.size();
  return bytes;
}

}  // namespace

QueuedCommands::Item::Item(const Command& command,
                           absl::Span<const absl::string_view> args)
    : command_(&command), bytes_(new char[BytesOf(args)]) {
  args_.reserve(args.size());
  char* next = bytes_.get();
  for (const absl::string_view arg : args) {
    if (!arg.empty()) std::memcpy(next, arg.data(), arg.size());
    args_.emplace_back(next, arg.size());
    next += arg.size();
  }
}

bool QueuedCommands::Add(const Command& command,
                         absl::Span<const absl::string_view> args) {
  const size_t bytes =
      sizeof(Item) + BytesOf(args) + args.size() * sizeof(args[0]);
  if (bytes > kMaxBytes - bytes_) {
    Break();
    return false;
  }
  bytes_ += bytes;
  items_.emplace_back(command, args);
  return true;
}

}  // namespace kv::gateway
