#ifndef FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_
#define FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_

#include <cstdint>

#include "fastkv/v1/sorted_set.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// SortedSetService: the calls of fastkv.v1.SortedSetService, without a
// transport. Each is one transaction with one operation: what they do stands in
// sorted_set_*operations.h, what they mean in sorted_set.proto.
//
// A response is cleared by the caller beforehand, and worth nothing after an
// error. `now` is when the call was admitted.
//
// Borrows    the keyspace.
// Threads    safe.
class SortedSetService {
 public:
  SortedSetService(store::Keyspace& keyspace, const RpcLimits& limits);

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
  RpcStatus Pop(store::TimeMs now,
                const fastkv::v1::SortedSetServicePopRequest& request,
                fastkv::v1::SortedSetServicePopResponse* response);
  RpcStatus RemoveRange(
      store::TimeMs now,
      const fastkv::v1::SortedSetServiceRemoveRangeRequest& request,
      fastkv::v1::SortedSetServiceRemoveRangeResponse* response);
  RpcStatus StoreRange(
      store::TimeMs now,
      const fastkv::v1::SortedSetServiceStoreRangeRequest& request,
      fastkv::v1::SortedSetServiceStoreRangeResponse* response);
  RpcStatus Combine(store::TimeMs now,
                    const fastkv::v1::SortedSetServiceCombineRequest& request,
                    fastkv::v1::SortedSetServiceCombineResponse* response);
  RpcStatus Sample(store::TimeMs now,
                   const fastkv::v1::SortedSetServiceSampleRequest& request,
                   fastkv::v1::SortedSetServiceSampleResponse* response);
  RpcStatus Scan(store::TimeMs now,
                 const fastkv::v1::SortedSetServiceScanRequest& request,
                 fastkv::v1::SortedSetServiceScanResponse* response);

 private:
  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  // Distinguishes this process's page tokens.
  const uint64_t page_token_salt_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_SORTED_SET_SERVICE_H_
