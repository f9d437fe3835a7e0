#ifndef FASTKV_SERVER_RPC_WRITE_VALUE_H_
#define FASTKV_SERVER_RPC_WRITE_VALUE_H_

#include <cstddef>
#include <vector>

#include "fastkv/v1/key_value.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "server/rpc/budget.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/stream_handler.h"
#include "store/base/blob.h"
#include "store/keyspace.h"

namespace kv::server {

// WriteValue: KeyValueService.WriteValue. The pieces go straight from the
// messages into segments, which are allocated as bytes arrive: a client that
// announces much and sends little costs little. When all are there they become
// one blob, some of it at a time so that no other call waits long, and that is
// what the entry refers to: nothing is copied while its shard is locked.
//
// Owns       the segments and, with them, their share of the budget.
// Borrows    the keyspace, the table of request ids, and the budget of the
//            bytes of unfinished values.
// Threads    as StreamHandler.
class WriteValue final : public StreamHandler {
 public:
  WriteValue(store::Keyspace& keyspace, Budget* upload_bytes,
             RequestIds& request_ids)
      : keyspace_(keyspace),
        request_ids_(request_ids),
        share_(upload_bytes),
        budget_(*upload_bytes) {}

  Next Receive(store::TimeMs now,
               google::protobuf::io::ZeroCopyInputStream* message, size_t size,
               Turn* turn) override;
  Next ReceiveEnd(store::TimeMs now, Turn* turn) override;
  Next Resume(store::TimeMs now, Turn* turn) override;
  // It ends by itself.
  Next ShutDown(Turn*) override { return Next::kReceive; }

 private:
  RpcStatus ReadMessage(store::TimeMs now,
                        google::protobuf::io::CodedInputStream* input);
  RpcStatus ReadHeader(store::TimeMs now,
                       google::protobuf::io::CodedInputStream* input);
  RpcStatus ReadChunk(google::protobuf::io::CodedInputStream* input);
  // A place for bytes that have arrived; null: the budget is used up.
  store::Blob* AddSegment();
  // Moves some segments into the blob.
  void Assemble();
  RpcStatus Set(store::TimeMs now, fastkv::v1::WriteValueResponse* response);

  store::Keyspace& keyspace_;
  RequestIds& request_ids_;
  bool begun_ = false;
  fastkv::v1::WriteValueHeader header_;
  size_t length_ = 0;    // of the whole value
  size_t received_ = 0;  // of it
  BudgetShare share_;
  const Budget& budget_;
  std::vector<store::BlobRef> segments_;
  size_t assembled_ = 0;  // bytes of the blob that are there
  size_t moved_ = 0;      // segments that are in it
  store::BlobRef blob_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_WRITE_VALUE_H_
