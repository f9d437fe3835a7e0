#ifndef FASTKV_CLIENTS_CLI_MESSAGE_JSON_H_
#define FASTKV_CLIENTS_CLI_MESSAGE_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "fastkv/v1/operation.pb.h"
#include "google/protobuf/message.h"

// Answers as JSON, one line each. Fields have the names of the .proto files,
// which are their reference. Different from protobuf's own JSON:
//
//   bytes     a string where they are UTF-8; else the name gets "_base64"
//             behind it: {"value": "text"}, {"value_base64": "/wA="}
//   absence   null, for fields that may be absent: a miss is {"value": null}
//   numbers   numbers, of 64 bits too; infinite ones are "inf" and "-inf"
//   enums     lower case without the type's name: "sorted_set"
namespace kv::cli {

std::string ToJson(const google::protobuf::Message& message);
// That of the answer in the result.
std::string ToJson(const fastkv::v1::OperationResult& result);
// {"error": {"code": "NOT_FOUND", "reason": "...", "message": "..."}}
std::string ToJson(const absl::Status& error);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_MESSAGE_JSON_H_
