#ifndef FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_REPLY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_REPLY_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/sorted_set_ops.h"
#include "store/sorted_set_range.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// Members in order, alone or in pairs with their scores. visit(f) calls
// f(member, score) `size` times.
template <typename Visit>
void ReplyMembers(ReplyWriter& reply, size_t size, bool with_scores,
                  const Visit& visit) {
  if (!with_scores) {
    reply.Array(size);
    visit([&](absl::string_view member, double) { reply.Bulk(member); });
    return;
  }
  reply.ArrayOfPairs(size);
  visit([&](absl::string_view member, double score) {
    reply.Pair();
    reply.Bulk(member);
    reply.Double(score);
  });
}

inline void ReplyMembers(ReplyWriter& reply,
                         const store::sorted_sets::MemberRange& members,
                         bool with_scores) {
  ReplyMembers(reply, members.size(), with_scores,
               [&](const auto& f) { members.Visit(f); });
}

inline void ReplyMembers(
    ReplyWriter& reply,
    absl::Span<const store::sorted_sets::ScoredMember> members,
    bool with_scores) {
  ReplyMembers(reply, members.size(), with_scores, [&](const auto& f) {
    for (const auto& member : members) f(member.member, member.score);
  });
}

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_REPLY_H_
