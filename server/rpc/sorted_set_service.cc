#include "server/rpc/sorted_set_service.h"

#include "server/rpc/member_page.h"
#include "server/rpc/page_token.h"
#include "server/rpc/run_alone.h"
#include "server/rpc/sorted_set_combine_operations.h"
#include "server/rpc/sorted_set_operations.h"
#include "server/rpc/sorted_set_range_operations.h"

namespace kv::server {

namespace pb = fastkv::v1;

using store::TimeMs;

SortedSetService::SortedSetService(store::Keyspace& keyspace,
                                   const RpcLimits& limits)
    : keyspace_(keyspace), limits_(limits), page_token_salt_(RandomSalt()) {}

RpcStatus SortedSetService::Add(TimeMs now,
                                const pb::SortedSetServiceAddRequest& request,
                                pb::SortedSetServiceAddResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Remove(
    TimeMs now, const pb::SortedSetServiceRemoveRequest& request,
    pb::SortedSetServiceRemoveResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Range(
    TimeMs now, const pb::SortedSetServiceRangeRequest& request,
    pb::SortedSetServiceRangeResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::GetScores(
    TimeMs now, const pb::SortedSetServiceGetScoresRequest& request,
    pb::SortedSetServiceGetScoresResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::GetRank(
    TimeMs now, const pb::SortedSetServiceGetRankRequest& request,
    pb::SortedSetServiceGetRankResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Increment(
    TimeMs now, const pb::SortedSetServiceIncrementRequest& request,
    pb::SortedSetServiceIncrementResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Count(
    TimeMs now, const pb::SortedSetServiceCountRequest& request,
    pb::SortedSetServiceCountResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Pop(TimeMs now,
                                const pb::SortedSetServicePopRequest& request,
                                pb::SortedSetServicePopResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::RemoveRange(
    TimeMs now, const pb::SortedSetServiceRemoveRangeRequest& request,
    pb::SortedSetServiceRemoveRangeResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::StoreRange(
    TimeMs now, const pb::SortedSetServiceStoreRangeRequest& request,
    pb::SortedSetServiceStoreRangeResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Combine(
    TimeMs now, const pb::SortedSetServiceCombineRequest& request,
    pb::SortedSetServiceCombineResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Sample(
    TimeMs now, const pb::SortedSetServiceSampleRequest& request,
    pb::SortedSetServiceSampleResponse* response) {
  return RunAlone(keyspace_, limits_, now, request, response);
}

RpcStatus SortedSetService::Scan(TimeMs now,
                                 const pb::SortedSetServiceScanRequest& request,
                                 pb::SortedSetServiceScanResponse* response) {
  return ReadMemberPage(keyspace_, limits_, now, page_token_salt_, request,
                        response);
}

}  // namespace kv::server
