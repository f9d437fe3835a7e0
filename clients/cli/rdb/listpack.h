#ifndef FASTKV_CLIENTS_CLI_RDB_LISTPACK_H_
#define FASTKV_CLIENTS_CLI_RDB_LISTPACK_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "clients/cli/rdb/packed.h"

namespace kv::rdb {

// Listpack: steps through a listpack (github.com/antirez/listpack; Redis'
// src/listpack.c), numbers little-endian unless said otherwise:
//
//   u32 bytes of the whole | u16 elements, 65535: not known | elements | FF
//
// An element is one of these, then the length of that, which is there for
// walking back: its low 7 bits come last, and every byte but the first has the
// top bit set.
//
//   0nnnnnnn             the number n           10LLLLLL  bytes      a string
//   110nnnnn n           13 bits, high first    1110LLLL L  bytes    a string
//   F1 i16   F2 i24   F3 i32   F4 i64           F0 u32  bytes        a string
//
// Borrows    the bytes, which may be anything: every length is checked.
class Listpack {
 public:
  explicit Listpack(absl::string_view bytes);

  PackedStep Next(PackedElement* element);
  // Whether Next has nothing more to give.
  bool AtEnd() const;

 private:
  // The length of the element that begins the bytes, with *element set; 0 if
  // that is none.
  static size_t Decode(absl::string_view bytes, PackedElement* element);

  absl::string_view rest_;  // empty: broken
  size_t announced_ = 0;
  size_t seen_ = 0;
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_LISTPACK_H_
