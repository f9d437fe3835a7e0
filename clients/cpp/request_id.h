#ifndef FASTKV_CLIENTS_CPP_REQUEST_ID_H_
#define FASTKV_CLIENTS_CPP_REQUEST_ID_H_

#include <string>

#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "fastkv/v1/transaction.pb.h"

// Which calls need a request_id before they may be sent again: those that the
// .proto files call not idempotent. The others carry none, so that plain Sets
// take no room in the server's table of ids.
namespace fastkv {

// 16 random bytes.
std::string MakeRequestId();

template <typename Request>
bool NeedsRequestId(const Request&) {
  return false;
}
inline bool NeedsRequestId(const v1::SetRequest& request) {
  return request.return_previous() ||
         request.condition_case() != v1::SetRequest::CONDITION_NOT_SET;
}
inline bool NeedsRequestId(const v1::WriteValueHeader& header) {
  return header.condition_case() != v1::WriteValueHeader::CONDITION_NOT_SET;
}
inline bool NeedsRequestId(const v1::DeleteRequest&) { return true; }
inline bool NeedsRequestId(const v1::IncrementRequest&) { return true; }
inline bool NeedsRequestId(const v1::AppendRequest&) { return true; }
inline bool NeedsRequestId(const v1::SortedSetServiceIncrementRequest&) {
  return true;
}
inline bool NeedsRequestId(const v1::SortedSetServicePopRequest&) {
  return true;
}
inline bool NeedsRequestId(const v1::ExecuteRequest&) { return true; }

// Gives a request that needs an id, and has none, a new one.
template <typename Request>
void EnsureRequestId(Request* request) {
  if constexpr (requires { request->set_request_id(std::string()); }) {
    if (request->request_id().empty() && NeedsRequestId(*request)) {
      request->set_request_id(MakeRequestId());
    }
  }
}

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_REQUEST_ID_H_
