#ifndef FASTKV_SERVER_RPC_KEY_PAGE_H_
#define FASTKV_SERVER_RPC_KEY_PAGE_H_

#include <cstdint>

#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// ListKeys: one page of the walk through the keyspace. Page tokens are good for
// the same filter and `salt`.
RpcStatus ReadKeyPage(store::Keyspace& keyspace, store::TimeMs now,
                      uint64_t salt, const fastkv::v1::ListKeysRequest& request,
                      fastkv::v1::ListKeysResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_KEY_PAGE_H_
