#ifndef FASTKV_SERVER_RPC_GRPC_BYTES_H_
#define FASTKV_SERVER_RPC_GRPC_BYTES_H_

#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "server/rpc/outgoing_message.h"
#include "server/rpc/rpc_status.h"

// Our messages and statuses as gRPC has them.
namespace kv::server {

// Hands the message's pieces over without copying them; it is empty afterwards.
grpc::ByteBuffer ToByteBuffer(OutgoingMessage* message);

// An error, with which the call of the context is to end: where another attempt
// may succeed, its trailer says so. REQUIRES: !status.ok()
grpc::Status ToGrpcStatus(const RpcStatus& status,
                          grpc::ServerContext* context);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_GRPC_BYTES_H_
