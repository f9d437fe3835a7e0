#ifndef FASTKV_STORE_STRING_OPS_H_
#define FASTKV_STORE_STRING_OPS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/condition.h"
#include "store/lcs.h"
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

// As Get, and removes the key. The value stays valid until the transaction
// ends.
OpResult<absl::optional<GetOutcome>> GetAndErase(Transaction& txn,
                                                 const Key& key);

// As Get, and sets or (kNoDeadline) removes the deadline; one that is not after
// the transaction's now removes the key. The value stays valid, as above;
// `deadline` of the outcome is the one from before.
OpResult<absl::optional<GetOutcome>> GetAndExpire(Transaction& txn,
                                                  const Key& key,
                                                  TimeMs deadline);

// The part of the value from byte `first` to `last`, by the rules of
// ResolveRange (store/byte_range.h); empty where there is nothing. The bytes
// are not copied.
OpResult<StringValue> Range(const Transaction& txn, const Key& key,
                            int64_t first, int64_t last);

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

// The same, but a long value is not copied: the entry refers to the blob, which
// nobody may write to any more.
OpResult<SetOutcome> SetBlob(Transaction& txn, const Key& key, Blob* value,
                             const SetOptions& options);

// Makes every key hold its value if none of them exists; false: one does, and
// nothing is changed. REQUIRES: as many keys as values.
OpResult<bool> SetAllIfAbsent(Transaction& txn, absl::Span<const Key> keys,
                              absl::Span<const absl::string_view> values);

struct IncrementOutcome {
  int64_t value = 0;
  uint64_t version = 0;
};

// Adds `delta` to the decimal integer at `key` (absent: 0), keeping its
// deadline. kNotInteger: the value is something else. kOverflow: the sum does
// not fit; nothing is changed.
OpResult<IncrementOutcome> Increment(Transaction& txn, const Key& key,
                                     int64_t delta);

struct IncrementFloatOutcome {
  absl::string_view text;  // valid until the transaction ends or changes the
                           // key
  uint64_t version = 0;
};

// Adds `delta` to the number at `key` (absent: 0), keeping its deadline; the
// sum is stored as FormatLongDouble writes it. kNotFloat: the value is no
// number. kNotANumber: the sum is NaN or infinite; nothing is changed.
OpResult<IncrementFloatOutcome> IncrementFloat(Transaction& txn, const Key& key,
                                               long double delta);

struct AppendOutcome {
  size_t length = 0;
  uint64_t version = 0;
};

// Appends `suffix` to the value (absent: ""), keeping its deadline.
// kTooLarge: the value would exceed kMaxValueBytes.
OpResult<AppendOutcome> Append(Transaction& txn, const Key& key,
                               absl::string_view suffix);

// Writes `bytes` into the value from `offset` on, keeping its deadline; what
// lies between the old end and `offset` becomes zero. Returns the new length.
// Writing nothing changes nothing and makes no key.
// kTooLarge: the value would exceed kMaxValueBytes.
OpResult<size_t> SetRange(Transaction& txn, const Key& key, uint64_t offset,
                          absl::string_view bytes);

// The value's length in bytes; 0 if there is none.
OpResult<size_t> Length(const Transaction& txn, const Key& key);

struct CommonSubsequence {
  absl::string_view a;          // the first key's value, which the runs index
  std::vector<CommonRun> runs;  // the last first
  size_t length = 0;            // of all runs
};

// The longest common subsequence of two values; an absent key counts as "".
// kTooLarge: finding it would take too much memory (store/lcs.h).
OpResult<CommonSubsequence> FindCommonSubsequence(const Transaction& txn,
                                                  const Key& a, const Key& b);

// Its length alone, which costs less.
OpResult<size_t> CommonSubsequenceLength(const Transaction& txn, const Key& a,
                                         const Key& b);

}  // namespace kv::store::strings

#endif  // FASTKV_STORE_STRING_OPS_H_
