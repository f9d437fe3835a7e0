#ifndef FASTKV_CLIENTS_CLI_TRANSFER_H_
#define FASTKV_CLIENTS_CLI_TRANSFER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/progress.h"
#include "clients/cpp/client.h"
#include "fastkv/v1/key_value.pb.h"

// Entries to and from files, as entry_json.h writes them. "-" is the standard
// output or input.
namespace kv::cli {

// Writes the entries that the request filters. What it counted goes to *state
// also when it fails.
absl::Status Export(fastkv::Client& client,
                    const fastkv::v1::StreamEntriesRequest& request,
                    const std::string& path, Progress& progress,
                    ProgressState* state);

struct ImportOptions {
  // Lines before this one are left out; they count from 1.
  int64_t from_line = 1;
  // Whether lines that are in error are left out, rather than end the import.
  bool keep_going = false;
};

// Reads a file of entries. Lines in error are reported on the standard error,
// by number; the status then says how to go on.
absl::Status Import(fastkv::Client& client, const ImportOptions& options,
                    const std::string& path, Progress& progress,
                    ProgressState* state);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_TRANSFER_H_
