#include "store/string_ops.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "store/base/limits.h"
#include "store/base/long_double.h"
#include "store/base/number.h"
#include "store/byte_range.h"

namespace kv::store::strings {
namespace {

bool IsString(const Entry& entry) { return entry.type() == ValueType::kString; }

// The value, or "" for an absent key.
OpResult<StringValue> ValueOrEmpty(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return StringValue();
  if (!IsString(*entry)) return OpStatus::kWrongType;
  return entry->string();
}

struct TwoValues {
  absl::string_view a;
  absl::string_view b;
};

// The values to compare, if that is feasible.
OpResult<TwoValues> ComparableValues(const Transaction& txn, const Key& a,
                                     const Key& b) {
  const OpResult<StringValue> first = ValueOrEmpty(txn, a);
  if (!first.ok()) return first.status();
  const OpResult<StringValue> second = ValueOrEmpty(txn, b);
  if (!second.ok()) return second.status();
  const TwoValues values = {first->bytes, second->bytes};
  if (!LcsIsFeasible(values.a.size(), values.b.size())) {
    return OpStatus::kTooLarge;
  }
  return values;
}

// Set, of a value that is so long; put(deadline) puts it.
template <typename Put>
OpResult<SetOutcome> SetBy(Transaction& txn, const Key& key, size_t size,
                           const SetOptions& options, Put put) {
  if (size > kMaxValueBytes) return OpStatus::kTooLarge;
  TimeMs deadline = options.deadline;
  // A plain SET needs to know nothing of the entry that it replaces.
  if (options.condition.kind != Condition::Kind::kNone ||
      options.keep_deadline || options.previous != nullptr) {
    const Entry* entry = txn.Find(key);
    if (options.previous != nullptr) {
      if (entry != nullptr && !IsString(*entry)) return OpStatus::kWrongType;
      options.previous->reset();
      if (entry != nullptr) options.previous->emplace(entry->string().bytes);
    }
    if (!Holds(options.condition, entry)) {
      return SetOutcome{false, entry == nullptr ? 0 : entry->version()};
    }
    if (options.keep_deadline && entry != nullptr) {
      deadline = txn.DeadlineOf(key, *entry);
    }
  }
  const NamedEvent named(
      txn, options.keep_deadline ? Event::kSetKeepDeadline : Event::kDefault);
  put(deadline);
  // A deadline that has passed leaves no entry, hence no version.
  return SetOutcome{true, deadline <= txn.now() ? 0 : txn.version()};
}

}  // namespace

OpResult<absl::optional<GetOutcome>> Get(const Transaction& txn,
                                         const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return absl::optional<GetOutcome>();
  if (!IsString(*entry)) return OpStatus::kWrongType;
  return absl::optional<GetOutcome>(GetOutcome{
      entry->string(), entry->version(), txn.DeadlineOf(key, *entry)});
}

OpResult<absl::optional<GetOutcome>> GetAndErase(Transaction& txn,
                                                 const Key& key) {
  const OpResult<absl::optional<GetOutcome>> result = Get(txn, key);
  // The transaction keeps what it removes.
  if (result.ok() && result->has_value()) txn.Erase(key);
  return result;
}

OpResult<absl::optional<GetOutcome>> GetAndExpire(Transaction& txn,
                                                  const Key& key,
                                                  TimeMs deadline) {
  const OpResult<absl::optional<GetOutcome>> result = Get(txn, key);
  if (!result.ok() || !result->has_value()) return result;
  // There may be no deadline to remove.
  if (deadline != (*result)->deadline) txn.SetDeadline(key, deadline);
  return result;
}

OpResult<StringValue> Range(const Transaction& txn, const Key& key,
                            int64_t first, int64_t last) {
  OpResult<StringValue> result = ValueOrEmpty(txn, key);
  if (!result.ok()) return result;
  const Extent part = IsReversedFromEnd(first, last)
                          ? Extent()
                          : ResolveRange(first, last, result->bytes.size());
  (*result).bytes = result->bytes.substr(part.begin, part.size());
  return result;
}

OpResult<SetOutcome> Set(Transaction& txn, const Key& key,
                         absl::string_view value, const SetOptions& options) {
  return SetBy(txn, key, value.size(), options,
               [&](TimeMs deadline) { txn.PutString(key, value, deadline); });
}

OpResult<SetOutcome> SetBlob(Transaction& txn, const Key& key, Blob* value,
                             const SetOptions& options) {
  return SetBy(txn, key, value->size(), options,
               [&](TimeMs deadline) { txn.PutBlob(key, value, deadline); });
}

OpResult<bool> SetAllIfAbsent(Transaction& txn, absl::Span<const Key> keys,
                              absl::Span<const absl::string_view> values) {
  assert(keys.size() == values.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (values[i].size() > kMaxValueBytes) return OpStatus::kTooLarge;
    if (txn.Find(keys[i]) != nullptr) return false;
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    txn.PutString(keys[i], values[i], kNoDeadline);
  }
  return true;
}

OpResult<IncrementOutcome> Increment(Transaction& txn, const Key& key,
                                     int64_t delta) {
  const Entry* entry = txn.Find(key);
  int64_t value = 0;
  if (entry != nullptr) {
    if (!IsString(*entry)) return OpStatus::kWrongType;
    if (!ParseInt64(entry->string().bytes, &value)) {
      return OpStatus::kNotInteger;
    }
  }
  if (__builtin_add_overflow(value, delta, &value)) return OpStatus::kOverflow;
  char buffer[kNumberBufferBytes];
  const absl::string_view text = FormatInt64(value, buffer);
  const NamedEvent named(txn, Event::kIncrby);
  txn.EditString(key, text.size(), [text](char* bytes) {
    std::memcpy(bytes, text.data(), text.size());
  });
  return IncrementOutcome{value, txn.version()};
}

OpResult<IncrementFloatOutcome> IncrementFloat(Transaction& txn, const Key& key,
                                               long double delta) {
  const Entry* entry = txn.Find(key);
  long double value = 0;
  if (entry != nullptr) {
    if (!IsString(*entry)) return OpStatus::kWrongType;
    if (!ParseLongDouble(entry->string().bytes, &value)) {
      return OpStatus::kNotFloat;
    }
  }
  value += delta;
  if (!std::isfinite(value)) return OpStatus::kNotANumber;
  char buffer[kLongDoubleBufferBytes];
  const absl::string_view text = FormatLongDouble(value, buffer);
  const char* stored = nullptr;
  const NamedEvent named(txn, Event::kIncrbyfloat);
  txn.EditString(key, text.size(), [&](char* bytes) {
    std::memcpy(bytes, text.data(), text.size());
    stored = bytes;
  });
  return IncrementFloatOutcome{{stored, text.size()}, txn.version()};
}

OpResult<AppendOutcome> Append(Transaction& txn, const Key& key,
                               absl::string_view suffix) {
  const Entry* entry = txn.Find(key);
  if (entry != nullptr && !IsString(*entry)) return OpStatus::kWrongType;
  const size_t length = entry == nullptr ? 0 : entry->string().bytes.size();
  if (suffix.size() > kMaxValueBytes - length) return OpStatus::kTooLarge;
  const NamedEvent named(txn, Event::kAppend);
  const size_t size = length + suffix.size();
  txn.EditString(key, size,
                 [=](char* bytes) {
                   if (!suffix.empty()) {
                     std::memcpy(bytes + length, suffix.data(), suffix.size());
                   }
                 },
                 {length, size});
  return AppendOutcome{length + suffix.size(), txn.version()};
}

OpResult<size_t> SetRange(Transaction& txn, const Key& key, uint64_t offset,
                          absl::string_view bytes) {
  const OpResult<size_t> length = Length(txn, key);
  if (!length.ok() || bytes.empty()) return length;
  if (offset > kMaxValueBytes || bytes.size() > kMaxValueBytes - offset) {
    return OpStatus::kTooLarge;
  }
  const size_t size = std::max<size_t>(*length, offset + bytes.size());
  const NamedEvent named(txn, Event::kSetrange);
  txn.EditString(key, size,
                 [=](char* value) {
                   std::memcpy(value + offset, bytes.data(), bytes.size());
                 },
                 {offset, offset + bytes.size()});
  return size;
}

OpResult<size_t> Length(const Transaction& txn, const Key& key) {
  const OpResult<StringValue> value = ValueOrEmpty(txn, key);
  if (!value.ok()) return value.status();
  return value->bytes.size();
}

OpResult<CommonSubsequence> FindCommonSubsequence(const Transaction& txn,
                                                  const Key& a, const Key& b) {
  const OpResult<TwoValues> values = ComparableValues(txn, a, b);
  if (!values.ok()) return values.status();
  CommonSubsequence found;
  found.a = values->a;
  found.runs = LcsRuns(values->a, values->b);
  for (const CommonRun& run : found.runs) found.length += run.length;
  return found;
}

OpResult<size_t> CommonSubsequenceLength(const Transaction& txn, const Key& a,
                                         const Key& b) {
  const OpResult<TwoValues> values = ComparableValues(txn, a, b);
  if (!values.ok()) return values.status();
  return LcsLength(values->a, values->b);
}

}  // namespace kv::store::strings
