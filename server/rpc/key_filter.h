#ifndef FASTKV_SERVER_RPC_KEY_FILTER_H_
#define FASTKV_SERVER_RPC_KEY_FILTER_H_

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/types.pb.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/value_type.h"
#include "store/base/glob.h"
#include "store/entry.h"

// The fields `filter` and `type` of ListKeysRequest and StreamEntriesRequest.
namespace kv::server {

template <typename Request>
RpcStatus CheckFilter(const Request& request) {
  if (fastkv::v1::ValueType_IsValid(request.type())) return {};
  return InvalidField("type is unknown");
}

template <typename Request>
bool MatchesFilter(const Request& request, absl::string_view key,
                   store::ValueType type) {
  if (request.type() != fastkv::v1::VALUE_TYPE_UNSPECIFIED &&
      request.type() != ToProto(type)) {
    return false;
  }
  switch (request.filter_case()) {
    case Request::FILTER_NOT_SET:
      return true;
    case Request::kPrefix:
      return absl::StartsWith(key, request.prefix());
    case Request::kGlob:
      return store::GlobMatches(request.glob(), key);
  }
  return true;
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_KEY_FILTER_H_
