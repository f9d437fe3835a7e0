#ifndef FASTKV_SERVER_RPC_SORTED_SET_OPERATIONS_H_
#define FASTKV_SERVER_RPC_SORTED_SET_OPERATIONS_H_

#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// What requests about members of a sorted set do; what they mean stands in
// sorted_set.proto. The rules of string_operations.h hold here too.
namespace kv::server {

RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceAddRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceAddResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceRemoveRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceRemoveResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceGetScoresRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceGetScoresResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceGetRankRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceGetRankResponse* response);
RpcStatus Run(store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceIncrementRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceIncrementResponse* response);
RpcStatus Run(const store::Transaction& txn, const store::Key& key,
              const fastkv::v1::SortedSetServiceSampleRequest& request,
              ResponseBudget* budget,
              fastkv::v1::SortedSetServiceSampleResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SORTED_SET_OPERATIONS_H_
