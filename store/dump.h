#ifndef FASTKV_STORE_DUMP_H_
#define FASTKV_STORE_DUMP_H_

#include <cstddef>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/entry.h"
#include "store/sorted_set.h"

namespace kv::store {

// A dump: one value as bytes, which another server can make a key of. Without
// key and deadline, which RESTORE is told beside it.
//
// Format     (integers little-endian)
//
//   dump      = value magic version checksum
//   value     = %x00 bytes                     ; a string: all up to the magic
//             / %x01 count *member             ; a sorted set, in its order
//   member    = length bytes score
//   count     = u32, at least 1                ; as many members follow
//   length    = u32
//   score     = f64 (IEEE 754), not NaN
//   magic     = "FKVD"
//   version   = u16 = 1
//   checksum  = u32                            ; CRC-32C of all before it
//
// The string "hi" is 00 68 69 | 46 4B 56 44 | 01 00 | 06 CA FA 9E. The footer
// stands at the end, where Redis has its own, and the magic keeps the two
// apart. Readers refuse other versions; one that older servers could read
// wrongly gets a new number.

// Of a value; nullopt if the dump would be longer than kMaxValueBytes.
absl::optional<std::string> EncodeDump(const Entry& entry);

// A dumped value; a string points into the dump.
using DumpedValue = std::variant<absl::string_view, SortedSet>;

// Nullopt if the bytes are no dump, of another version or damaged.
absl::optional<DumpedValue> DecodeDump(absl::string_view dump);

}  // namespace kv::store

#endif  // FASTKV_STORE_DUMP_H_
