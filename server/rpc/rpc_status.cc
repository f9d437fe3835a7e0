#include "server/rpc/rpc_status.h"

#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr absl::string_view kDomain = "fastkv";

}  // namespace

// The codes that error_reason.proto promises.
absl::StatusCode RpcStatus::code() const {
  switch (reason_) {
    case pb::ERROR_REASON_UNSPECIFIED:
      return absl::StatusCode::kOk;
    case pb::ERROR_REASON_WRONG_TYPE:
    case pb::ERROR_REASON_VALUE_NOT_INTEGER:
    case pb::ERROR_REASON_VALUE_NOT_FLOAT:
      return absl::StatusCode::kFailedPrecondition;
    case pb::ERROR_REASON_INTEGER_OVERFLOW:
    case pb::ERROR_REASON_INDEX_OUT_OF_RANGE:
    case pb::ERROR_REASON_RESPONSE_TOO_LARGE:
      return absl::StatusCode::kOutOfRange;
    case pb::ERROR_REASON_SCORE_NOT_A_NUMBER:
    case pb::ERROR_REASON_VALUE_TOO_LARGE:
    case pb::ERROR_REASON_INVALID_EXPIRY:
    case pb::ERROR_REASON_CONFLICTING_OPTIONS:
    case pb::ERROR_REASON_INVALID_FIELD:
    case pb::ERROR_REASON_INVALID_PAGE_TOKEN:
    case pb::ERROR_REASON_MALFORMED_REQUEST:
    case pb::ERROR_REASON_REQUEST_ID_REUSED:
    case pb::ERROR_REASON_TOO_MANY_OPERATIONS:
      return absl::StatusCode::kInvalidArgument;
    case pb::ERROR_REASON_KEY_NOT_FOUND:
    case pb::ERROR_REASON_UNKNOWN_SERVICE:
      return absl::StatusCode::kNotFound;
    case pb::ERROR_REASON_REQUEST_IDS_EXHAUSTED:
    case pb::ERROR_REASON_OVERLOADED:
      return absl::StatusCode::kResourceExhausted;
    case pb::ERROR_REASON_LOG_FAILED:
    case pb::ERROR_REASON_SHUTTING_DOWN:
    case pb::ERROR_REASON_LOADING:
      return absl::StatusCode::kUnavailable;
    // The generated enum has two more values, to fix its size.
    case pb::ErrorReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case pb::ErrorReason_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return absl::StatusCode::kInternal;
}

void RpcStatus::ToProto(google::rpc::Status* status) const {
  status->set_code(static_cast<int>(code()));
  status->set_message(message_);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(reason_)));
  info.set_domain(std::string(kDomain));
  for (const auto& [name, value] : metadata_) {
    (*info.mutable_metadata())[name] = value;
  }
  status->add_details()->PackFrom(info);
  if (retry_delay_ms_ == 0) return;
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(retry_delay_ms_ / 1000);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(retry_delay_ms_ % 1000 * 1'000'000));
  status->add_details()->PackFrom(retry);
}

std::string RpcStatus::EncodeDetails() const {
  google::rpc::Status status;
  ToProto(&status);
  return status.SerializeAsString();
}

absl::string_view ReasonName(pb::ErrorReason reason) {
  return absl::StripPrefix(pb::ErrorReason_Name(reason), "ERROR_REASON_");
}

RpcStatus ToRpcStatus(store::OpStatus status) {
  switch (status) {
    case store::OpStatus::kOk:
      return {};
    case store::OpStatus::kWrongType:
      return {pb::ERROR_REASON_WRONG_TYPE,
              "the key holds a value of another type"};
    case store::OpStatus::kNotInteger:
      return {pb::ERROR_REASON_VALUE_NOT_INTEGER,
              "the value is not a decimal integer of 64 bits"};
    case store::OpStatus::kNotFloat:
      return {pb::ERROR_REASON_VALUE_NOT_FLOAT,
              "the value is not a finite decimal number"};
    case store::OpStatus::kOverflow:
      return {pb::ERROR_REASON_INTEGER_OVERFLOW,
              "the sum does not fit into 64 bits"};
    case store::OpStatus::kNotANumber:
      return {pb::ERROR_REASON_SCORE_NOT_A_NUMBER,
              "a score is not a number (NaN), or the sum would not be one"};
    case store::OpStatus::kTooLarge:
      return {pb::ERROR_REASON_VALUE_TOO_LARGE,
              "the value would be longer than 512 MiB"};
    case store::OpStatus::kBadDeadline:
      return {pb::ERROR_REASON_INVALID_EXPIRY, "the expiry is out of range"};
    case store::OpStatus::kBadOptions:
      return {pb::ERROR_REASON_CONFLICTING_OPTIONS,
              "the options exclude each other"};
    case store::OpStatus::kNoSuchKey:
      return {pb::ERROR_REASON_KEY_NOT_FOUND, "there is no such key"};
    case store::OpStatus::kOutOfRange:
      return {pb::ERROR_REASON_INDEX_OUT_OF_RANGE,
              "an index or offset is out of range"};
  }
  return {};
}

}  // namespace kv::server
