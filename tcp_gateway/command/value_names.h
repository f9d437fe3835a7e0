#ifndef FASTKV_TCP_GATEWAY_COMMAND_VALUE_NAMES_H_
#define FASTKV_TCP_GATEWAY_COMMAND_VALUE_NAMES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "store/base/number.h"
#include "store/entry.h"

namespace kv::gateway {

// Redis' name of a type of value, as TYPE says it and SCAN takes it.
inline absl::string_view TypeName(store::ValueType type) {
  switch (type) {
    case store::ValueType::kString:
      return "string";
    case store::ValueType::kSortedSet:
      return "zset";
  }
  return "";
}

// What Redis calls the encoding of such a value. Of a string it follows from
// the value alone; a sorted set has the two representations that Redis has,
// with the same limits between them.
inline absl::string_view EncodingName(const store::Entry& entry) {
  constexpr size_t kMaxEmbeddedBytes = 44;
  if (entry.type() == store::ValueType::kSortedSet) {
    return entry.sorted_set().is_flat() ? "listpack" : "skiplist";
  }
  const absl::string_view bytes = entry.string().bytes;
  int64_t number;
  if (store::ParseInt64(bytes, &number)) return "int";
  return bytes.size() <= kMaxEmbeddedBytes ? "embstr" : "raw";
}

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_VALUE_NAMES_H_
