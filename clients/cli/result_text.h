#ifndef FASTKV_CLIENTS_CLI_RESULT_TEXT_H_
#define FASTKV_CLIENTS_CLI_RESULT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/transaction.pb.h"
#include "fastkv/v1/types.pb.h"

// Answers for people: values and members one a line, "(none)" for what is not
// there.
namespace kv::cli {

// How bytes of the server are written.
enum class BytesStyle {
  // For a terminal: in quotes with escapes, unless it shows them as they are.
  kEscaped,
  // For a pipe or a file: as they are.
  kExact,
};
std::string BytesText(absl::string_view bytes, BytesStyle style);

// The answer to an operation.
std::string ToText(const fastkv::v1::Operation& operation,
                   const fastkv::v1::OperationResult& result, BytesStyle style);
// The answer to a transaction.
std::string ToText(const fastkv::v1::ExecuteRequest& request,
                   const fastkv::v1::ExecuteResponse& response,
                   BytesStyle style);

// "score<TAB>member" or "member", a line.
std::string MemberText(const fastkv::v1::ScoredMember& member, bool with_score,
                       BytesStyle style);
// As an argument would have it: "1.5", "inf".
std::string ScoreText(double score);
// "string" or "sorted set".
std::string TypeText(fastkv::v1::ValueType type);

// Whether the answer is a yes: something was found, set, changed.
bool IsYes(const fastkv::v1::OperationResult& result);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_RESULT_TEXT_H_
