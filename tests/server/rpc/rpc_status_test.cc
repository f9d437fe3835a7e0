#include "server/rpc/rpc_status.h"

#include <set>
#include <string>

#include "fastkv/v1/error_reason.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using store::OpStatus;

TEST(RpcStatusTest, NothingIsSuccess) {
  EXPECT_TRUE(RpcStatus().ok());
  EXPECT_EQ(RpcStatus().code(), absl::StatusCode::kOk);
  EXPECT_TRUE(ToRpcStatus(OpStatus::kOk).ok());
}

TEST(RpcStatusTest, EveryReasonHasACodeThatItsCommentPromises) {
  // The comments in error_reason.proto begin with the code; this is their copy.
  const std::pair<const char*, absl::StatusCode> kPromised[] = {
      {"WRONG_TYPE", absl::StatusCode::kFailedPrecondition},
      {"VALUE_NOT_INTEGER", absl::StatusCode::kFailedPrecondition},
      {"VALUE_NOT_FLOAT", absl::StatusCode::kFailedPrecondition},
      {"INTEGER_OVERFLOW", absl::StatusCode::kOutOfRange},
      {"SCORE_NOT_A_NUMBER", absl::StatusCode::kInvalidArgument},
      {"VALUE_TOO_LARGE", absl::StatusCode::kInvalidArgument},
      {"INVALID_EXPIRY", absl::StatusCode::kInvalidArgument},
      {"CONFLICTING_OPTIONS", absl::StatusCode::kInvalidArgument},
      {"KEY_NOT_FOUND", absl::StatusCode::kNotFound},
      {"INDEX_OUT_OF_RANGE", absl::StatusCode::kOutOfRange},
      {"INVALID_FIELD", absl::StatusCode::kInvalidArgument},
      {"INVALID_PAGE_TOKEN", absl::StatusCode::kInvalidArgument},
      {"RESPONSE_TOO_LARGE", absl::StatusCode::kOutOfRange},
      {"MALFORMED_REQUEST", absl::StatusCode::kInvalidArgument},
      {"UNKNOWN_SERVICE", absl::StatusCode::kNotFound},
      {"REQUEST_ID_REUSED", absl::StatusCode::kInvalidArgument},
      {"REQUEST_IDS_EXHAUSTED", absl::StatusCode::kResourceExhausted},
      {"OVERLOADED", absl::StatusCode::kResourceExhausted},
      {"TOO_MANY_OPERATIONS", absl::StatusCode::kInvalidArgument},
      {"LOG_FAILED", absl::StatusCode::kUnavailable},
      {"SHUTTING_DOWN", absl::StatusCode::kUnavailable},
      {"LOADING", absl::StatusCode::kUnavailable},
  };
  int reasons = 0;
  for (int i = 1; i < pb::ErrorReason_ARRAYSIZE; ++i) {
    if (!pb::ErrorReason_IsValid(i)) continue;
    ASSERT_LT(reasons, static_cast<int>(std::size(kPromised)));
    const auto& [name, code] = kPromised[reasons++];
    const RpcStatus status(static_cast<pb::ErrorReason>(i), "");
    EXPECT_EQ(ReasonName(status.reason()), name);
    EXPECT_EQ(status.code(), code) << name;
  }
  EXPECT_EQ(reasons, static_cast<int>(std::size(kPromised)));
}

TEST(RpcStatusTest, EveryRefusalHasAReasonOfItsOwn) {
  std::set<pb::ErrorReason> reasons;
  for (int i = 1; i <= static_cast<int>(OpStatus::kOutOfRange); ++i) {
    const RpcStatus status = ToRpcStatus(static_cast<OpStatus>(i));
    EXPECT_FALSE(status.ok()) << i;
    EXPECT_FALSE(status.message().empty()) << i;
    EXPECT_TRUE(reasons.insert(status.reason()).second) << i;
  }
}

TEST(RpcStatusTest, DetailsAreAStatusWithAnErrorInfo) {
  const RpcStatus status = ToRpcStatus(OpStatus::kWrongType);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.EncodeDetails()));
  EXPECT_EQ(details.code(), 9);  // FAILED_PRECONDITION
  EXPECT_EQ(details.message(), status.message());
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(),
            "type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "WRONG_TYPE");
  EXPECT_EQ(info.domain(), "fastkv");
  EXPECT_TRUE(info.metadata().empty());
}

TEST(RpcStatusTest, MetadataTravelsInErrorInfo) {
  RpcStatus status = ToRpcStatus(OpStatus::kWrongType);
  status.AddMetadata("operation", "then_operations[2]");
  google::rpc::Status details;
  status.ToProto(&details);
  google::rpc::ErrorInfo info;
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  ASSERT_EQ(info.metadata_size(), 1);
  EXPECT_EQ(info.metadata().at("operation"), "then_operations[2]");
}

TEST(RpcStatusTest, ADelayTravelsAsRetryInfo) {
  RpcStatus status(pb::ERROR_REASON_OVERLOADED, "too many calls");
  status.SetRetryDelay(2'345);
  google::rpc::Status details;
  status.ToProto(&details);
  google::rpc::RetryInfo retry;
  ASSERT_EQ(details.details_size(), 2);
  ASSERT_TRUE(details.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 2);
  EXPECT_EQ(retry.retry_delay().nanos(), 345'000'000);
}

}  // namespace
}  // namespace kv::server
