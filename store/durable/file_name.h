#ifndef FASTKV_STORE_DURABLE_FILE_NAME_H_
#define FASTKV_STORE_DURABLE_FILE_NAME_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"

namespace kv::store {

// How the files of a data directory are named: by a position in the log, so
// that names sort as positions do, with a suffix for what they are.

// What a file is called while it is being made.
inline constexpr absl::string_view kTemporarySuffix = ".tmp";

inline std::string PositionName(uint64_t position, absl::string_view suffix) {
  return absl::StrFormat("%020d%s", position, suffix);
}

// The position; nullopt if that is no such name.
inline absl::optional<uint64_t> ParsePositionName(absl::string_view name,
                                                  absl::string_view suffix) {
  constexpr size_t kDigits = 20;  // of the largest 64-bit number
  uint64_t position = 0;
  if (!absl::ConsumeSuffix(&name, suffix) || name.size() != kDigits ||
      name.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(name, &position) || position == 0) {
    return absl::nullopt;
  }
  return position;
}

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_FILE_NAME_H_
