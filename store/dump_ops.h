#ifndef FASTKV_STORE_DUMP_OPS_H_
#define FASTKV_STORE_DUMP_OPS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/transaction.h"

// Values as bytes and back (dump.h). Each runs inside a transaction that holds
// the key's shard.
namespace kv::store::keys {

// The value at `key`, or nullopt if there is none. kTooLarge: the dump would be
// longer than kMaxValueBytes, so that no server could take it.
OpResult<absl::optional<std::string>> Dump(const Transaction& txn,
                                           const Key& key);

struct RestoreOptions {
  // One that is not after the transaction's now leaves no key.
  TimeMs deadline = kNoDeadline;
  bool replace = false;
};

enum class RestoreOutcome : uint8_t {
  kDone,
  kKeyExists,  // and it may not be replaced; the dump was not looked at
  kBadDump,    // not a dump, of another version, or damaged
};

// Makes `key` hold the dumped value. A string is borrowed from the dump until
// the transaction ends.
RestoreOutcome Restore(Transaction& txn, const Key& key, absl::string_view dump,
                       const RestoreOptions& options);

}  // namespace kv::store::keys

#endif  // FASTKV_STORE_DUMP_OPS_H_
