#ifndef FASTKV_TCP_GATEWAY_COMMAND_CURSOR_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CURSOR_H_

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace kv::gateway {

// Reads a cursor of SCAN or ZSCAN as Redis' strtoul does: 64 bits without a
// sign, but a sign is taken, as are leading zeros and nothing at all. False if
// `text` is anything else.
inline bool ParseCursor(absl::string_view text, uint64_t* cursor) {
  *cursor = 0;
  if (text.empty()) return true;
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, *cursor);
  if (negative) *cursor = 0 - *cursor;
  return result.ec == std::errc() && result.ptr == end;
}

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CURSOR_H_
