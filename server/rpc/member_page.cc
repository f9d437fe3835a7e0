#include "server/rpc/member_page.h"

#include <algorithm>
#include <cstddef>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "server/rpc/page_token.h"
#include "server/rpc/scored_members.h"
#include "store/base/glob.h"
#include "store/base/key.h"
#include "store/sorted_set_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// A page ends after so many bytes: clients receive 4 MiB unless told otherwise.
constexpr size_t kPageBytes = size_t{1} << 20;
// And after looking at so many members, which bounds how long a call whose
// pattern matches nothing holds the set's shard.
constexpr size_t kPageLooks = 20000;
// How many members to look at before looking whether the page is full.
constexpr size_t kStep = 16;

size_t WalkOf(uint64_t salt, const pb::SortedSetServiceScanRequest& request) {
  return absl::HashOf(salt, request.key(), request.has_glob(), request.glob());
}

}  // namespace

RpcStatus ReadMemberPage(store::Keyspace& keyspace, const RpcLimits& limits,
                         store::TimeMs now, uint64_t salt,
                         const pb::SortedSetServiceScanRequest& request,
                         pb::SortedSetServiceScanResponse* response) {
  size_t page_size = 0;
  RpcStatus status = ReadPageSize(request.page_size(), &page_size);
  if (!status.ok()) return status;
  const size_t walk = WalkOf(salt, request);
  uint64_t cursor = 0;
  status = DecodePageToken(request.page_token(), walk, &cursor);
  if (!status.ok()) return status;

  ResponseBudget budget(limits);
  if (!budget.Take(kFieldsBytes)) return ResponseTooLarge();
  // Half, so that the members of the last look still fit.
  const size_t full = budget.left() - std::min(budget.left() / 2, kPageBytes);
  ScoredMembers members(/*with_scores=*/true, &budget,
                        response->mutable_members());
  const store::Key key(request.key());
  const store::Transaction txn(keyspace, now, key);
  size_t looks = 0;
  const auto is_full = [&] {
    return response->members_size() >= page_size || budget.left() <= full ||
           looks >= kPageLooks;
  };
  do {
    const size_t room = page_size - response->members_size();
    const auto next = store::sorted_sets::Scan(
        txn, key, cursor, std::min(room, kStep),
        [&](absl::string_view member, double score) {
          ++looks;
          if (!request.has_glob() ||
              store::GlobMatches(request.glob(), member)) {
            members.Add(member, score);
          }
        });
    if (!next.ok()) return ToRpcStatus(next.status());
    if (!members.ok()) return ResponseTooLarge();
    cursor = *next;
  } while (cursor != 0 && !is_full());
  if (cursor != 0) {
    response->set_next_page_token(EncodePageToken(cursor, walk));
  }
  return {};
}

}  // namespace kv::server
