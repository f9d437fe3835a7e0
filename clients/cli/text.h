#ifndef FASTKV_CLIENTS_CLI_TEXT_H_
#define FASTKV_CLIENTS_CLI_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Bytes as people read and type them.
namespace kv::cli {

// Whether the bytes are UTF-8, without surrogates and overlong forms.
bool IsUtf8(absl::string_view bytes);

// Whether a terminal shows the bytes as they are: UTF-8 without control
// characters.
bool IsPrintable(absl::string_view bytes);

// The bytes in double quotes, with \n \r \t \\ \" and \xHH for what a terminal
// does not show; SplitLine reads it back.
std::string Quoted(absl::string_view bytes);

// Undoes the escapes of Quoted; a backslash before anything else is an error.
absl::StatusOr<std::string> Unescape(absl::string_view text);

// The words of a line. Spaces and tabs separate them; "double quotes" hold a
// word together and may have the escapes of Quoted, 'single quotes' hold what
// is between them as it is.
absl::StatusOr<std::vector<std::string>> SplitLine(absl::string_view line);

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_TEXT_H_
