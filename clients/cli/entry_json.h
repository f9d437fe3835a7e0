#ifndef FASTKV_CLIENTS_CLI_ENTRY_JSON_H_
#define FASTKV_CLIENTS_CLI_ENTRY_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/key_value.pb.h"

// Entries as lines of JSON, what export writes and import reads:
//
//   {"key":"k","type":"string","value":"v","expire_time_ms":1900000000000}
//   {"key_base64":"/wA=","type":"sorted_set",
//    "members":[{"member":"ann","score":1.5},{"member_base64":"/w==",
//    "score":"inf"}]}                                  (one line in the file)
//
// Bytes that are not UTF-8 stand as base64 under a name with "_base64" behind
// it; either form is read. Without expire_time_ms an entry never expires.
// Members are ordered by score, then bytes, so that equal entries make equal
// lines. Versions belong to a server, and are left out.
namespace kv::cli {

// REQUIRES: a whole entry, no piece of one. Reorders its members.
std::string EntryToLine(fastkv::v1::EntryPiece* entry);

absl::StatusOr<fastkv::v1::EntryPiece> LineToEntry(absl::string_view line);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_ENTRY_JSON_H_
