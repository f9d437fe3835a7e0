#ifndef FASTKV_SERVER_RPC_KEY_PAGE_H_
#define FASTKV_SERVER_RPC_KEY_PAGE_H_

#include <cstdint>

#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// ListKeys: one page of the walk through the keyspace. A page token is the
// walk's cursor with a check sum over the cursor, the filter and `salt`, so
// that a token of another process or for another filter is refused rather than
// silently leaving out keys.
RpcStatus ReadKeyPage(store::Keyspace& keyspace, store::TimeMs now,
                      uint64_t salt, const fastkv::v1::ListKeysRequest& request,
                      fastkv::v1::ListKeysResponse* response);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_KEY_PAGE_H_
