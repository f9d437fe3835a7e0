#ifndef FASTKV_STORE_KEY_OPS_H_
#define FASTKV_STORE_KEY_OPS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/condition.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/transaction.h"

// Operations on keys, whatever they hold. Except for Scan and Size, each runs
// inside a transaction that holds the key's shard.
namespace kv::store::keys {

struct Metadata {
  ValueType type;
  uint64_t version = 0;
  TimeMs deadline = kNoDeadline;
};

// What is known of `key`, or nullopt if there is no such key.
absl::optional<Metadata> Describe(const Transaction& txn, const Key& key);

bool Exists(const Transaction& txn, const Key& key);

struct EraseOutcome {
  bool erased = false;   // false: no such key, or the condition did not hold
  bool existed = false;  // whether there was such a key
};

// Removes `key`, whatever it holds, if the condition holds.
EraseOutcome Erase(Transaction& txn, const Key& key,
                   const Condition& condition = {});

// When a deadline may be replaced; all that is set must hold. An entry without
// one has the deadline infinity. only_absent excludes the other three; greater
// and less exclude each other (OpStatus::kBadOptions).
struct ExpireOptions {
  bool only_absent = false;    // NX: it has none
  bool only_existing = false;  // XX: it has one
  bool greater = false;        // GT: the new one is later
  bool less = false;           // LT: the new one is earlier
};

// Sets the deadline; one that is not after the transaction's now removes the
// key, which counts as applied. False: no such key, or the options forbade it.
OpResult<bool> Expire(Transaction& txn, const Key& key, TimeMs deadline,
                      const ExpireOptions& options = {});

// Removes the deadline. False: no such key, or it had none.
bool Persist(Transaction& txn, const Key& key);

enum class TransferOutcome : uint8_t {
  kDone,
  kNoSuchKey,          // there is no `from`
  kDestinationExists,  // there is a `to`, and it may not be replaced
};

// Move: `to` holds what `from` held, its deadline included, and `from` is gone.
// Copy: `from` stays. The keys may be in different databases. Where both are
// the same key there is nothing to do: kDone if it may be replaced.
TransferOutcome Move(Transaction& txn, const Key& from, const Key& to,
                     bool replace);
TransferOutcome Copy(Transaction& txn, const Key& from, const Key& to,
                     bool replace);

// --- Whole keyspace. These lock one shard at a time, briefly; inside a
// --- transaction, which must hold all shards and be given as `within`, none.
// --- Null means that there is none: its shards would be locked twice.

// The number of keys in a database. Keys whose deadline has passed count until
// the sweep has removed them, which takes milliseconds.
size_t Size(Keyspace& keyspace, uint8_t db, const Transaction* within);

// Visits keys in an order of their own, beginning at `cursor` (0: the start),
// until at least `count` slots were looked at, and returns the cursor of the
// next call, 0 at the end. A key that exists from the first call to the last is
// visited at least once, however the tables grow or shrink meanwhile; each key
// is visited at most once. Cursors mean nothing to another process.
// `visit` runs under a shard's lock: it must be quick.
struct ScannedKey {
  absl::string_view key;
  Metadata metadata;
  const Entry& entry;  // with its value; valid during the visit
};
uint64_t Scan(Keyspace& keyspace, TimeMs now, uint8_t db, uint64_t cursor,
              size_t count, absl::FunctionRef<void(const ScannedKey&)> visit,
              const Transaction* within);

// A key, drawn by the number `random`; each is as likely as another, except
// that one behind others whose deadline has passed also answers for them.
// Nullopt: there is none. O(shards + keys in one shard).
absl::optional<std::string> RandomKey(Keyspace& keyspace, TimeMs now,
                                      uint8_t db, uint64_t random,
                                      const Transaction* within);

}  // namespace kv::store::keys

#endif  // FASTKV_STORE_KEY_OPS_H_
