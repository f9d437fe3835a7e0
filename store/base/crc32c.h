#ifndef FASTKV_STORE_BASE_CRC32C_H_
#define FASTKV_STORE_BASE_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace kv::store {

// The CRC-32C (Castagnoli) of the bytes, as iSCSI, ext4 and LevelDB have it.
// With `crc` that of what comes before them. Gigabytes per second where the
// processor knows it (SSE 4.2), some hundred megabytes elsewhere.
uint32_t Crc32c(absl::string_view bytes, uint32_t crc = 0);

namespace internal {
// The way that needs no processor's help; tests compare both.
uint32_t PortableCrc32c(absl::string_view bytes, uint32_t crc);
}  // namespace internal

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_CRC32C_H_
