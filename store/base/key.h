#ifndef FASTKV_STORE_BASE_KEY_H_
#define FASTKV_STORE_BASE_KEY_H_

#include <cstdint>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace kv::store {

// Key: the name of an entry with its hash, which is computed once, here, and
// travels with the name: the high bits choose the shard, the low ones the slot.
//
// Borrows    the bytes.
// Threads    a value; copy it freely.
// Note       absl::Hash is salted per process: a hash is never written to disk
//            or sent to another process.
struct Key {
  Key() = default;
  explicit Key(absl::string_view name, uint8_t database = 0)
      : bytes(name),
        hash(absl::Hash<absl::string_view>()(name)),
        db(database) {}

  absl::string_view bytes;
  uint64_t hash = 0;
  uint8_t db = 0;  // less than kDatabases
};

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_KEY_H_
