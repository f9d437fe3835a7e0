#ifndef FASTKV_STORE_STRING_OPS_H_
#define FASTKV_STORE_STRING_OPS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/condition.h"
#include "store/transaction.h"

// Operations on string values. Each runs inside a transaction that holds the
// key's shard, and borrows the bytes it is given until that ends. A key of
// another type is OpStatus::kWrongType unless said otherwise.
namespace kv::store::strings {

struct GetOutcome {
  StringValue value;  // valid until the transaction ends or changes the key
  uint64_t version = 0;
  TimeMs deadline = kNoDeadline;
};

// The value at `key`, or nullopt if there is none.
OpResult<absl::optional<GetOutcome>> Get(const Transaction& txn,
                                         const Key& key);

struct SetOptions {
  TimeMs deadline = kNoDeadline;
  // The entry keeps the deadline it has; `deadline` is for an absent key.
  bool keep_deadline = false;
  Condition condition;
  // If set: receives the value that the key held before (whether or not the
  // condition held), or nullopt; and a key of another type is kWrongType.
  absl::optional<std::string>* previous = nullptr;
};

struct SetOutcome {
  bool applied = false;  // false: the condition did not hold
  uint64_t version = 0;  // of the new entry, or of the one that stays; 0: none
};

// Makes `key` hold `value`, whatever it held before.
// kTooLarge: the value is longer than kMaxValueBytes.
OpResult<SetOutcome> Set(Transaction& txn, const Key& key,
                         absl::string_view value, const SetOptions& options);

struct IncrementOutcome {
  int64_t value = 0;
  uint64_t version = 0;
};

// Adds `delta` to the decimal integer at `key` (absent: 0), keeping its
// deadline. kNotInteger: the value is something else. kOverflow: the sum does
// not fit; nothing is changed.
OpResult<IncrementOutcome> Increment(Transaction& txn, const Key& key,
                                     int64_t delta);

struct AppendOutcome {
  size_t length = 0;
  uint64_t version = 0;
};

// Appends `suffix` to the value (absent: ""), keeping its deadline.
// kTooLarge: the value would exceed kMaxValueBytes.
OpResult<AppendOutcome> Append(Transaction& txn, const Key& key,
                               absl::string_view suffix);

// The value's length in bytes; 0 if there is none.
OpResult<size_t> Length(const Transaction& txn, const Key& key);

}  // namespace kv::store::strings

#endif  // FASTKV_STORE_STRING_OPS_H_
