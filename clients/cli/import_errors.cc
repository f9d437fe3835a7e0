#include "clients/cli/import_errors.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cpp/status.h"

namespace kv::cli {

bool ReportErrors(Importer& importer, absl::string_view unit,
                  Progress& progress, int64_t* first) {
  const std::vector<EntryError> errors = importer.TakeErrors();
  if (!errors.empty()) progress.Clear();
  for (const EntryError& error : errors) {
    if (*first == 0) *first = error.position;
    const std::string reason = fastkv::ReasonNameOf(error.status);
    const std::string line =
        absl::StrCat(unit, " ", error.position, ": ",
                     reason.empty() ? "" : absl::StrCat("(", reason, ") "),
                     error.status.message(), "\n");
    std::fputs(line.c_str(), stderr);
  }
  return !errors.empty();
}

}  // namespace kv::cli
