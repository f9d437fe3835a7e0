#ifndef FASTKV_SERVER_RPC_RUN_ALONE_H_
#define FASTKV_SERVER_RPC_RUN_ALONE_H_

#include "server/rpc/operation_keys.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/transaction.h"

namespace kv::server {

// Runs a request as a transaction of its own: what a unary call does. `more`
// are further arguments of the request's Run.
template <typename Request, typename Response, typename... More>
RpcStatus RunAlone(store::Keyspace& keyspace, const RpcLimits& limits,
                   store::TimeMs now, const Request& request,
                   Response* response, More... more) {
  ResponseBudget budget(limits);
  if (!budget.Take(kFieldsBytes)) return ResponseTooLarge();
  if constexpr (NamesOneKey<Request>) {
    const store::Key key(request.key());
    store::Transaction txn(keyspace, now, key);
    return Run(txn, key, request, &budget, response, more...);
  } else {
    OperationKeys keys;
    AppendKeys(request, &keys);
    PrefetchMany(keyspace, keys);
    store::Transaction txn(keyspace, now, keys);
    return Run(txn, keys, request, &budget, response, more...);
  }
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RUN_ALONE_H_
