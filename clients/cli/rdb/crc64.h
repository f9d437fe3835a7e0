#ifndef FASTKV_CLIENTS_CLI_RDB_CRC64_H_
#define FASTKV_CLIENTS_CLI_RDB_CRC64_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace kv::rdb {

// The CRC-64 of the bytes with Jones' polynomial, reflected, as it ends RDB
// files (Redis' src/crc64.c): nothing is inverted before or after. With `crc`
// that of what comes before them. More than a gigabyte per second.
uint64_t Crc64(absl::string_view bytes, uint64_t crc = 0);

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_CRC64_H_
