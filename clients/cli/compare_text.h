#ifndef FASTKV_CLIENTS_CLI_COMPARE_TEXT_H_
#define FASTKV_CLIENTS_CLI_COMPARE_TEXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fastkv/v1/transaction.pb.h"

namespace kv::cli {

// Reads what a transaction compares. RELATION is =, !=, < or >.
//
//   exists KEY                absent KEY
//   version KEY RELATION N    value KEY RELATION BYTES
//   type KEY = string         score KEY MEMBER RELATION N
absl::StatusOr<fastkv::v1::Compare> ParseCompare(absl::string_view line);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_COMPARE_TEXT_H_
