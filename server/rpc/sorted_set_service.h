#ifndef FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_
#define FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_

#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// SortedSetService: the calls of fastkv.v1.SortedSetService, without a
// transport. Each checks the request's fields, runs one transaction and
// translates its outcome; what the calls mean stands in sorted_set.proto.
//
// A response is cleared by the caller beforehand, and worth nothing after an
// error. `now` is when the call was admitted.
//
// Borrows    the keyspace.
// Threads    safe.
class SortedSetService {
 public:
  SortedSetService(store::Keyspace& keyspace, const RpcLimits& limits)
      : keyspace_(keyspace), limits_(limits) {}

  RpcStatus Add(store::TimeMs now,
                const fastkv::v1::SortedSetServiceAddRequest& request,
                fastkv::v1::SortedSetServiceAddResponse* response);
  RpcStatus Remove(store::TimeMs now,
                   const fastkv::v1::SortedSetServiceRemoveRequest& request,
                   fastkv::v1::SortedSetServiceRemoveResponse* response);
  RpcStatus Range(store::TimeMs now,
                  const fastkv::v1::SortedSetServiceRangeRequest& request,
                  fastkv::v1::SortedSetServiceRangeResponse* response);
  RpcStatus GetScores(
      store::TimeMs now,
      const fastkv::v1::SortedSetServiceGetScoresRequest& request,
      fastkv::v1::SortedSetServiceGetScoresResponse* response);
  RpcStatus GetRank(store::TimeMs now,
                    const fastkv::v1::SortedSetServiceGetRankRequest& request,
                    fastkv::v1::SortedSetServiceGetRankResponse* response);
  RpcStatus Increment(
      store::TimeMs now,
      const fastkv::v1::SortedSetServiceIncrementRequest& request,
      fastkv::v1::SortedSetServiceIncrementResponse* response);
  RpcStatus Count(store::TimeMs now,
                  const fastkv::v1::SortedSetServiceCountRequest& request,
                  fastkv::v1::SortedSetServiceCountResponse* response);

 private:
  store::Keyspace& keyspace_;
  const RpcLimits limits_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_
