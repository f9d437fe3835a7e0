#include "store/string_ops.h"

#include <cstring>

#include "store/base/limits.h"
#include "store/base/number.h"

namespace kv::store::strings {
namespace {

bool IsString(const Entry& entry) { return entry.type() == ValueType::kString; }

}  // namespace

OpResult<absl::optional<GetOutcome>> Get(const Transaction& txn,
                                         const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return absl::optional<GetOutcome>();
  if (!IsString(*entry)) return OpStatus::kWrongType;
  return absl::optional<GetOutcome>(GetOutcome{
      entry->string(), entry->version(), txn.DeadlineOf(key, *entry)});
}

OpResult<SetOutcome> Set(Transaction& txn, const Key& key,
                         absl::string_view value, const SetOptions& options) {
  if (value.size() > kMaxValueBytes) return OpStatus::kTooLarge;
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
  txn.PutString(key, value, deadline);
  // A deadline that has passed leaves no entry, hence no version.
  return SetOutcome{true, deadline <= txn.now() ? 0 : txn.sequence()};
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
  txn.EditString(key, text.size(), [text](char* bytes) {
    std::memcpy(bytes, text.data(), text.size());
  });
  return IncrementOutcome{value, txn.sequence()};
}

OpResult<AppendOutcome> Append(Transaction& txn, const Key& key,
                               absl::string_view suffix) {
  const Entry* entry = txn.Find(key);
  if (entry != nullptr && !IsString(*entry)) return OpStatus::kWrongType;
  const size_t length = entry == nullptr ? 0 : entry->string().bytes.size();
  if (suffix.size() > kMaxValueBytes - length) return OpStatus::kTooLarge;
  txn.EditString(key, length + suffix.size(), [=](char* bytes) {
    if (!suffix.empty()) {
      std::memcpy(bytes + length, suffix.data(), suffix.size());
    }
  });
  return AppendOutcome{length + suffix.size(), txn.sequence()};
}

OpResult<size_t> Length(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return size_t{0};
  if (!IsString(*entry)) return OpStatus::kWrongType;
  return entry->string().bytes.size();
}

}  // namespace kv::store::strings
