#ifndef FASTKV_STORE_BITMAP_OPS_H_
#define FASTKV_STORE_BITMAP_OPS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/base/op_status.h"
#include "store/bit_string.h"
#include "store/transaction.h"

// Operations on the bits of string values. Each runs inside a transaction that
// holds the shards of its keys. A key of another type is OpStatus::kWrongType;
// an absent key is an empty string, and what lies behind a string's end is
// zero. Bit 0 is the highest bit of byte 0.
//
// Cost       a write costs what it changes, not what the value holds: large
//            values are changed in place, and grow with room to spare.
namespace kv::store::bitmaps {

// Bits that a value may have.
inline constexpr uint64_t kMaxBits = uint64_t{kMaxValueBytes} * 8;

// The bit at `offset`.
OpResult<bool> GetBit(const Transaction& txn, const Key& key, uint64_t offset);

// Sets the bit at `offset` and returns what it was; the value grows as needed
// and keeps its deadline. A bit that exists and is the same already changes
// nothing. kOutOfRange: offset >= kMaxBits.
OpResult<bool> SetBit(Transaction& txn, const Key& key, uint64_t offset,
                      bool bit);

// A part of a value by its first and last byte or bit, by the rules of
// ResolveRange (store/byte_range.h).
struct Range {
  enum class Unit : uint8_t { kByte, kBit };

  int64_t first = 0;
  int64_t last = -1;
  Unit unit = Unit::kByte;
};

// The number of ones in a part of the value.
OpResult<uint64_t> Count(const Transaction& txn, const Key& key,
                         const Range& range = {});

// The first bit of a part of the value that is `bit`, counted from the value's
// beginning, or nullopt. Where the range is open to the right, the zeros behind
// the value's end count too, unless it is empty.
OpResult<absl::optional<uint64_t>> Find(const Transaction& txn, const Key& key,
                                        bool bit, const Range& range,
                                        bool open_ended);

// Makes `destination` hold the sources combined, whatever it held before, and
// returns the length in bytes: that of the longest source; if 0, the
// destination is removed. REQUIRES: a source; for bits::Operation::kNot, one.
OpResult<size_t> Combine(Transaction& txn, bits::Operation operation,
                         const Key& destination, absl::Span<const Key> sources);

// What a field takes that does not fit its width.
enum class Overflow : uint8_t {
  kWrap,      // the lowest bits of it
  kSaturate,  // the nearest number that fits
  kFail,      // nothing: it stays as it is
};

// One step of RunFieldSteps: on a number of `width` bits, signed (two's
// complement, width 1..64) or not (1..63), that begins at bit `offset`.
struct FieldStep {
  enum class Kind : uint8_t { kGet, kSet, kIncrement };

  Kind kind = Kind::kGet;
  bool is_signed = false;
  int width = 1;
  Overflow overflow = Overflow::kWrap;
  uint64_t offset = 0;
  int64_t operand = 0;  // the number to set or to add
  // Out: the number read (kGet), before (kSet) or after (kIncrement); nullopt:
  // it did not fit, and Overflow::kFail.
  absl::optional<int64_t> result;

  uint64_t end() const { return offset + width; }
};

// Runs the steps in order. If one of them writes, the value first grows to hold
// every field that is written, even where it then stays as it is.
// kOutOfRange: a field that is written ends behind kMaxBits.
OpStatus RunFieldSteps(Transaction& txn, const Key& key,
                       absl::Span<FieldStep> steps);

}  // namespace kv::store::bitmaps

#endif  // FASTKV_STORE_BITMAP_OPS_H_
