#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_NAMES_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_NAMES_H_

#include <algorithm>

#include "absl/strings/string_view.h"

namespace kv::gateway {

// Whether a name leaves the lines of CLIENT LIST readable: no blanks, no
// control characters.
inline bool IsClientName(absl::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c >= '!' && c <= '~'; });
}

inline constexpr absl::string_view kBadClientName =
    "ERR Client names cannot contain spaces, newlines or special characters.";

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_NAMES_H_
