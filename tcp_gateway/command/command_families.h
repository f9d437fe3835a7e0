#ifndef FASTKV_TCP_GATEWAY_COMMAND_COMMAND_FAMILIES_H_
#define FASTKV_TCP_GATEWAY_COMMAND_COMMAND_FAMILIES_H_

#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// The rows of the command table, by family. Each stands in the file of its
// family, <family>_commands.cc, below the handlers that it names. A handler is
// called with as many arguments as its row allows and with the locks that the
// row's scope says, and writes exactly one reply.
absl::Span<const Command> AclCommands();
absl::Span<const Command> BitmapCommands();
absl::Span<const Command> ClientCommands();
absl::Span<const Command> ConfigCommands();
absl::Span<const Command> ConnectionCommands();
absl::Span<const Command> CounterCommands();
absl::Span<const Command> DatabaseCommands();
absl::Span<const Command> DebugCommands();
absl::Span<const Command> ExpiryCommands();
absl::Span<const Command> IntrospectionCommands();
absl::Span<const Command> KeyCommands();
absl::Span<const Command> LatencyCommands();
absl::Span<const Command> MemoryCommands();
absl::Span<const Command> ObjectCommands();
absl::Span<const Command> PersistenceCommands();
absl::Span<const Command> PubSubCommands();
absl::Span<const Command> ServerCommands();
absl::Span<const Command> SlowLogCommands();
absl::Span<const Command> SortCommands();
absl::Span<const Command> SortedSetBlockingCommands();
absl::Span<const Command> SortedSetCombineCommands();
absl::Span<const Command> SortedSetCommands();
absl::Span<const Command> SortedSetPopCommands();
absl::Span<const Command> SortedSetRangeCommands();
absl::Span<const Command> StringCommands();
absl::Span<const Command> SubsequenceCommands();
absl::Span<const Command> TransactionCommands();

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_COMMAND_FAMILIES_H_
