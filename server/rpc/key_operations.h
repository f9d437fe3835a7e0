#ifndef FASTKV_SERVER_RPC_KEY_OPERATIONS_H_
#define FASTKV_SERVER_RPC_KEY_OPERATIONS_H_

#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// What requests about a key do, whatever it holds; the rules of
// string_operations.h hold here too.
namespace kv::server {

RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::DeleteRequest& request, ResponseBudget* budget,
              fastkv::v1::DeleteResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::ExistsRequest& request, ResponseBudget* budget,
              fastkv::v1::ExistsResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::GetTtlRequest& request, ResponseBudget* budget,
              fastkv::v1::GetTtlResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::ExpireRequest& request, ResponseBudget* budget,
              fastkv::v1::ExpireResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::PersistRequest& request, ResponseBudget* budget,
              fastkv::v1::PersistResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_KEY_OPERATIONS_H_
