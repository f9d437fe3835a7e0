#ifndef FASTKV_SERVER_RPC_BATCH_OPERATIONS_H_
#define FASTKV_SERVER_RPC_BATCH_OPERATIONS_H_

#include "absl/types/span.h"
#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// What requests about many keys do; the rules of string_operations.h hold here
// too. `keys` are those that AppendKeys appended for the request.
namespace kv::server {

RpcStatus Run(const store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::BatchGetRequest& request,
              ResponseBudget* budget, fastkv::v1::BatchGetResponse* response);
RpcStatus Run(store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::BatchSetRequest& request,
              ResponseBudget* budget, fastkv::v1::BatchSetResponse* response);
RpcStatus Run(store::Transaction& txn, absl::Span<const store::Key> keys,
              const fastkv::v1::BatchDeleteRequest& request,
              ResponseBudget* budget,
              fastkv::v1::BatchDeleteResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_BATCH_OPERATIONS_H_
