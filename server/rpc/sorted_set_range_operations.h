#ifndef FASTKV_SERVER_RPC_SORTED_SET_RANGE_OPERATIONS_H_
#define FASTKV_SERVER_RPC_SORTED_SET_RANGE_OPERATIONS_H_

#include "absl/types/span.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// What requests about neighbouring members of a sorted set do. The rules of
// string_operations.h hold here too; `keys` are those that AppendKeys appended
// for the request.
namespace kv::server {

RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceRangeRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceRangeResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceCountRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceCountResponse* response);
RpcStatus Run(store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::SortedSetServicePopRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServicePopResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceRemoveRangeRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceRemoveRangeResponse* response);
RpcStatus Run(store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::SortedSetServiceStoreRangeRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceStoreRangeResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SORTED_SET_RANGE_OPERATIONS_H_
