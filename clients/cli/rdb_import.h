#ifndef FASTKV_CLIENTS_CLI_RDB_IMPORT_H_
#define FASTKV_CLIENTS_CLI_RDB_IMPORT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/json_bytes.h"
#include "clients/cli/progress.h"
#include "clients/cli/rdb/reader.h"
#include "clients/cpp/client.h"

namespace kv::cli {

struct RdbImportOptions {
  // The database of the file. Its keys go to the one that gRPC shows.
  uint64_t database = 0;
  // Whether entries that the server refuses are left out, rather than end the
  // import.
  bool keep_going = false;
};

// Sets what a Redis RDB file has of strings and sorted sets; "-" is the
// standard input. Keys that are there are replaced, a sorted set by its members
// so many at a time: an import that ends in between leaves a part of it, and
// doing it again all of it. What has been left out is counted in *summary, and
// with the progress, also when the import fails.
absl::Status ImportRdb(fastkv::Client& client, const RdbImportOptions& options,
                       const std::string& path, Progress& progress,
                       ProgressState* state, rdb::Summary* summary);

// Lines that say what has been left out. Empty if nothing has.
std::string LeftOutText(const rdb::Summary& summary);
// The same as an object: {"skipped":{"lists":12},"expired":3,...}.
Json LeftOutJson(const rdb::Summary& summary);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_RDB_IMPORT_H_
