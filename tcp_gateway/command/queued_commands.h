#ifndef FASTKV_TCP_GATEWAY_COMMAND_QUEUED_COMMANDS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_QUEUED_COMMANDS_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// QueuedCommands: what a client sent between MULTI and EXEC.
//
// Owns       copies of the arguments.
// Threads    compatible; belongs to the session.
class QueuedCommands {
 public:
  // All copies together, as much as Redis lets a client's input take.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  class Item {
   public:
    Item(const Command& command, absl::Span<const absl::string_view> args);

    const Command& command() const { return *command_; }
    absl::Span<const absl::string_view> args() const { return args_; }

   private:
    const Command* command_;
    std::unique_ptr<char[]> bytes_;
    std::vector<absl::string_view> args_;  // point into bytes_
  };

  // Adds a command whose arity was checked. False: there is no room; the
  // transaction is then broken.
  bool Add(const Command& command, absl::Span<const absl::string_view> args);

  // A command was refused: EXEC will refuse all.
  void Break() { broken_ = true; }
  bool broken() const { return broken_; }

  absl::Span<const Item> items() const { return items_; }

 private:
  std::vector<Item> items_;
  size_t bytes_ = 0;
  bool broken_ = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_QUEUED_COMMANDS_H_
