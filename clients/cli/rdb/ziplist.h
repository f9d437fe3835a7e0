#ifndef FASTKV_CLIENTS_CLI_RDB_ZIPLIST_H_
#define FASTKV_CLIENTS_CLI_RDB_ZIPLIST_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "clients/cli/rdb/packed.h"

namespace kv::rdb {

// Ziplist: steps through a ziplist, which Redis had before listpacks (its
// src/ziplist.c), numbers little-endian unless said otherwise:
//
//   u32 bytes of the whole | u32 offset of the last element
//   u16 elements, 65535: not known | elements | FF
//
// An element begins with the length of the one before, u8 or FE u32, and goes
// on with one of these:
//
//   00LLLLLL  bytes               a string
//   01LLLLLL L  bytes             a string; 14 bits, high first
//   80 u32  bytes                 a string; big-endian
//   C0 i16   D0 i32   E0 i64   F0 i24   FE i8
//   F1 to FD                      the numbers 0 to 12
//
// Borrows    the bytes, which may be anything: every length is checked.
class Ziplist {
 public:
  explicit Ziplist(absl::string_view bytes);

  PackedStep Next(PackedElement* element);
  // Whether Next has nothing more to give.
  bool AtEnd() const;

 private:
  // The length of the encoding and data that begin the bytes, with *element
  // set; 0 if they are none.
  static size_t Decode(absl::string_view bytes, PackedElement* element);
  PackedStep Broken();

  absl::string_view rest_;  // empty: broken
  size_t offset_ = 0;       // of rest_
  size_t tail_ = 0;
  size_t announced_ = 0;
  size_t seen_ = 0;
  size_t previous_bytes_ = 0;
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_ZIPLIST_H_
