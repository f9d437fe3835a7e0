#include "store/bitmap_ops.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"
#include "store/byte_range.h"

namespace kv::store::bitmaps {
namespace {

using absl::int128;

// The value, or "" for an absent key.
OpResult<absl::string_view> BytesAt(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return absl::string_view();
  if (entry->type() != ValueType::kString) return OpStatus::kWrongType;
  return entry->string().bytes;
}

bool BitAt(absl::string_view bytes, uint64_t offset) {
  if (offset / 8 >= bytes.size()) return false;
  return (static_cast<uint8_t>(bytes[offset / 8]) >> (7 - offset % 8) & 1) != 0;
}

size_t BytesFor(uint64_t bits) { return (bits + 7) / 8; }

// The bits that a range means in a value of `size` bytes.
Extent Resolve(const Range& range, size_t size) {
  if (range.unit == Range::Unit::kBit) {
    return ResolveRange(range.first, range.last, size * 8);
  }
  const Extent bytes = ResolveRange(range.first, range.last, size);
  return {bytes.begin * 8, bytes.end * 8};
}

// The numbers that fit a field.
struct Limits {
  int128 min;
  int128 max;
};

Limits LimitsOf(const FieldStep& step) {
  const int128 size = int128(1) << step.width;
  if (!step.is_signed) return {0, size - 1};
  return {-size / 2, size / 2 - 1};
}

// The lowest bits of `raw` as the number that they mean in the step's field.
int128 NumberOf(const FieldStep& step, uint64_t raw) {
  const int unused = 64 - step.width;
  raw <<= unused;
  return step.is_signed ? int128(static_cast<int64_t>(raw) >> unused)
                        : int128(raw >> unused);
}

// What a step makes of a value, once it is applied.
struct FieldChange {
  bool changes = false;
  uint64_t raw = 0;  // what to write then
};

// Sets the step's result from the value as it is.
FieldChange Evaluate(absl::string_view bytes, FieldStep& step) {
  const uint64_t old_raw = bits::ReadField(bytes, step.offset, step.width);
  const int128 old = NumberOf(step, old_raw);
  if (step.kind == FieldStep::Kind::kGet) {
    step.result = static_cast<int64_t>(old);
    return {};
  }
  // A number set into an unsigned field is taken for unsigned, as in Redis: -1
  // is too large, not too small.
  int128 fresh = step.is_signed ? int128(step.operand)
                                : int128(static_cast<uint64_t>(step.operand));
  if (step.kind == FieldStep::Kind::kIncrement) fresh = old + step.operand;

  // Exact in 128 bits; Redis' own 64 wrap when a number near -2^63 is set into
  // a narrow signed field, and saturate it upwards.
  const Limits limits = LimitsOf(step);
  if (fresh < limits.min || fresh > limits.max) {
    switch (step.overflow) {
      case Overflow::kWrap:
        fresh = NumberOf(step, static_cast<uint64_t>(fresh));
        break;
      case Overflow::kSaturate:
        fresh = std::clamp(fresh, limits.min, limits.max);
        break;
      case Overflow::kFail:
        step.result = absl::nullopt;
        return {};
    }
  }
  step.result =
      static_cast<int64_t>(step.kind == FieldStep::Kind::kSet ? old : fresh);
  return {fresh != old, static_cast<uint64_t>(fresh)};
}

}  // namespace

OpResult<bool> GetBit(const Transaction& txn, const Key& key, uint64_t offset) {
  const OpResult<absl::string_view> bytes = BytesAt(txn, key);
  if (!bytes.ok()) return bytes.status();
  return BitAt(*bytes, offset);
}

OpResult<bool> SetBit(Transaction& txn, const Key& key, uint64_t offset,
                      bool bit) {
  if (offset >= kMaxBits) return OpStatus::kOutOfRange;
  const OpResult<absl::string_view> bytes = BytesAt(txn, key);
  if (!bytes.ok()) return bytes.status();
  const bool previous = BitAt(*bytes, offset);
  if (previous == bit && offset / 8 < bytes->size()) return previous;
  const size_t size = std::max(bytes->size(), BytesFor(offset + 1));
  const NamedEvent named(txn, Event::kSetbit);
  txn.EditString(key, size,
                 [=](char* value) {
                   bits::WriteField(value, offset, /*width=*/1, bit ? 1 : 0);
                 },
                 {offset / 8, offset / 8 + 1});
  return previous;
}

OpResult<uint64_t> Count(const Transaction& txn, const Key& key,
                         const Range& range) {
  const OpResult<absl::string_view> bytes = BytesAt(txn, key);
  if (!bytes.ok()) return bytes.status();
  if (IsReversedFromEnd(range.first, range.last)) return uint64_t{0};
  return bits::Count(*bytes, Resolve(range, bytes->size()));
}

OpResult<absl::optional<uint64_t>> Find(const Transaction& txn, const Key& key,
                                        bool bit, const Range& range,
                                        bool open_ended) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) {
    // Zeros without an end, whatever the range.
    return bit ? absl::nullopt : absl::optional<uint64_t>(0);
  }
  const OpResult<absl::string_view> bytes = BytesAt(txn, key);
  if (!bytes.ok()) return bytes.status();
  const Extent extent = Resolve(range, bytes->size());
  absl::optional<uint64_t> found = bits::Find(*bytes, bit, extent);
  if (!found.has_value() && !bit && open_ended && !extent.empty()) {
    found = extent.end;
  }
  return found;
}

OpResult<size_t> Combine(Transaction& txn, bits::Operation operation,
                         const Key& destination,
                         absl::Span<const Key> sources) {
  absl::InlinedVector<absl::string_view, 16> values;
  values.reserve(sources.size());
  size_t size = 0;
  for (const Key& source : sources) {
    const OpResult<absl::string_view> bytes = BytesAt(txn, source);
    if (!bytes.ok()) return bytes.status();
    values.push_back(*bytes);
    size = std::max(size, bytes->size());
  }
  if (size == 0) {
    txn.Erase(destination);
    return size;
  }
  txn.BuildString(destination, size, [&](char* out) {
    bits::Combine(operation, values, size, out);
  });
  return size;
}

OpStatus RunFieldSteps(Transaction& txn, const Key& key,
                       absl::Span<FieldStep> steps) {
  uint64_t written_begin = kMaxBits;
  uint64_t written_end = 0;
  for (const FieldStep& step : steps) {
    if (step.kind == FieldStep::Kind::kGet) continue;
    written_begin = std::min(written_begin, step.offset);
    written_end = std::max(written_end, step.end());
  }
  if (written_end > kMaxBits) return OpStatus::kOutOfRange;
  const OpResult<absl::string_view> bytes = BytesAt(txn, key);
  if (!bytes.ok()) return bytes.status();
  const size_t size = std::max(bytes->size(), BytesFor(written_end));

  // As long as nothing changes, neither does the entry, and nobody who watches
  // it is told.
  size_t next = 0;
  FieldChange change;
  if (size == bytes->size()) {
    while (next < steps.size() && !change.changes) {
      change = Evaluate(*bytes, steps[next]);
      if (!change.changes) ++next;
    }
    if (next == steps.size()) return OpStatus::kOk;
  }
  const NamedEvent named(txn, Event::kSetbit);
  txn.EditString(key, size,
                 [&](char* value) {
                   for (; next < steps.size(); ++next) {
                     FieldStep& step = steps[next];
                     change = Evaluate({value, size}, step);
                     if (change.changes) {
                       bits::WriteField(value, step.offset, step.width,
                                        change.raw);
                     }
                   }
                 },
                 {written_begin / 8, BytesFor(written_end)});
  return OpStatus::kOk;
}

}  // namespace kv::store::bitmaps
