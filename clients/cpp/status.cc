#include "clients/cpp/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace fastkv {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr char kDomain[] = "fastkv";

// The payload of this type, if the status has one that can be read.
template <typename Detail>
absl::optional<Detail> DetailOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(
      absl::StrCat(kTypePrefix, Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) {
    return absl::nullopt;
  }
  return detail;
}

absl::optional<google::rpc::ErrorInfo> ErrorInfoOf(const absl::Status& status) {
  absl::optional<google::rpc::ErrorInfo> info =
      DetailOf<google::rpc::ErrorInfo>(status);
  if (info && info->domain() != kDomain) return absl::nullopt;
  return info;
}

}  // namespace

absl::Status ToStatus(const google::rpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.code()),
                      status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      details.ParseFromString(status.error_details()) &&
      details.code() == static_cast<int>(status.error_code())) {
    details.set_message(status.error_message());
    return ToStatus(details);
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", ReasonNameOf(status)),
                        &reason);
  return reason;
}

std::string ReasonNameOf(const absl::Status& status) {
  const absl::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(status);
  return info ? info->reason() : std::string();
}

absl::optional<std::string> ErrorMetadataOf(const absl::Status& status,
                                            absl::string_view name) {
  const absl::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(status);
  if (!info) return absl::nullopt;
  const auto found = info->metadata().find(std::string(name));
  if (found == info->metadata().end()) return absl::nullopt;
  return found->second;
}

absl::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const absl::optional<google::rpc::RetryInfo> info =
      DetailOf<google::rpc::RetryInfo>(status);
  if (!info) return absl::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) +
         absl::Nanoseconds(info->retry_delay().nanos());
}

}  // namespace fastkv
