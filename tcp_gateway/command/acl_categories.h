#ifndef FASTKV_TCP_GATEWAY_COMMAND_ACL_CATEGORIES_H_
#define FASTKV_TCP_GATEWAY_COMMAND_ACL_CATEGORIES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// The names of Redis' categories of commands.
absl::Span<const absl::string_view> AclCategories();

// The categories of a command, which follow from its row.
std::vector<absl::string_view> AclCategoriesOf(const Command& command);

// The names of a category's commands, those of subcommands too. The category's
// name is in lower case.
std::vector<absl::string_view> CommandsInCategory(absl::string_view category);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_ACL_CATEGORIES_H_
