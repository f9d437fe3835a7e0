#ifndef FASTKV_SERVER_RPC_KEY_VALUE_SERVICE_H_
#define FASTKV_SERVER_RPC_KEY_VALUE_SERVICE_H_

#include <cstdint>

#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/blob.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// KeyValueService: the calls of fastkv.v1.KeyValueService, without a transport.
// Each is one transaction with one operation: what they do stands in the
// headers *_operations.h, what they mean in key_value.proto.
//
// A response is cleared by the caller beforehand, and worth nothing after an
// error. `now` is when the call was admitted.
//
// Borrows    the keyspace.
// Threads    safe.
class KeyValueService {
 public:
  KeyValueService(store::Keyspace& keyspace, const RpcLimits& limits);

  // A value that is a blob is not copied into the response but handed out
  // beside it: the transport sends `large_value`, unless null, as the field
  // `value`.
  RpcStatus Get(store::TimeMs now, const fastkv::v1::GetRequest& request,
                fastkv::v1::GetResponse* response, store::BlobRef* large_value);
  RpcStatus Set(store::TimeMs now, const fastkv::v1::SetRequest& request,
                fastkv::v1::SetResponse* response);
  RpcStatus Delete(store::TimeMs now, const fastkv::v1::DeleteRequest& request,
                   fastkv::v1::DeleteResponse* response);
  RpcStatus Exists(store::TimeMs now, const fastkv::v1::ExistsRequest& request,
                   fastkv::v1::ExistsResponse* response);
  RpcStatus GetTtl(store::TimeMs now, const fastkv::v1::GetTtlRequest& request,
                   fastkv::v1::GetTtlResponse* response);
  RpcStatus Expire(store::TimeMs now, const fastkv::v1::ExpireRequest& request,
                   fastkv::v1::ExpireResponse* response);
  RpcStatus Persist(store::TimeMs now,
                    const fastkv::v1::PersistRequest& request,
                    fastkv::v1::PersistResponse* response);
  RpcStatus Increment(store::TimeMs now,
                      const fastkv::v1::IncrementRequest& request,
                      fastkv::v1::IncrementResponse* response);
  RpcStatus Append(store::TimeMs now, const fastkv::v1::AppendRequest& request,
                   fastkv::v1::AppendResponse* response);
  RpcStatus BatchGet(store::TimeMs now,
                     const fastkv::v1::BatchGetRequest& request,
                     fastkv::v1::BatchGetResponse* response);
  RpcStatus BatchSet(store::TimeMs now,
                     const fastkv::v1::BatchSetRequest& request,
                     fastkv::v1::BatchSetResponse* response);
  RpcStatus BatchDelete(store::TimeMs now,
                        const fastkv::v1::BatchDeleteRequest& request,
                        fastkv::v1::BatchDeleteResponse* response);
  RpcStatus ListKeys(store::TimeMs now,
                     const fastkv::v1::ListKeysRequest& request,
                     fastkv::v1::ListKeysResponse* response);

 private:
  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  // Distinguishes this process's page tokens.
  const uint64_t page_token_salt_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_KEY_VALUE_SERVICE_H_
