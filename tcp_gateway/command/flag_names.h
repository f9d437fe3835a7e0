#ifndef FASTKV_TCP_GATEWAY_COMMAND_FLAG_NAMES_H_
#define FASTKV_TCP_GATEWAY_COMMAND_FLAG_NAMES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "tcp_gateway/command/command.h"

namespace kv::gateway {

// Redis' names of a command's flags, as COMMAND INFO shows them. Those about
// scripts and replicas, which are not served here, follow from the row as far
// as Redis has a rule.
std::vector<absl::string_view> FlagNamesOf(const Command& command);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_FLAG_NAMES_H_
