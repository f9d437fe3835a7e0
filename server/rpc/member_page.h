#ifndef FASTKV_SERVER_RPC_MEMBER_PAGE_H_
#define FASTKV_SERVER_RPC_MEMBER_PAGE_H_

#include <cstdint>

#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// Scan: one page of the walk through a sorted set. Page tokens are good for the
// same key, pattern and `salt`.
RpcStatus ReadMemberPage(store::Keyspace& keyspace, const RpcLimits& limits,
                         store::TimeMs now, uint64_t salt,
                         const fastkv::v1::SortedSetServiceScanRequest& request,
                         fastkv::v1::SortedSetServiceScanResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_MEMBER_PAGE_H_
