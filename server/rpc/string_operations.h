#ifndef FASTKV_SERVER_RPC_STRING_OPERATIONS_H_
#define FASTKV_SERVER_RPC_STRING_OPERATIONS_H_

#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/transaction.h"

// What requests about a string do, inside a transaction that holds the shard of
// their key; what they mean stands in key_value.proto. The same functions serve
// unary calls, transactions and pipelines.
//
// Here and in the other headers *_operations.h: a function checks the request's
// fields, runs typed operations of the store and translates their outcome. The
// response is clear before, and worth nothing after an error; an error means
// that nothing was changed. The fixed fields of a response (kFieldsBytes) have
// been taken from the budget by the caller; the function takes the rest.
namespace kv::server {

// A value that is a blob is not copied into the response if there is a
// `large_value`, but handed out there: the transport sends it as the field
// `value`.
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::GetRequest& request, ResponseBudget* budget,
              fastkv::v1::GetResponse* response,
              store::BlobRef* large_value = nullptr);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SetRequest& request, ResponseBudget* budget,
              fastkv::v1::SetResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::IncrementRequest& request,
              ResponseBudget* budget, fastkv::v1::IncrementResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::AppendRequest& request, ResponseBudget* budget,
              fastkv::v1::AppendResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_STRING_OPERATIONS_H_
