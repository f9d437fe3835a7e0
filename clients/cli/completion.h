#ifndef FASTKV_CLIENTS_CLI_COMPLETION_H_
#define FASTKV_CLIENTS_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kv::cli {

// What the word that ends at the cursor may become, in the order of the
// alphabet: names of commands for the first word and behind `help`, else the
// options of the command.
std::vector<std::string> Completions(absl::string_view line_to_cursor);

// What all of them begin with.
std::string CommonPrefix(const std::vector<std::string>& words);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_COMPLETION_H_
