#ifndef FASTKV_CLIENTS_CPP_STATUS_H_
#define FASTKV_CLIENTS_CPP_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "fastkv/v1/error_reason.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

// Errors as absl::Status. The details of google.rpc.Status become payloads
// under their type URLs; these functions read the ones that FastKV sends.
namespace fastkv {

absl::Status ToStatus(const grpc::Status& status);
absl::Status ToStatus(const google::rpc::Status& status);

// Why FastKV refused, or ERROR_REASON_UNSPECIFIED: the status is OK, comes from
// elsewhere (the network, a proxy), or the reason is newer than this client.
v1::ErrorReason ReasonOf(const absl::Status& status);

// The reason's name, "WRONG_TYPE", also if it is newer than this client; empty
// if there is none.
std::string ReasonNameOf(const absl::Status& status);

// What ErrorInfo says under this name: "operation" names the operation that
// ended a transaction, as "then_operations[2]". Absent: nothing.
absl::optional<std::string> ErrorMetadataOf(const absl::Status& status,
                                            absl::string_view name);

// How long the server asks to wait before the next try. Absent: it does not
// say.
absl::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_STATUS_H_
