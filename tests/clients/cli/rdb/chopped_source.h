#ifndef FASTKV_TESTS_CLIENTS_CLI_RDB_CHOPPED_SOURCE_H_
#define FASTKV_TESTS_CLIENTS_CLI_RDB_CHOPPED_SOURCE_H_

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "clients/cli/rdb/input.h"

namespace kv::rdb::test {

// A source of the bytes: `first` of them, and then `later` at a time. Borrows
// the bytes.
inline BlockSource Chopped(absl::string_view bytes, size_t first,
                           size_t later) {
  return [bytes, size = first, later](std::string* block) mutable {
    *block = std::string(bytes.substr(0, size));
    bytes.remove_prefix(block->size());
    size = later;
    return absl::OkStatus();
  };
}

// All of them at once.
inline BlockSource Whole(absl::string_view bytes) {
  return Chopped(bytes, bytes.size(), 1);
}

}  // namespace kv::rdb::test

#endif  // FASTKV_TESTS_CLIENTS_CLI_RDB_CHOPPED_SOURCE_H_
