#ifndef FASTKV_TCP_GATEWAY_COMMAND_CONFIG_PARAMETERS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CONFIG_PARAMETERS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tcp_gateway/command/server_context.h"

namespace kv::gateway {

// ConfigParameter: one row of CONFIG GET and CONFIG SET, under the name that
// Redis has for it.
struct ConfigParameter {
  absl::string_view name;
  std::string (*get)(const ServerContext&);
  // What is wrong with the value, or empty. Null: cannot be set while the
  // server runs, but to the value that it has.
  std::string (*check)(const ServerContext&, absl::string_view value);
  // REQUIRES: check() found nothing.
  void (*set)(ServerContext&, absl::string_view value);
};

absl::Span<const ConfigParameter> ConfigParameters();

// By name in any case, or null.
const ConfigParameter* FindConfigParameter(absl::string_view name);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CONFIG_PARAMETERS_H_
