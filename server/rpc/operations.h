#ifndef FASTKV_SERVER_RPC_OPERATIONS_H_
#define FASTKV_SERVER_RPC_OPERATIONS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "fastkv/v1/operation.pb.h"
#include "server/rpc/operation_keys.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// Operations of any kind, for transactions and pipelines. What each of them
// does stands in the headers *_operations.h, and is the same for the unary call
// of its name:
//
//   OperationKeys keys;
//   AppendKeys(operation, &keys);
//   Transaction txn(keyspace, now, keys);
//   ResponseBudget budget(limits);
//   RpcStatus status = RunOperation(txn, keys, operation, &budget, &result);
namespace kv::server {

// Appends the keys that the operation touches.
void AppendKeys(const fastkv::v1::Operation& operation, OperationKeys* keys);

// Runs the operation and writes its answer to `result`, which is clear before,
// and worth nothing after an error. An operation that fails has changed
// nothing.
// REQUIRES: `keys` are those that AppendKeys appended for it, and the
// transaction holds their shards.
RpcStatus RunOperation(store::Transaction& txn,
                       absl::Span<const store::Key> keys,
                       const fastkv::v1::Operation& operation,
                       ResponseBudget* budget,
                       fastkv::v1::OperationResult* result);

// The operation's request_id; empty if it has none.
absl::string_view RequestIdOf(const fastkv::v1::Operation& operation);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_OPERATIONS_H_
