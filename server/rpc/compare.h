#ifndef FASTKV_SERVER_RPC_COMPARE_H_
#define FASTKV_SERVER_RPC_COMPARE_H_

#include "fastkv/v1/transaction.pb.h"
#include "server/rpc/rpc_status.h"
#include "store/base/key.h"
#include "store/transaction.h"

// The compares of a transaction: what must hold of keys; transaction.proto says
// what they mean.
namespace kv::server {

// Whether the compare's fields are allowed.
RpcStatus CheckCompare(const fastkv::v1::Compare& compare);

// Whether it holds. REQUIRES: CheckCompare allows it; `key` is its key, whose
// shard the transaction holds.
bool Holds(const store::Transaction& txn, const store::Key& key,
           const fastkv::v1::Compare& compare);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_COMPARE_H_
