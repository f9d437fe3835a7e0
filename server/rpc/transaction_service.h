#ifndef FASTKV_SERVER_RPC_TRANSACTION_SERVICE_H_
#define FASTKV_SERVER_RPC_TRANSACTION_SERVICE_H_

#include "fastkv/v1/transaction.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// TransactionService: the calls of fastkv.v1.TransactionService, without a
// transport; what they mean stands in transaction.proto.
//
// A response is cleared by the caller beforehand, and worth nothing after an
// error. `now` is when the call was admitted.
//
// Borrows    the keyspace.
// Threads    safe.
class TransactionService {
 public:
  TransactionService(store::Keyspace& keyspace, const RpcLimits& limits)
      : keyspace_(keyspace), limits_(limits) {}

  // Locks the shards of all keys that the request names, those of the branch
  // that will not run included: which one runs is known only under the locks.
  RpcStatus Execute(store::TimeMs now,
                    const fastkv::v1::ExecuteRequest& request,
                    fastkv::v1::ExecuteResponse* response);

 private:
  store::Keyspace& keyspace_;
  const RpcLimits limits_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_TRANSACTION_SERVICE_H_
