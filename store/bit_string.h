#ifndef FASTKV_STORE_BIT_STRING_H_
#define FASTKV_STORE_BIT_STRING_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/byte_range.h"

// Bits in strings of bytes: plain functions that know no key. Bit 0 is the
// highest bit of byte 0, as Redis counts them. All of them work through eight
// bytes at a time or more.
namespace kv::store::bits {

enum class Operation : uint8_t { kAnd, kOr, kXor, kNot };

// The number of ones.
uint64_t Count(absl::string_view bytes);

// The number of ones among the bits of `range`. REQUIRES: they exist.
uint64_t Count(absl::string_view bytes, Extent range);

// The first bit of `range` that is `bit`, or nullopt. REQUIRES: they exist.
absl::optional<uint64_t> Find(absl::string_view bytes, bool bit, Extent range);

// Combines the sources, each as if followed by zeros up to `size` bytes, into
// `out`, which must not overlap any. kNot inverts the only source.
// REQUIRES: there is a source; none is longer than `size`.
void Combine(Operation operation, absl::Span<const absl::string_view> sources,
             size_t size, char* out);

// The `width` bits from bit `offset` on, as a number whose highest bit comes
// first. Bits behind the end of the string are zero. REQUIRES: width in 1..64.
uint64_t ReadField(absl::string_view bytes, uint64_t offset, int width);

// Writes the lowest `width` bits of `value` there. REQUIRES: the bits exist.
void WriteField(char* bytes, uint64_t offset, int width, uint64_t value);

}  // namespace kv::store::bits

#endif  // FASTKV_STORE_BIT_STRING_H_
