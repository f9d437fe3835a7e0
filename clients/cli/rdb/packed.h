#ifndef FASTKV_CLIENTS_CLI_RDB_PACKED_H_
#define FASTKV_CLIENTS_CLI_RDB_PACKED_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// What ziplists and listpacks have in common: strings one behind the other in
// one piece of memory, some of them kept as the integer that they spell.
namespace kv::rdb {

struct PackedElement {
  bool is_integer = false;
  // One of the two. The string is a view into the list.
  int64_t integer = 0;
  absl::string_view string;

  std::string ToString() const {
    return is_integer ? absl::StrCat(integer) : std::string(string);
  }
};

// What a step through such a list came to.
enum class PackedStep {
  kElement,
  kEnd,     // there are no more; the list is in order
  kBroken,  // it is not such a list
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_PACKED_H_
