#ifndef FASTKV_SERVER_RPC_RPC_STATUS_H_
#define FASTKV_SERVER_RPC_RPC_STATUS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/error_reason.pb.h"
#include "google/rpc/status.pb.h"
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

  // More about the error, for ErrorInfo's metadata. REQUIRES: !ok()
  void AddMetadata(std::string name, std::string value) {
    metadata_.emplace_back(std::move(name), std::move(value));
  }

  // Tells the client that another attempt may succeed, and how long to wait
  // first. REQUIRES: !ok(), delay_ms > 0
  void SetRetryDelay(int64_t delay_ms) { retry_delay_ms_ = delay_ms; }
  // 0: nothing is said about another attempt.
  int64_t retry_delay_ms() const { return retry_delay_ms_; }

  // Writes the error with its ErrorInfo and, if there is a delay, RetryInfo.
  void ToProto(google::rpc::Status* status) const;
  // That, serialized: what the trailer grpc-status-details-bin carries.
  std::string EncodeDetails() const;

 private:
  fastkv::v1::ErrorReason reason_ = fastkv::v1::ERROR_REASON_UNSPECIFIED;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  int64_t retry_delay_ms_ = 0;
};

// A field has a value that is not allowed; `message` names it.
inline RpcStatus InvalidField(const char* message) {
  return {fastkv::v1::ERROR_REASON_INVALID_FIELD, message};
}

// What comes while the server shuts down has not been run.
inline RpcStatus ShuttingDown() {
  return {fastkv::v1::ERROR_REASON_SHUTTING_DOWN,
          "the server is shutting down"};
}

// The reason's name as ErrorInfo carries it: "WRONG_TYPE".
absl::string_view ReasonName(fastkv::v1::ErrorReason reason);

// What an operation's refusal becomes; kOk is success.
RpcStatus ToRpcStatus(store::OpStatus status);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_RPC_STATUS_H_
