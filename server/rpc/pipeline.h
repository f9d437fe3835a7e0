#ifndef FASTKV_SERVER_RPC_PIPELINE_H_
#define FASTKV_SERVER_RPC_PIPELINE_H_

#include <cstddef>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/pipeline.pb.h"
#include "google/protobuf/arena.h"
#include "server/rpc/operation_keys.h"
#include "server/rpc/outgoing_message.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/stream_handler.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"

namespace kv::server {

// Pipeline: PipelineService.Pipeline. Runs the operations of a message in
// groups: what a group will read is fetched first, so that its cache misses
// happen together. After many groups others have their turn, and operations of
// a client that has left meanwhile are not run.
//
// A message is parsed into an arena; results are written to the response one by
// one, so that it is never held as messages.
//
// Borrows    the keyspace and the table of request ids.
// Threads    as StreamHandler.
class Pipeline final : public StreamHandler {
 public:
  Pipeline(store::Keyspace& keyspace, const RpcLimits& limits,
           RequestIds& request_ids)
      : keyspace_(keyspace), limits_(limits), request_ids_(request_ids) {}

  Next Receive(store::TimeMs now,
               google::protobuf::io::ZeroCopyInputStream* message, size_t size,
               Turn* turn) override;
  Next ReceiveEnd(store::TimeMs, Turn* turn) override { return End({}, turn); }
  // Goes on with the message, or is ready for the next.
  Next Resume(store::TimeMs now, Turn* turn) override;

 private:
  void RunGroup(store::TimeMs now);
  void RunOne(store::TimeMs now, const fastkv::v1::Operation& operation,
              absl::Span<const store::Key> keys);
  // Runs an operation and, if it succeeds, adds its result.
  RpcStatus Run(store::TimeMs now, const fastkv::v1::Operation& operation,
                absl::Span<const store::Key> keys);
  RpcStatus RunGet(store::TimeMs now, const store::Key& key,
                   const fastkv::v1::GetRequest& request);
  RpcStatus RunSet(store::TimeMs now, const store::Key& key,
                   const fastkv::v1::SetRequest& request);
  RpcStatus RunAny(store::TimeMs now, const fastkv::v1::Operation& operation,
                   absl::Span<const store::Key> keys);
  void AddError(const RpcStatus& status);

  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  RequestIds& request_ids_;
  // The message that is being worked on, and what it has led to so far.
  google::protobuf::Arena arena_;
  fastkv::v1::PipelineRequest* request_ = nullptr;  // null: none
  int next_ = 0;                                    // of its operations
  absl::optional<ResponseBudget> budget_;
  bool full_ = false;  // the response can take no more answers
  OutgoingMessage response_;
  // Kept, so that the usual operations allocate nothing.
  OperationKeys keys_;
  fastkv::v1::GetResponse get_;
  fastkv::v1::SetResponse set_;
  fastkv::v1::OperationResult result_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_PIPELINE_H_
