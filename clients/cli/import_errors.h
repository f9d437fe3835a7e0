#ifndef FASTKV_CLIENTS_CLI_IMPORT_ERRORS_H_
#define FASTKV_CLIENTS_CLI_IMPORT_ERRORS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "clients/cli/importer.h"
#include "clients/cli/progress.h"

namespace kv::cli {

// Writes the importer's new errors to the standard error, each as "`unit`
// `position`: why". The answer: whether there were any. *first, 0 to begin
// with, becomes the position of the first one.
bool ReportErrors(Importer& importer, absl::string_view unit,
                  Progress& progress, int64_t* first);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_IMPORT_ERRORS_H_
