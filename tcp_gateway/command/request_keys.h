#ifndef FASTKV_TCP_GATEWAY_COMMAND_REQUEST_KEYS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_REQUEST_KEYS_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

using KeyList = absl::InlinedVector<store::Key, 16>;

// Appends the keys of a request, hashed, in the order of its arguments. False:
// the number of keys that the request announces is wrong. REQUIRES: its arity
// was checked.
[[nodiscard]] bool AppendKeys(const Command& command,
                              absl::Span<const absl::string_view> args,
                              uint8_t db, KeyList* keys);

// Replies what is wrong with a request for which AppendKeys was false, in
// Redis' words.
void ReplyBadKeys(const Command& command,
                  absl::Span<const absl::string_view> args, ReplyWriter& reply);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_REQUEST_KEYS_H_
