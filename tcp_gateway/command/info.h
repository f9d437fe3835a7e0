#ifndef FASTKV_TCP_GATEWAY_COMMAND_INFO_H_
#define FASTKV_TCP_GATEWAY_COMMAND_INFO_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/time.h"
#include "store/transaction.h"
#include "tcp_gateway/command/server_context.h"

namespace kv::gateway {

// The text of INFO: the named sections, in any case, or all if there are no
// names; "name:value" lines under "# Section" headings, as Redis has them.
// `within` as for store::keys::Size.
std::string RenderInfo(const ServerContext& server, store::TimeMs now,
                       absl::Span<const absl::string_view> sections,
                       const store::Transaction* within);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_INFO_H_
