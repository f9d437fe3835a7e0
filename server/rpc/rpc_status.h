#ifndef FASTKV_SERVER_RPC_RPC_STATUS_H_
#define FASTKV_SERVER_RPC_RPC_STATUS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/error_reason.pb.h"
#include "store/base/op_status.h"

namespace kv::server {

// RpcStatus: how a call ended, before any transport's types. Success is cheap:
// no allocation, one comparison.
class [[nodiscard]] RpcStatus {
 public:
  RpcStatus() = default;
  // REQUIRES: a reason other than ERROR_REASON_UNSPECIFIED.
  RpcStatus(fastkv::v1::ErrorReason reason, std::string message)
      : reason_(reason), message_(std::move(message)) {}

  bool ok() const { return reason_ == fastkv::v1::ERROR_REASON_UNSPECIFIED; }
  fastkv::v1::ErrorReason reason() const { return reason_; }
  // For people; it may change between versions.
  const std::string& message() const { return message_; }
  // The canonical status code; its numbers are those of gRPC.
  absl::StatusCode code() const;

  // A serialized google.rpc.Status with code, message and an ErrorInfo: what
  // the trailer grpc-status-details-bin carries.
  std::string EncodeDetails() const;

 private:
  fastkv::v1::ErrorReason reason_ = fastkv::v1::ERROR_REASON_UNSPECIFIED;
  std::string message_;
};

// The reason's name as ErrorInfo carries it: "WRONG_TYPE".
absl::string_view ReasonName(fastkv::v1::ErrorReason reason);

// What an operation's refusal becomes; kOk is success.
RpcStatus ToRpcStatus(store::OpStatus status);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RPC_STATUS_H_
