#include "server/rpc/key_value_service.h"

#include "server/rpc/batch_operations.h"
#include "server/rpc/key_operations.h"
#include "server/rpc/key_page.h"
#include "server/rpc/page_token.h"
#include "server/rpc/run_alone.h"
#include "server/rpc/string_operations.h"

namespace kv::server {

namespace pb = fastkv::v1;

using store::TimeMs;

KeyValueService::KeyValueService(store::Keyspace& keyspace,
                                 const RpcLimits& limits)
    : keyspace_(keyspace), limits_(limits), page_token_salt_(RandomSalt()) {}

RpcStatus KeyValueService::Get(TimeMs now, const pb::GetRequest& request,
                               pb::GetResponse* response,
                               store::BlobRef* large_value) {
  return RunAlone(keyspace_, limits_, now, request, response, large_value);
}

RpcStatus KeyValueService::Set(TimeMs now, const pb::SetRequest& request,
                               pb::SetResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Delete(TimeMs now, const pb::DeleteRequest& request,
                                  pb::DeleteResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Exists(TimeMs now, const pb::ExistsRequest& request,
                                  pb::ExistsResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::GetTtl(TimeMs now, const pb::GetTtlRequest& request,
                                  pb::GetTtlResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Expire(TimeMs now, const pb::ExpireRequest& request,
                                  pb::ExpireResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Persist(TimeMs now,
                                   const pb::PersistRequest& request,
                                   pb::PersistResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Increment(TimeMs now,
                                     const pb::IncrementRequest& request,
                                     pb::IncrementResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::Append(TimeMs now, const pb::AppendRequest& request,
                                  pb::AppendResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::BatchGet(TimeMs now,
                                    const pb::BatchGetRequest& request,
                                    pb::BatchGetResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::BatchSet(TimeMs now,
                                    const pb::BatchSetRequest& request,
                                    pb::BatchSetResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::BatchDelete(TimeMs now,
                                       const pb::BatchDeleteRequest& request,
                                       pb::BatchDeleteResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus KeyValueService::ListKeys(TimeMs now,
                                    const pb::ListKeysRequest& request,
                                    pb::ListKeysResponse* response) {
  return ReadKeyPage(keyspace_, now, page_token_salt_, request, response);
}

}  // namespace kv::server
