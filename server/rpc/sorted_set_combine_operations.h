#ifndef FASTKV_SERVER_RPC_SORTED_SET_COMBINE_OPERATIONS_H_
#define FASTKV_SERVER_RPC_SORTED_SET_COMBINE_OPERATIONS_H_

#include "absl/types/span.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

namespace kv::server {

// Unites, intersects or subtracts sorted sets. The rules of string_operations.h
// hold here too; `keys` are those that AppendKeys appended for the request.
RpcStatus Run(store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::SortedSetServiceCombineRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceCombineResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SORTED_SET_COMBINE_OPERATIONS_H_
