#ifndef FASTKV_SERVER_RPC_READ_VALUE_H_
#define FASTKV_SERVER_RPC_READ_VALUE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/stream_handler.h"
#include "store/base/blob.h"
#include "store/keyspace.h"

namespace kv::server {

// ReadValue: KeyValueService.ReadValue. Holds a reference to the value while it
// is being sent, so that all pieces are of one moment; none is copied.
//
// Borrows    the keyspace.
// Threads    as StreamHandler.
class ReadValue final : public StreamHandler {
 public:
  ReadValue(store::Keyspace& keyspace, const RpcLimits& limits)
      : keyspace_(keyspace), limits_(limits) {}

  Next Receive(store::TimeMs now,
               google::protobuf::io::ZeroCopyInputStream* message, size_t size,
               Turn* turn) override;
  Next ReceiveEnd(store::TimeMs now, Turn* turn) override;
  Next Resume(store::TimeMs now, Turn* turn) override;

 private:
  // Finds the value and the part of it that was asked for.
  RpcStatus Open(store::TimeMs now, const fastkv::v1::ReadValueRequest& request,
                 fastkv::v1::ReadValueResponse* first);
  Next SendChunk(const fastkv::v1::ReadValueResponse& fields, Turn* turn);

  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  size_t chunk_bytes_ = 0;
  store::BlobRef blob_;     // what `left_` is part of, unless it is short
  std::string short_;       // else it is part of this
  absl::string_view left_;  // to be sent
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_READ_VALUE_H_
